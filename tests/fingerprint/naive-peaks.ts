/**
 * The oracle for the kernel: what `kernels/assembly` says in fast words, in slow ones. A DFT by its definition,
 * sums over every window, every neighbour looked at. Takes 8 kHz samples.
 */
import { readFileSync } from 'node:fs';

/** The kernel's own numbers, so that a tuned one is followed; AssemblyScript's types are no TypeScript. */
function kernelParameters(): (name: string) => number {
  const source = readFileSync(
    new URL('../../workers/kernels/assembly/parameters.ts', import.meta.url),
    'utf8',
  );
  const all = new Map(
    [...source.matchAll(/export const (\w+): \w+ = (-?[\d.]+);/g)].map(([, name, value]) => [
      name,
      Number(value),
    ]),
  );
  return (name) => {
    const value = all.get(name);
    if (value === undefined) throw new Error(`the kernel has no parameter ${name}`);
    return value;
  };
}
const parameter = kernelParameters();
const standardSize = parameter('STANDARD_SIZE');
const hop = parameter('HOP');
const meanReach = parameter('MEAN_REACH');
const meanShare = parameter('MEAN_SHARE');
/** How far around it a peak of each kind is the highest, and the least reach in bins. */
const strong = {
  frames: parameter('STRONG_REACH_FRAMES'),
  share: parameter('STRONG_REACH_FREQUENCY'),
  bins: 2,
};
const weak = { frames: parameter('WEAK_REACH_FRAMES'), share: parameter('WEAK_REACH_FREQUENCY'), bins: 1 };
const stepsPerOctave = parameter('STEPS_PER_OCTAVE');
const levelSteps = parameter('LEVEL_STEPS');
const levelFloor = parameter('LEVEL_FLOOR');

/** A window of so many samples, and the bins of its DFT; a short one lies in zeros as long as the standard one. */
function transformOf(windowSamples: number) {
  const size = Math.max(standardSize, windowSamples);
  const finer = size / standardSize;
  const margin = (size - windowSamples) / 2;
  const cosines = Float64Array.from({ length: size }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const window = Float64Array.from({ length: size }, (_, i) => {
    if (i < margin || i >= size - margin) return 0;
    return (
      (0.5 - 0.5 * Math.cos((2 * Math.PI * (i - margin)) / windowSamples)) * (standardSize / windowSamples)
    );
  });
  return {
    size,
    cosines,
    window,
    /** Where frame 0 begins: all windows have one centre. */
    begin: (standardSize - size) / 2,
    binLow: parameter('STANDARD_BIN_LOW') * finer,
    binHigh: parameter('STANDARD_BIN_HIGH') * finer,
    row: parameter('STANDARD_ROW') * finer,
  };
}
type Transform = ReturnType<typeof transformOf>;

/** `levelSteps` × log2 of the power, four times |X|², of every bin of the frame that begins at `at`. */
function naiveLevels(samples: Float32Array, at: number, transform: Transform): Float64Array {
  const { size, cosines, window, row } = transform;
  const windowed = window.map((weight, i) => (samples[at + i] ?? 0) * weight);
  const levels = new Float64Array(row);
  for (let bin = 0; bin < row; bin++) {
    let real = 0;
    let imaginary = 0;
    for (let i = 0; i < size; i++) {
      const turn = (bin * i) % size;
      real += (windowed[i] as number) * (cosines[turn] as number);
      imaginary -= (windowed[i] as number) * (cosines[(turn + size - size / 4) % size] as number);
    }
    const power = 4 * (real * real + imaginary * imaginary);
    levels[bin] = Math.max(levelFloor, Math.round(levelSteps * Math.log2(power)));
  }
  return levels;
}

/** Peaks as `frame/step/strong` or `…/weak`, in order, of all frames that are whole in the standard window. */
export function naivePeaks(samples: Float32Array, windowSamples = standardSize): string[] {
  const transform = transformOf(windowSamples);
  const { begin, binLow, binHigh } = transform;
  const levels: Float64Array[] = [];
  for (let at = 0; at + standardSize <= samples.length; at += hop) {
    levels.push(naiveLevels(samples, at + begin, transform));
  }
  const white = levels.map((frameLevels, frame) =>
    frameLevels.map((level, bin) => {
      const around = levels.slice(Math.max(0, frame - meanReach), frame + meanReach + 1);
      const sum = around.reduce((total, other) => total + (other[bin] as number), 0);
      return level - Math.round((meanShare * sum) / around.length);
    }),
  );
  const peaks: string[] = [];
  for (const [frame, here] of white.entries()) {
    for (let bin = binLow; bin < binHigh; bin++) {
      if ((levels[frame]?.[bin] as number) <= levelFloor || !isHighest(white, frame, bin, weak)) continue;
      const [before, value, after] = here.subarray(bin - 1, bin + 2) as unknown as [number, number, number];
      const bend = before - 2 * value + after;
      const shift = bend === 0 ? 0 : (0.5 * (before - after)) / bend;
      const step = Math.max(0, Math.round(stepsPerOctave * Math.log2((bin + shift) / binLow)));
      peaks.push(`${frame}/${step}/${isHighest(white, frame, bin, strong) ? 'strong' : 'weak'}`);
    }
  }
  return peaks;
}

/** Of equals the earlier frame, then the lower bin, is the highest. */
function isHighest(
  white: readonly Float64Array[],
  frame: number,
  bin: number,
  around: typeof strong,
): boolean {
  const value = white[frame]?.[bin] as number;
  const reach = Math.max(around.bins, Math.floor(bin * around.share));
  for (let f = Math.max(0, frame - around.frames); f <= frame + around.frames && f < white.length; f++) {
    for (let b = Math.max(1, bin - reach); b <= Math.min(bin + reach, (white[f]?.length ?? 0) - 1); b++) {
      if (f === frame && b === bin) continue;
      const other = white[f]?.[b] as number;
      const isBefore = f < frame || (f === frame && b < bin);
      if (other > value || (isBefore && other === value)) return false;
    }
  }
  return true;
}
