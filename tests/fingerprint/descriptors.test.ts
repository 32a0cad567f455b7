import { describe, expect, test } from 'vitest';
import { descriptorBytes } from '../../workers/fingerprint/descriptor-bytes.ts';
import { DescriptorTrack } from '../../workers/fingerprint/descriptors.ts';
import { sampleRateHz } from '../../workers/fingerprint/parameters.ts';
import { mix, render, type Sound, silence, tone, whiteNoise } from './synthesis.ts';

function describeSound(samples: Float32Array, pushSamples = 4096): Uint8Array[] {
  const track = new DescriptorTrack();
  for (let at = 0; at < samples.length; at += pushSamples) track.push(samples.subarray(at, at + pushSamples));
  const bytes = track.finish();
  return Array.from({ length: bytes.length / descriptorBytes }, (_, i) =>
    bytes.subarray(i * descriptorBytes, (i + 1) * descriptorBytes),
  );
}
const secondOf = (sound: Sound) => describeSound(render(sound, 1, sampleRateHz))[0] as Uint8Array;

describe('the descriptor track', () => {
  test('has eleven bytes for each second whose middle was heard', () => {
    for (const [seconds, count] of [
      [0.3, 0],
      [0.53, 0],
      [0.54, 1],
      [1.2, 1],
      [5, 5],
    ] as const) {
      expect(describeSound(render(tone(440), seconds, sampleRateHz))).toHaveLength(count);
    }
  });

  test('does not depend on the size of pushes', () => {
    const noise = whiteNoise(1, 3 * sampleRateHz);
    const expected = describeSound(noise);
    for (const size of [1, 100, 511, 3744, 3745, noise.length])
      expect(describeSound(noise, size)).toEqual(expected);
  });

  test('says of silence that there is nothing', () => {
    const [level, ...rest] = secondOf(silence);
    expect(level).toBe(255);
    expect(rest.every((byte) => byte === 0)).toBe(true);
  });

  test('gives the level in half decibels below full scale', () => {
    // A sine of amplitude 0.5 is 9 dB below full scale; the window takes 4.3 dB more where it is applied.
    const [level] = secondOf(tone(440, 0.5));
    const [quieter] = secondOf(tone(440, 0.05));
    expect((quieter as number) - (level as number)).toBe(40);
    expect(level).toBeGreaterThanOrEqual(17);
    expect(level).toBeLessThanOrEqual(28);
  });

  test('tells noise from a tone by its flatness and crossings', () => {
    const noise = describeSound(whiteNoise(2, sampleRateHz))[0] as Uint8Array;
    const pure = secondOf(tone(440));
    expect(noise[2]).toBeGreaterThan(100);
    expect(pure[2]).toBeLessThan(10);
    expect(noise[4]).toBeGreaterThan(3 * (pure[4] as number));
  });

  test('gives the pitch class of a chord: C, E and G stand out', () => {
    const second = secondOf(mix(tone(523.25, 0.2), tone(659.26, 0.2), tone(783.99, 0.2)));
    const chroma = [...second.subarray(5)].flatMap((byte) => [byte >> 4, byte & 15]);
    const loudest = [...chroma.keys()]
      .sort((a, b) => (chroma[b] as number) - (chroma[a] as number))
      .slice(0, 3);
    expect(loudest.sort((a, b) => a - b)).toEqual([0, 4, 7]);
  });
});
