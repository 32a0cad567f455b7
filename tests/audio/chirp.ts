/** The audio of `fixtures/`, as a formula. */
import path from 'node:path';

const directory = path.join(import.meta.dirname, 'fixtures');

export const chirps = {
  mp3: path.join(directory, 'chirp.mp3'),
  vorbis: path.join(directory, 'chirp.ogg'),
  opus: path.join(directory, 'chirp.opus'),
  flac: path.join(directory, 'chirp.flac'),
  oggFlac: path.join(directory, 'chirp.oga'),
  m4a: path.join(directory, 'chirp.m4a'),
  adts: path.join(directory, 'chirp.aac'),
  flac24: path.join(directory, 'chirp-24-bit.flac'),
} as const;

export const chirpMs = 2000;

/** The average of both channels at a time in seconds. Never repeats, so a shift cannot hide. */
function chirpAt(t: number): number {
  const left = 0.4 * Math.sin(2 * Math.PI * (330 + 200 * t) * t);
  const right = 0.3 * Math.sin(2 * Math.PI * (500 + 150 * t) * t);
  return (left + right) / 2;
}

export function chirpSamples(sampleRateHz: number): Float32Array {
  return Float32Array.from({ length: (sampleRateHz * chirpMs) / 1000 }, (_, i) => chirpAt(i / sampleRateHz));
}

/**
 * How much later `heard` is than `expected`, by the shift of up to 100 ms at which they agree best, and how well
 * they agree there (1 is equal but for loudness).
 */
export function compareTimes(
  expected: Float32Array,
  heard: Float32Array,
  sampleRateHz: number,
): { delayMs: number; agreement: number } {
  const maxShift = Math.round(sampleRateHz / 10);
  let best = { delayMs: 0, agreement: -1 };
  for (let shift = -maxShift; shift <= maxShift; shift++) {
    const agreement = agreementAt(expected, heard, shift, maxShift);
    if (agreement > best.agreement) best = { delayMs: (shift / sampleRateHz) * 1000, agreement };
  }
  return best;
}

/** Every fifth sample is enough for tones below 2 kHz. */
function agreementAt(expected: Float32Array, heard: Float32Array, shift: number, margin: number): number {
  let product = 0;
  let expectedPower = 0;
  let heardPower = 0;
  for (let i = margin; i < expected.length - margin; i += 5) {
    const a = expected[i] ?? 0;
    const b = heard[i + shift] ?? 0;
    product += a * b;
    expectedPower += a * a;
    heardPower += b * b;
  }
  return product / Math.sqrt(expectedPower * heardPower || 1);
}
