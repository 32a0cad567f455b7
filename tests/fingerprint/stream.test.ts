import { describe, expect, test } from 'vitest';
import { type Fingerprinted, Fingerprinter } from '../../workers/fingerprint/fingerprinter.ts';
import { frameMs } from '../../workers/fingerprint/parameters.ts';
import {
  burst,
  burstsOf,
  fingerprintOf,
  mix,
  placesOf,
  render,
  type Sound,
  shareFound,
  whiteNoise,
} from './synthesis.ts';

const seconds = 7;
const music = mix(...[11, 12, 13].map((seed) => burstsOf(seed, seconds)));
const at44100 = render(music, seconds, 44_100);
const original = fingerprintOf(at44100, 44_100);

describe('the size of a push', () => {
  test.each([1, 7, 160, 882, 8191, 8192, 8193, 44_100 * seconds])('(%d samples) does not matter', (size) => {
    const samples = at44100.subarray(0, 3 * 44_100);
    expect(fingerprintOf(samples, 44_100, size)).toEqual(fingerprintOf(samples, 44_100));
  });

  test('does not matter to a duration of half a millisecond more', () => {
    // 1,000.5 ms: pieces of it add up to a little less or a little more where they are added as fractions.
    const samples = new Float32Array(48_024);
    const durations = [1, 7, 160, 1024, samples.length].map(
      (size) => fingerprintOf(samples, 48_000, size).durationMs,
    );
    expect(new Set(durations).size).toBe(1);
  });
});

test('a sender may use its buffer again', () => {
  const fingerprinter = new Fingerprinter();
  const buffer = new Float32Array(1000);
  for (let at = 0; at < at44100.length; at += buffer.length) {
    const part = at44100.subarray(at, at + buffer.length);
    buffer.set(part);
    fingerprinter.push(buffer.subarray(0, part.length), 44_100);
    buffer.fill(Number.NaN);
  }
  expect(fingerprinter.finish()).toEqual(original);
});

test('streams side by side do not hear each other', () => {
  const [a, b] = [new Fingerprinter(), new Fingerprinter()];
  const noise = whiteNoise(1, at44100.length);
  for (let at = 0; at < at44100.length; at += 5000) {
    a.push(at44100.subarray(at, at + 5000), 44_100);
    b.push(noise.subarray(at, at + 5000), 44_100);
  }
  expect(a.finish()).toEqual(original);
  expect(b.finish()).toEqual(fingerprintOf(noise, 44_100));
});

describe('the sample rate', () => {
  test.each([8000, 11_025, 22_050, 48_000, 96_000])(
    'of %d Hz gives the peaks of 44.1 kHz, but for one in ten',
    (rateHz) => {
      const { constellation, durationMs } = fingerprintOf(render(music, seconds, rateHz), rateHz);
      expect(durationMs).toBe(original.durationMs);
      expect(shareFound(original.constellation, constellation, 0, 0)).toBeGreaterThan(0.9);
      expect(shareFound(constellation, original.constellation, 0, 0)).toBeGreaterThan(0.9);
    },
  );

  test.each([
    [44_100, 48_000],
    [48_000, 8000],
    [11_025, 44_100],
  ])('may change midway, from %d to %d Hz', (...ratesHz) => {
    const { constellation, durationMs } = alternating(music, ratesHz, 2);
    expect(durationMs).toBe(original.durationMs);
    expect(shareFound(original.constellation, constellation, 1, 2)).toBeGreaterThan(0.95);
  });

  test('may change often: what comes last is still in time', () => {
    const late = burst(1000, seconds - 1);
    const { constellation } = alternating(late, [44_100, 48_000], 64);
    const { constellation: steady } = alternating(late, [44_100], 1);
    const strongest = ({ frames, ranks }: typeof steady) => frames[ranks.indexOf(0)] as number;
    const apart = Math.abs(strongest(constellation) - strongest(steady));
    expect(apart, `late by ${apart * frameMs} ms after 64 changes`).toBeLessThanOrEqual(1);
  });
});

describe('an excerpt', () => {
  // Two frames share a transform, and beside a loud one digital silence is noise of the 24th bit: no room is so quiet.
  const hiss = whiteNoise(9, at44100.length, 0.003);
  const whole = at44100.map((sample, i) => sample + (hiss[i] as number));
  const { constellation } = fingerprintOf(whole, 44_100);
  /** Frames whose peaks hang on what comes before or after: the mean's 75, the peak's 6, the rank's 25. */
  const reach = 75 + 6 + 25;

  test.each([1, 3, 8, 50])('from frame %d on has the peaks of the whole, but for its ends', (cutFrames) => {
    const excerpt = fingerprintOf(whole.subarray(cutFrames * 882), 44_100).constellation;
    const expected = placesOf(constellation, cutFrames + reach, seconds * 50 - 6 - reach);
    const found = new Set(placesOf(excerpt, reach));
    expect(expected.length).toBeGreaterThan(50);
    expect(expected.filter((place) => found.has(place)).length / expected.length).toBeGreaterThan(0.98);
  });

  test('that ends early has the peaks of the whole, but for its end', () => {
    const frames = 250;
    const excerpt = fingerprintOf(whole.subarray(0, frames * 882), 44_100).constellation;
    const until = frames - 6 - reach;
    const expected = placesOf(constellation, 0, until);
    expect(expected.length).toBeGreaterThan(20);
    expect(placesOf(excerpt, 0, until)).toEqual(expected);
  });
});

test('memory does not grow with pushes, only with peaks', () => {
  const fingerprinter = new Fingerprinter();
  const second = whiteNoise(5, 44_100, 0.1);
  fingerprinter.push(second, 44_100);
  const before = process.memoryUsage();
  for (let i = 1; i < 300; i++) fingerprinter.push(second, 44_100);
  const after = process.memoryUsage();
  // Five minutes at 44.1 kHz are 53 MB of samples.
  expect(after.external + after.arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(
    8 * 2 ** 20,
  );
  expect(fingerprinter.finish().durationMs).toBe(300_000);
});

test('no frame begins after the end, so that what is made can be read back', () => {
  for (const sampleCount of [0, 1, 100, 511, 512, 513, 4000, 8000, 8161, 12_345]) {
    const { constellation, durationMs } = fingerprintOf(whiteNoise(sampleCount, sampleCount), 8000);
    expect(constellation.frames.at(-1) ?? 0).toBeLessThanOrEqual(durationMs / frameMs);
  }
});

/** The sound in so many pieces, each at the next of the rates. */
function alternating(sound: Sound, ratesHz: readonly number[], pieces: number): Fingerprinted {
  const fingerprinter = new Fingerprinter();
  for (let i = 0; i < pieces; i++) {
    const rateHz = ratesHz[i % ratesHz.length] as number;
    const from = Math.round((i * seconds * rateHz) / pieces);
    const to = Math.round(((i + 1) * seconds * rateHz) / pieces);
    fingerprinter.push(
      Float32Array.from({ length: to - from }, (_, j) => sound((from + j) / rateHz)),
      rateHz,
    );
  }
  return fingerprinter.finish();
}
