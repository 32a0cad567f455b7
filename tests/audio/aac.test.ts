import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAudioSpecificConfig } from '../../workers/audio/audio-specific-config.ts';
import { readAdtsHeader } from '../../workers/audio/decode-adts.ts';
import { chirpMs, chirps } from './chirp.ts';
import { hear, refusalOf, type Scratch, scratchDirectory } from './hear.ts';
import { mutations, seededRandom } from './mutation.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDirectory();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const fixture = (name: string) => path.join(import.meta.dirname, 'fixtures', name);
const adts = readFileSync(chirps.adts);
const m4a = readFileSync(chirps.m4a);
const frames = splitFrames(adts);
const hearBytes = async (...parts: Uint8Array[]) => hear(await scratch.write('a', Buffer.concat(parts)));
/** Of 1024 samples at 44.1 kHz. */
const frameMs = 1024 / 44.1;

test.each([
  ['music.m4a', 11_025],
  ['music-mono.aac', 11_025],
])('%s is what another decoder makes of it, below 3.5 kHz', async (name, rateHz) => {
  const { samples, ratesHz } = await hear(fixture(name));
  const bytes = readFileSync(fixture(`${name}.s16`));
  const expected = Float32Array.from(
    new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2),
    (sample) => sample / 32_767,
  );
  expect(ratesHz).toEqual([rateHz]);
  expect(samples.length).toBe(expected.length);
  const error = lowPass(
    samples.map((sample, i) => sample - (expected[i] ?? 0)),
    rateHz,
  );
  expect(10 * Math.log10(power(lowPass(expected, rateHz)) / power(error))).toBeGreaterThan(60);
});

test('an edit list leaves out the delay of the encoder; ADTS has none', async () => {
  const inMp4 = await hear(chirps.m4a);
  const inAdts = await hear(chirps.adts);
  const delay = 1024 / 4;
  expect(inAdts.samples.length - inMp4.samples.length).toBe(delay);
  expect(Buffer.compare(bytesOf(inAdts.samples.subarray(delay)), bytesOf(inMp4.samples))).toBe(0);
  expect(inMp4.summary).toMatchObject({ format: 'mov/aac', truncated: false, damaged: false });
  expect(inMp4.summary.durationMs).toBeGreaterThanOrEqual(chirpMs - 1);
  expect(inMp4.summary.durationMs).toBeLessThan(chirpMs + frameMs);
});

describe('ADTS', () => {
  test('that ends within a frame is truncated', async () => {
    const { summary } = await hearBytes(...frames.slice(0, 40), (frames[40] as Buffer).subarray(0, 50));
    expect(summary).toMatchObject({ truncated: true, damaged: false });
    expect(summary.durationMs).toBeCloseTo(40 * frameMs, 0);
  });

  test('keeps its time over a frame that is no frame', async () => {
    const broken = Buffer.from(frames[30] as Buffer);
    broken.fill(0xff, 7);
    const { summary } = await hearBytes(...frames.slice(0, 30), broken, ...frames.slice(31));
    const whole = await hear(chirps.adts);
    expect(summary).toMatchObject({ damaged: true, durationMs: whole.summary.durationMs });
  });

  test('has garbage passed over, and tags', async () => {
    const garbage = Buffer.alloc(3000, 'not a frame \xff\xf1', 'latin1');
    const { summary } = await hearBytes(...frames.slice(0, 30), garbage, ...frames.slice(30));
    expect(summary).toMatchObject({ truncated: false, damaged: true });
    const id3v2 = Buffer.from('ID3\x04\x00\x00\x00\x00\x00\x14twenty bytes of tag.', 'latin1');
    const tagged = await hearBytes(id3v2, adts, Buffer.alloc(128, 'TAG and a title'));
    expect(tagged.summary).toMatchObject({ truncated: false, damaged: false });
  });

  test('may change its rate and its channels', async () => {
    const mono = readFileSync(fixture('music-mono.aac'));
    const { summary } = await hearBytes(...frames.slice(0, 30), mono);
    expect(summary).toMatchObject({ truncated: false, damaged: false });
    expect(summary.durationMs).toBeCloseTo(
      30 * frameMs + (await hear(fixture('music-mono.aac'))).summary.durationMs,
      1,
    );
  });

  test('of another profile, or of several blocks a frame, is refused', async () => {
    const changed = (change: (frame: Buffer) => void) =>
      Buffer.concat(
        frames.map((frame) => {
          const copy = Buffer.from(frame);
          change(copy);
          return copy;
        }),
      );
    const main = changed((frame) => frame.writeUInt8((frame[2] ?? 0) & 0x3f, 2));
    expect(await refusalOf(await scratch.write('main', main))).toEqual({
      code: 'AUDIO_UNSUPPORTED',
      message: 'expected AAC of low complexity, received AAC Main',
    });
    const blocks = changed((frame) => frame.writeUInt8((frame[6] ?? 0) | 1, 6));
    expect(await refusalOf(await scratch.write('blocks', blocks))).toMatchObject({
      code: 'AUDIO_UNSUPPORTED',
    });
  });
});

