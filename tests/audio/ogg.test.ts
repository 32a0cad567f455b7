import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageChecksum } from '../../workers/audio/ogg-pages.ts';
import { chirpMs, chirpSamples, chirps, compareTimes } from './chirp.ts';
import { hear, refusalOf, type Scratch, scratchDirectory } from './hear.ts';
import { oggPage, sealPage, splitPages } from './ogg-file.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDirectory();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const hearPages = async (pages: readonly Uint8Array[]) =>
  hear(await scratch.write('a.ogg', Buffer.concat(pages)));

const vorbis = splitPages(readFileSync(chirps.vorbis));
const opus = splitPages(readFileSync(chirps.opus));
const flac = splitPages(readFileSync(chirps.oggFlac));

test('the checksum agrees with what libogg wrote', () => {
  for (const page of [...vorbis, ...opus, ...flac]) expect(page.readUInt32LE(22)).toBe(pageChecksum(page));
});

test('a chain is heard to its end, over changes of codec and sample rate', async () => {
  const { summary, ratesHz } = await hearPages([...vorbis, ...opus, ...vorbis]);
  expect(summary).toMatchObject({ format: 'ogg/vorbis+opus', truncated: false, damaged: false });
  expect(summary.durationMs).toBeCloseTo(3 * chirpMs, 6);
  expect(ratesHz).toEqual([11_025, 12_000, 11_025]);
});

test('each link of a chain of one codec begins with its own codebooks', async () => {
  const { summary, samples } = await hearPages([...vorbis, ...vorbis]);
  expect(summary.durationMs).toBeCloseTo(2 * chirpMs, 6);
  expect([...samples.subarray(22_050, 22_150)]).toEqual([...samples.subarray(0, 100)]);
});

test('an audio stream is found beside others, whichever comes first', async () => {
  const video = oggPage([Buffer.from('\x80theora and what follows')], { flags: 2, serial: 77 });
  const frame = oggPage([Buffer.from('a frame')], { serial: 77, sequence: 1 });
  const { summary } = await hearPages([video, ...vorbis.slice(0, 1), frame, ...vorbis.slice(1)]);
  expect(summary).toMatchObject({ format: 'ogg/vorbis', durationMs: chirpMs, damaged: false });
});

test('without its last page a stream is truncated, and what there is was heard', async () => {
  for (const pages of [vorbis, opus, flac]) {
    const { summary } = await hearPages(pages.slice(0, -1));
    expect(summary.truncated).toBe(true);
    expect(summary.durationMs).toBeGreaterThan(300);
    expect(summary.durationMs).toBeLessThan(chirpMs);
  }
});

test('a file cut anywhere in its audio gives the seconds before the cut', async () => {
  for (const file of [chirps.opus, chirps.oggFlac]) {
    const bytes = readFileSync(file);
    for (const share of [0.55, 0.75, 0.95]) {
      const { summary } = await hear(
        await scratch.write('a.ogg', bytes.subarray(0, Math.floor(bytes.length * share))),
      );
      expect(summary).toMatchObject({ truncated: true, damaged: false });
      expect(summary.durationMs).toBeLessThan(chirpMs);
    }
  }
});

test('a page whose checksum is wrong is left out, and the rest is heard', async () => {
  const pages = flac.map((page) => Buffer.from(page));
  const middle = pages[Math.floor(pages.length / 2)] as Buffer;
  middle[100] = (middle[100] ?? 0) ^ 1;
  const { summary } = await hearPages(pages);
  expect(summary).toMatchObject({ damaged: true, truncated: false });
  expect(summary.durationMs).toBeLessThan(chirpMs);
  expect(summary.durationMs).toBeGreaterThan(chirpMs / 3);
});

test('bytes between pages are passed over and called damage; bytes behind the last are not', async () => {
  const junk = Buffer.from('OggS, or something like it');
  const between = await hearPages([...opus.slice(0, 3), junk, ...opus.slice(3)]);
  expect(between.summary).toMatchObject({ durationMs: chirpMs, damaged: true });
  const behind = await hearPages([...opus, junk]);
  expect(behind.summary).toMatchObject({ durationMs: chirpMs, damaged: false, truncated: false });
});

test('the last granule cuts off what the encoder had to add', async () => {
  const last = Buffer.from(opus.at(-1) as Buffer);
  last.writeBigInt64LE(last.readBigInt64LE(6) - 120n, 6);
  const { summary } = await hearPages([...opus.slice(0, -1), sealPage(last)]);
  expect(summary.durationMs).toBeCloseTo(chirpMs - 2.5, 6);
});

test('the pre-skip of Opus is not heard, and its gain is', async () => {
  const head = Buffer.from(opus[0] as Buffer);
  const bodyAt = 28;
  head.writeUInt16LE(head.readUInt16LE(bodyAt + 10) + 4800, bodyAt + 10);
  head.writeInt16LE(-6 * 256, bodyAt + 16);
  const { summary, samples } = await hearPages([sealPage(head), ...opus.slice(1)]);
  expect(summary.durationMs).toBeCloseTo(chirpMs - 100, 6);
  const plain = await hear(chirps.opus);
  expect(samples[1250]).toBeCloseTo((plain.samples[2450] ?? 0) * 10 ** (-6 / 20), 5);
});

test('a stream cut from the middle of a broadcast begins where it begins', async () => {
  const shifted = opus.map((page) => {
    const copy = Buffer.from(page);
    const granule = copy.readBigInt64LE(6);
    if (granule > 0n) copy.writeBigInt64LE(granule + 48_000n * 3600n, 6);
    return sealPage(copy);
  });
  const { samples } = await hearPages(shifted);
  const { delayMs } = compareTimes(chirpSamples(12_000), samples, 12_000);
  expect(Math.abs(delayMs)).toBeLessThan(0.1);
});

test('pages that never tell a granule are heard all the same', async () => {
  const untold = opus.map((page, i) => {
    const copy = Buffer.from(page);
    if (i >= 2) copy.writeBigInt64LE(-1n, 6);
    return sealPage(copy);
  });
  const { summary } = await hearPages(untold);
  expect(summary.durationMs).toBeGreaterThan(chirpMs - 10);
});

test('Ogg without audio is unreadable, Ogg with audio we do not know is unsupported', async () => {
  const video = oggPage([Buffer.from('\x80theora, some version', 'latin1')], { flags: 2 });
  expect(await refusalOf(await scratch.write('a.ogg', video))).toMatchObject({
    code: 'AUDIO_UNREADABLE',
    message: expect.stringContaining('Theora video'),
  });
  const speech = oggPage([Buffer.from('Speex   1.2 and so on')], { flags: 2 });
  expect(await refusalOf(await scratch.write('a.ogg', speech))).toMatchObject({
    code: 'AUDIO_UNSUPPORTED',
    message: expect.stringContaining('ffmpeg'),
  });
});

test('an Opus header that contradicts itself is refused before libopus sees it', async () => {
  const head = Buffer.from(
    'OpusHead\x01\x03\x00\x00\x80\xbb\x00\x00\x00\x00\x01\x01\x03\x00\x01\x02',
    'latin1',
  );
  const file = await scratch.write('a.ogg', Buffer.concat([oggPage([head], { flags: 2 }), ...opus.slice(1)]));
  expect(await refusalOf(file)).toMatchObject({
    code: 'AUDIO_UNREADABLE',
    message: expect.stringContaining('channel mapping'),
  });
});
