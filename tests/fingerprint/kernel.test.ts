import { describe, expect, test } from 'vitest';
import { instantiateKernel, instantiateOtherWindow } from '../../workers/kernels/kernel.ts';
import { naivePeaks } from './naive-peaks.ts';
import { burstsOf, chirp, faded, mix, render, whiteNoise } from './synthesis.ts';

const rateHz = 8000;
/** Set in a peak's step where it is strong. */
const strongFlag = 0x8000;
/** What the slow way takes a second to look at. */
const seconds = 5;
const hiss = whiteNoise(8, seconds * rateHz, 0.01);
const sounds = {
  noise: whiteNoise(7, seconds * rateHz),
  'bursts over a hiss': render(burstsOf(5, seconds), seconds, rateHz).map(
    (sample, i) => sample * 0.5 + (hiss[i] as number),
  ),
  'two chirps that cross': render(
    faded(mix(chirp(250, 2500, seconds, 0.3), chirp(3000, 300, seconds, 0.3)), seconds),
    seconds,
    rateHz,
  ).map((sample, i) => sample + (hiss[i] as number)),
};

describe.each(Object.entries(sounds))('the kernel on %s', (_, samples) => {
  const windows = [
    ['the standard', 1024],
    ['the short', 512],
    ['the long', 2048],
  ] as const;
  test.each(windows)('finds the peaks that a DFT by its definition finds, in %s window', (_name, size) => {
    // The kernel fills the last frame up with silence and goes on for two or three more; means within 75 frames hear it.
    const frameCount = Math.floor((samples.length - 1024) / 160) + 1;
    const until = frameCount - 75 - 6;
    const inside = (places: readonly string[]) =>
      places.filter((place) => Number.parseInt(place, 10) < until);
    const expected = new Set(inside(naivePeaks(samples, size)));
    const found = inside(kernelPeaks(samples, size));
    const common = found.filter((place) => expected.has(place)).length;
    expect(expected.size).toBeGreaterThan(100);
    // Levels are rounded to 0.012 dB after 32-bit sums: a tie in a few hundred may fall the other way.
    expect(common / Math.max(found.length, expected.size)).toBeGreaterThan(0.99);
  });
});

/** Peaks as the kernel gives them, before ranks leave any out. */
function kernelPeaks(samples: Float32Array, windowSamples: 512 | 1024 | 2048): string[] {
  const kernel = startedKernel(windowSamples);
  const found: string[] = [];
  const take = () => {
    const count = kernel.takePeaks();
    const view = new DataView(kernel.memory.buffer, kernel.peaks(), count * 8);
    for (let at = 0; at < count * 8; at += 8) {
      const step = view.getUint16(at + 4, true);
      const kind = step & strongFlag ? 'strong' : 'weak';
      found.push(`${view.getUint32(at, true)}/${step & ~strongFlag}/${kind}`);
    }
  };
  for (let at = 0; at < samples.length; at += kernel.inputMax.value) {
    const part = samples.subarray(at, at + kernel.inputMax.value);
    new Float32Array(kernel.memory.buffer, kernel.input(), part.length).set(part);
    kernel.push(part.length);
    take();
  }
  kernel.finish();
  take();
  return found;
}

function startedKernel(windowSamples: 512 | 1024 | 2048) {
  if (windowSamples !== 1024) return instantiateOtherWindow(windowSamples === 512 ? 'short' : 'long');
  const kernel = instantiateKernel();
  kernel.start(rateHz);
  return kernel;
}

test("the kernel's memory does not grow with pushes or with changes of the sample rate", () => {
  const kernel = instantiateKernel();
  kernel.start(44_100);
  kernel.push(8192);
  const before = kernel.memory.buffer.byteLength;
  for (let i = 0; i < 5000; i++) kernel.push(4096);
  expect(kernel.memory.buffer.byteLength).toBe(before);
  for (let i = 0; i < 200; i++) {
    kernel.start([8000, 11_025, 22_050, 44_100, 48_000, 96_000, 384_000][i % 7] as number);
    kernel.push(8192);
  }
  // The longest filter takes a page or two more than the first, and is let go of with the next.
  expect(kernel.memory.buffer.byteLength - before).toBeLessThan(2 * 2 ** 20);
});