describe('MP4', () => {
  test('may have its movie box in front of the audio or behind it', async () => {
    const moovAt = m4a.indexOf('moov') - 4;
    const moov = Buffer.from(m4a.subarray(moovAt, moovAt + m4a.readUInt32BE(moovAt)));
    const first = m4a.readUInt32BE(0);
    const offsetsAt = moov.indexOf('stco') + 8;
    for (let i = 0; i < moov.readUInt32BE(offsetsAt); i++) {
      const at = offsetsAt + 4 + 4 * i;
      moov.writeUInt32BE(moov.readUInt32BE(at) + moov.length, at);
    }
    const { samples } = await hearBytes(m4a.subarray(0, first), moov, m4a.subarray(first, moovAt));
    expect(Buffer.compare(bytesOf(samples), bytesOf((await hear(chirps.m4a)).samples))).toBe(0);
  });

  test('without its movie box is refused', async () => {
    const cut = m4a.subarray(0, m4a.indexOf('moov') - 4 - 100);
    expect(await refusalOf(await scratch.write('cut.m4a', cut))).toMatchObject({ code: 'AUDIO_UNREADABLE' });
  });

  test.each(['alac', 'ac-3', 'enca', 'Opus', 'fLaC', '\x00\x01\x02\x03'])(
    'of %j is refused by its name',
    async (name) => {
      const changed = Buffer.from(m4a);
      changed.write(name, changed.indexOf('mp4a'), 'latin1');
      const refusal = await refusalOf(await scratch.write('a.m4a', changed));
      expect(refusal.code).toBe('AUDIO_UNSUPPORTED');
      expect(refusal.message).toContain(name.replace(/[^ -~]/g, '.'));
    },
  );

  test('whose frames lie outside of the file is truncated or empty', async () => {
    const changed = Buffer.from(m4a);
    changed.writeUInt32BE(0xffff_fff0, changed.indexOf('stco') + 12);
    expect(await refusalOf(await scratch.write('a.m4a', changed))).toMatchObject({
      code: 'AUDIO_UNREADABLE',
    });
  });
});

describe('the configuration', () => {
  test.each([
    [[0x12, 0x10], { rateHz: 44_100, rateIndex: 4, channelCount: 2, isReplicated: false }],
    [[0x13, 0x90, 0x56, 0xe5, 0xa0], { rateHz: 22_050, rateIndex: 7, channelCount: 2, isReplicated: true }],
    [[0x2b, 0x92, 0x08, 0x00], { rateHz: 22_050, rateIndex: 7, channelCount: 2, isReplicated: true }],
    [[0xeb, 0x8a, 0x08, 0x00], { rateHz: 22_050, channelCount: 1, isReplicated: true }],
  ])('%j is read', (bytes, expected) => {
    expect(readAudioSpecificConfig(Uint8Array.from(bytes))).toMatchObject(expected);
  });

  test.each([
    ['AAC Main', [0x0a, 0x10]],
    ['AAC LTP', [0x22, 0x10]],
    ['xHE-AAC (USAC)', [0xf9, 0x48, 0x80]],
    ['frames of 960 samples', [0x12, 0x14]],
    ['channel configuration 11', [0x12, 0x58]],
  ])('of %s is refused', (name, bytes) => {
    expect(() => readAudioSpecificConfig(Uint8Array.from(bytes))).toThrow(name);
  });
});

test('frames of random bits give finite samples, and as many as they should', async () => {
  const random = seededRandom(7);
  const noise = Array.from({ length: 400 }, (_, i) => {
    const frame = Buffer.from(frames[i % frames.length] as Buffer);
    for (let at = 7 + random.below(20); at < frame.length; at += 1 + random.below(40))
      frame[at] = random.below(256);
    return frame;
  });
  const { samples, summary } = await hearBytes(...noise);
  expect(summary.durationMs).toBeCloseTo(400 * frameMs, 0);
  expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
});

test('150 mutated files are refused or heard, and the same twice', async () => {
  let heard = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const random = seededRandom(seed);
    const kinds = Object.values(mutations);
    const mutate = kinds[random.below(kinds.length)];
    const bytes = mutate?.(Buffer.from(seed % 2 === 0 ? m4a : adts), m4a, random) ?? m4a;
    const file = await scratch.write('mutated', bytes);
    const limits = { maxDurationMs: 10 * 60 * 1000, maxWallMs: 20_000 };
    const once = await hear(file, 'wasm', limits).catch((error: unknown) => String(error));
    if (typeof once === 'string') expect(once).toMatch(/^WorkerError: expected /);
    else {
      heard++;
      const twice = await hear(file, 'wasm', limits);
      expect(Buffer.compare(bytesOf(twice.samples), bytesOf(once.samples))).toBe(0);
    }
  }
  expect(heard).toBeGreaterThan(50);
}, 60_000);

function splitFrames(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; ; ) {
    const header = readAdtsHeader(bytes, at);
    if (header === undefined) return found;
    found.push(bytes.subarray(at, at + header.frameBytes));
    at += header.frameBytes;
  }
}

/** A windowed sinc of 129 taps that ends at 3.5 kHz. */
function lowPass(samples: Float32Array, rateHz: number): Float32Array {
  const reach = 64;
  const edge = 3300 / rateHz;
  const taps = Array.from({ length: 2 * reach + 1 }, (_, i) => {
    const t = i - reach;
    const sinc = t === 0 ? 2 * edge : Math.sin(2 * Math.PI * edge * t) / (Math.PI * t);
    return sinc * (0.5 + 0.5 * Math.cos((Math.PI * t) / (reach + 1)));
  });
  return samples.map((_, i) => taps.reduce((sum, tap, j) => sum + tap * (samples[i + j - reach] ?? 0), 0));
}

function bytesOf(samples: Float32Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

function power(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0);
}
