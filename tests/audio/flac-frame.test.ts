/** Every kind of subframe against exact integers: what was encoded comes back to the bit. */
import { expect, test } from 'vitest';
import { type FlacFormat, FlacFrameDecoder, FlacFrameError } from '../../workers/audio/flac-frame.ts';
import { fixedCoefficients, flacFrame, type Subframe } from './flac-encoder.ts';
import { seededRandom } from './mutation.ts';

const format: FlacFormat = { sampleRateHz: 44_100, channelCount: 1, bitsPerSample: 16, totalSamples: 0 };
const decoder = new FlacFrameDecoder(format);
const count = 1024;

/** A tone with noise on it, so that quotients of residuals are short and long. */
function tone(bits: number, seed: number, samples = count): number[] {
  const random = seededRandom(seed);
  const peak = 2 ** (bits - 1);
  return Array.from(
    { length: samples },
    (_, i) => Math.trunc(0.7 * peak * Math.sin(i * 0.05 * seed) + 0.02 * peak * (random.share() - 0.5)) | 0,
  );
}

/** An average of the last samples: a predictor of any order that is never far off. */
const linear = (order: number, shift: number) =>
  Array.from({ length: order }, (_, i) => Math.floor(2 ** shift / order) * (i % 3 === 2 ? -1 : 1));

function expectBack(subframe: Subframe, frameBits = subframe.bits): void {
  const frame = decoder.decode(flacFrame([subframe], 0, frameBits));
  expect(frame.sampleCount).toBe(subframe.samples.length);
  expect([...decoder.codedChannel(0, frame.sampleCount)]).toEqual(subframe.samples);
  const scale = 2 ** (frameBits - 1);
  expect([...frame.mono]).toEqual(subframe.samples.map((sample) => Math.fround(sample / scale)));
}

test.each([8, 12, 16, 20, 24, 32])('samples of %i bits come back as they are', (bits) => {
  expectBack({ kind: 'verbatim', bits, samples: tone(bits, 1) });
  expectBack({ kind: 'constant', bits, samples: new Array(count).fill(-(2 ** (bits - 1))) });
});

test.each(fixedCoefficients.map((coefficients) => ({ coefficients, order: coefficients.length })))(
  'a fixed predictor of order $order',
  ({ coefficients }) => {
    for (const bits of [16, 24]) {
      expectBack({
        kind: 'fixed',
        bits,
        samples: tone(bits, 2),
        coefficients,
        parameter: bits - 5,
        wide: true,
      });
    }
  },
);

test.each(Array.from({ length: 32 }, (_, i) => i + 1))('a linear predictor of order %i', (order) => {
  for (const [bits, shift] of [
    [16, 9],
    [16, 13],
    [24, 13],
    [32, 13],
  ] as const) {
    const coefficients = linear(order, shift);
    expectBack({
      kind: 'linear',
      bits,
      samples: tone(bits, 3),
      coefficients,
      shift,
      parameter: bits - 4,
      wide: true,
    });
  }
});

test.each(Array.from({ length: 21 }, (_, i) => i))(
  'Rice codes of parameter %i, quotients of any length',
  (parameter) => {
    const wide = parameter > 14;
    const samples = tone(Math.min(24, parameter + 8), 5);
    samples[77] = 100 * 2 ** Math.min(parameter, 16);
    for (const partitionOrder of [0, 3, 6]) {
      expectBack({ kind: 'fixed', bits: 24, samples, parameter, partitionOrder, wide });
    }
  },
);

test('residuals stored as they are, and wasted bits', () => {
  expectBack({
    kind: 'fixed',
    bits: 16,
    samples: tone(16, 7),
    parameter: 'escape',
    wide: true,
    coefficients: [1],
  });
  const samples = tone(16, 7).map((sample) => sample & ~7);
  expectBack({ kind: 'fixed', bits: 16, samples, wastedBits: 3, coefficients: [2, -1], parameter: 9 });
});

test.each([1, 2, 3, 5, 16, 63, 65, 4095])('a block of %i samples', (length) => {
  const samples = tone(16, 3, length);
  expectBack({ kind: 'fixed', bits: 16, samples, coefficients: [1], parameter: 11 });
  const order = Math.min(length, 12);
  expectBack({ kind: 'linear', bits: 16, samples, coefficients: linear(order, 9), shift: 9, parameter: 12 });
});

test.each([
  { code: 1, mono: (a: number, b: number) => (a + b) / 2, name: 'left and right' },
  { code: 8, mono: (left: number, side: number) => left - side / 2, name: 'left and side' },
  { code: 9, mono: (side: number, right: number) => right + side / 2, name: 'side and right' },
  { code: 10, mono: (mid: number, side: number) => mid + (side & 1) / 2, name: 'mid and side' },
])('$name: the average of left and right, exactly', ({ code, mono }) => {
  for (const [orderA, orderB] of [
    [2, 4],
    [8, 3],
    [12, 1],
    [7, 20],
    [32, 32],
  ] as const) {
    const [a, b] = [tone(15, 2), tone(15, 3)];
    const subframe = (samples: number[], order: number, isSide: boolean): Subframe => ({
      kind: 'linear',
      bits: isSide ? 17 : 16,
      samples,
      coefficients: linear(order, 9),
      shift: 9,
      parameter: 11,
    });
    const frame = decoder.decode(
      flacFrame([subframe(a, orderA, code === 9), subframe(b, orderB, code === 8 || code === 10)], code, 16),
    );
    expect([...decoder.codedChannel(0, count)]).toEqual(a);
    expect([...decoder.codedChannel(1, count)]).toEqual(b);
    expect([...frame.mono]).toEqual(a.map((sample, i) => mono(sample, b[i] as number) / 32_768));
  }
});

test('two channels of which one leaves 32 bits while it is restored', () => {
  const subframe = (bits: number, order: number): Subframe => ({
    kind: 'linear',
    bits: 24,
    samples: tone(bits, 3),
    coefficients: linear(order, 13),
    shift: 13,
    parameter: 20,
    wide: true,
  });
  for (const [a, b] of [
    [subframe(24, 2), subframe(12, 9)],
    [subframe(12, 12), subframe(24, 5)],
  ] as const) {
    decoder.decode(flacFrame([a, b], 1, 24));
    expect([...decoder.codedChannel(0, count)]).toEqual(a.samples);
    expect([...decoder.codedChannel(1, count)]).toEqual(b.samples);
  }
});

test('eight channels become their average', () => {
  const channels = Array.from({ length: 8 }, (_, i) => tone(16, i + 1));
  const frame = decoder.decode(
    flacFrame(
      channels.map((samples) => ({ kind: 'verbatim', bits: 16, samples })),
      7,
      16,
    ),
  );
  channels[0]?.forEach((_, i) => {
    const sum = channels.reduce((total, samples) => total + (samples[i] as number), 0);
    expect(frame.mono[i]).toBeCloseTo(sum / 8 / 32_768, 6);
  });
});

test('a frame of 32 bits with a side channel is refused', () => {
  const subframe: Subframe = { kind: 'constant', bits: 32, samples: new Array(count).fill(0) };
  expect(() => decoder.decode(flacFrame([subframe, subframe], 10, 32))).toThrow(FlacFrameError);
});
