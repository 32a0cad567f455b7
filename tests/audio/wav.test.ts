import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hear, refusalOf, type Scratch, scratchDirectory } from './hear.ts';
import { chunk, pcm16, type WavOptions, wavFile } from './wav-file.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDirectory();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const hearWav = async (data: Uint8Array, options?: WavOptions) =>
  hear(await scratch.write('a.wav', wavFile(data, options)));

/** One sample of 0.5 and one of -0.25, as each encoding stores them. */
const encodings = [
  { name: 'pcm_u8', formatTag: 1, bitsPerSample: 8, bytes: [192, 96] },
  { name: 'pcm_s16le', formatTag: 1, bitsPerSample: 16, bytes: [0, 0x40, 0, 0xe0] },
  { name: 'pcm_s24le', formatTag: 1, bitsPerSample: 24, bytes: [0, 0, 0x40, 0, 0, 0xe0] },
  { name: 'pcm_s32le', formatTag: 1, bitsPerSample: 32, bytes: [0, 0, 0, 0x40, 0, 0, 0, 0xe0] },
  { name: 'pcm_f32le', formatTag: 3, bitsPerSample: 32, bytes: [...float32(0.5), ...float32(-0.25)] },
  { name: 'pcm_f64le', formatTag: 3, bitsPerSample: 64, bytes: [...float64(0.5), ...float64(-0.25)] },
];

describe.each(encodings)('$name', ({ name, bytes, ...format }) => {
  test.each([false, true])('reads as its numbers, extensible header: %s', async (isExtensible) => {
    const { samples, summary } = await hearWav(Uint8Array.from(bytes), { ...format, isExtensible });
    expect([...samples]).toEqual([0.5, -0.25]);
    expect(summary.format).toBe(`wav/${name}`);
  });
});

test('A-law and mu-law follow ITU-T G.711', async () => {
  const alaw = await hearWav(Uint8Array.of(0xd5, 0x55, 0xaa, 0x2a), { formatTag: 6, bitsPerSample: 8 });
  expect([...alaw.samples].map((sample) => sample * 32_768)).toEqual([8, -8, 32_256, -32_256]);
  const mulaw = await hearWav(Uint8Array.of(0xff, 0x7f, 0x80, 0x00), { formatTag: 7, bitsPerSample: 8 });
  expect([...mulaw.samples].map((sample) => sample * 32_768 + 0)).toEqual([0, 0, 32_124, -32_124]);
});

test('channels are averaged, however many there are', async () => {
  const six = await hearWav(pcm16([0.6, 0, 0, 0, 0, 0]), { channelCount: 6 });
  expect(six.samples[0]).toBeCloseTo(0.1, 4);
  const two = await hearWav(pcm16([0.5, -0.5, 0.25, 0.75]), { channelCount: 2 });
  expect(two.samples[0]).toBeCloseTo(0, 4);
  expect(two.samples[1]).toBeCloseTo(0.5, 4);
});

test('what is no number becomes silence, and what is too loud is cut off at full scale', async () => {
  const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3, -7, 0.5];
  const { samples } = await hearWav(Uint8Array.from(values.flatMap(float32)), {
    formatTag: 3,
    bitsPerSample: 32,
  });
  expect([...samples]).toEqual([0, 0, 0, 1, -1, 0.5]);
});

describe('a header that lies about its sizes', () => {
  const second = pcm16(new Float32Array(8000).fill(0.1));

  test.each([0, 0xffff_ffff])('a streaming writer left %i: everything to the end is audio', async (size) => {
    const { summary } = await hearWav(second, { declaredRiffBytes: size, declaredDataBytes: size });
    expect(summary).toMatchObject({ durationMs: 1000, truncated: false });
  });

  test('more than there is: what there is, and truncated', async () => {
    const { summary } = await hearWav(second, { declaredDataBytes: second.length * 3 });
    expect(summary).toMatchObject({ durationMs: 1000, truncated: true });
  });

  test('less than there is: what it says', async () => {
    const { summary } = await hearWav(second, { declaredDataBytes: second.length / 2 });
    expect(summary).toMatchObject({ durationMs: 500, truncated: false });
  });

  test('a chunk that reaches past the end of the file hides the samples', async () => {
    const between = [chunk('LIST', new Uint8Array(4), 0x7fff_fff0)];
    const file = await scratch.write('a.wav', wavFile(second, { between }));
    expect(await refusalOf(file)).toMatchObject({ code: 'AUDIO_UNREADABLE' });
  });
});

test('RF64 takes its length from the ds64 chunk', async () => {
  const data = pcm16(new Float32Array(800));
  const sizes = Buffer.alloc(28);
  sizes.writeBigUInt64LE(BigInt(data.length), 8);
  const plain = Buffer.from(wavFile(data, { declaredDataBytes: 0xffff_ffff }));
  const file = Buffer.concat([
    Buffer.from('RF64'),
    plain.subarray(4, 12),
    chunk('ds64', sizes),
    plain.subarray(12),
    Buffer.alloc(500),
  ]);
  const { summary } = await hear(await scratch.write('a.wav', file));
  expect(summary).toMatchObject({ durationMs: 100, truncated: false });
});

test('chunks between format and samples are passed over', async () => {
  const between = [chunk('LIST', Buffer.from('INFO odd!')), chunk('bext', new Uint8Array(602))];
  const { summary } = await hearWav(pcm16(new Float32Array(800)), { between });
  expect(summary.durationMs).toBe(100);
});

test.each([
  ['a sample rate of 0 Hz', { sampleRateHz: 0 }],
  ['a sample rate of 4 GHz', { sampleRateHz: 0xffff_ffff }],
  ['no channels', { channelCount: 0 }],
  ['400 channels', { channelCount: 400 }],
])('%s is refused', async (_, options) => {
  const file = await scratch.write('a.wav', wavFile(pcm16(new Float32Array(8000)), options));
  expect(await refusalOf(file)).toMatchObject({ code: 'AUDIO_UNREADABLE' });
});

test('a codec inside WAVE that we do not have is named, and ffmpeg recommended', async () => {
  const file = await scratch.write('a.wav', wavFile(new Uint8Array(1000), { formatTag: 0x55 }));
  const { code, message } = await refusalOf(file);
  expect(code).toBe('AUDIO_UNSUPPORTED');
  expect(message).toMatch(/format 85 .*install ffmpeg/);
});

function float32(value: number): number[] {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

function float64(value: number): number[] {
  return [...new Uint8Array(Float64Array.of(value).buffer)];
}
