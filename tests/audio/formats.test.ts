import { describe, expect, test } from 'vitest';
import { bundledCatalog, twins } from '../support/bundled-audio.ts';
import { chirpMs, chirpSamples, chirps, compareTimes } from './chirp.ts';
import { hear } from './hear.ts';

const formats = [
  { file: chirps.vorbis, format: 'ogg/vorbis', rateHz: 11_025 },
  { file: chirps.opus, format: 'ogg/opus', rateHz: 12_000 },
  { file: chirps.oggFlac, format: 'ogg/flac', rateHz: 44_100 },
  { file: chirps.flac, format: 'flac/flac', rateHz: 44_100 },
  { file: chirps.flac24, format: 'flac/flac', rateHz: 16_000 },
  { file: chirps.mp3, format: 'mp3/mp3', rateHz: 11_025 },
];

describe.each(formats)('$format from our own decoder', ({ file, format, rateHz }) => {
  test('lasts as long as what was encoded, to the sample', async () => {
    const { summary, samples, ratesHz } = await hear(file);
    expect(summary).toEqual({
      decoder: 'wasm',
      format,
      durationMs: chirpMs,
      truncated: false,
      damaged: false,
    });
    expect(ratesHz).toEqual([rateHz]);
    expect(samples.length).toBe((rateHz * chirpMs) / 1000);
  });

  test('sounds as what was encoded, and at the same time', async () => {
    const { samples } = await hear(file);
    const { delayMs, agreement } = compareTimes(chirpSamples(rateHz), samples, rateHz);
    expect(agreement).toBeGreaterThan(0.95);
    expect(Math.abs(delayMs)).toBeLessThan(0.1);
  });
});

test.each([chirps.flac, chirps.oggFlac])('FLAC gives back the samples that went in', async (file) => {
  const { samples } = await hear(file);
  const expected = chirpSamples(44_100);
  // A step of 16 bits in either channel.
  const worst = samples.reduce((max, sample, i) => Math.max(max, Math.abs(sample - (expected[i] ?? 0))), 0);
  expect(worst).toBeLessThan(1 / 32_768);
});

test('decoding twice gives the same samples to the bit', async () => {
  for (const file of Object.values(chirps)) {
    const [first, second] = [await hear(file), await hear(file)];
    expect(Buffer.compare(Buffer.from(first.samples.buffer), Buffer.from(second.samples.buffer))).toBe(0);
  }
});

test('every bundled recording decodes to its end', async () => {
  for (const recording of bundledCatalog()) {
    const { summary } = await hear(recording.path);
    expect(summary, recording.externalId).toMatchObject({ truncated: false, damaged: false });
    expect(summary.durationMs, recording.externalId).toBeGreaterThan(10_000);
  }
});

test('one recording in Vorbis and in Opus lasts equally long', async () => {
  const { vorbis, opus } = twins();
  const [a, b] = [await hear(vorbis), await hear(opus)];
  expect(Math.abs(a.summary.durationMs - b.summary.durationMs)).toBeLessThan(5);
});
