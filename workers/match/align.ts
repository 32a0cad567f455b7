/**
 * From a voted diagonal to an alignment: the line reference = r0 + tempo × (upload − q0) on which the most
 * peaks of the two constellations meet, found over a small grid of tempos and made exact by least squares.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import {
  alignReach,
  fitFrames,
  fitSteps,
  maxTempoDeviation,
  slowedWidening,
  tempoStep,
} from './parameters.ts';
import { firstPeakFrom, type PeakLookup } from './peak-lookup.ts';

export type Alignment = {
  /** Reference frame that meets upload frame `queryFrame`. */
  readonly referenceFrame: number;
  readonly queryFrame: number;
  /** Reference frames that pass in one upload frame. */
  readonly tempo: number;
  /** Upload frequency − reference frequency, in steps. */
  readonly steps: number;
};

const maxPairs = 16384;
const pairTimes = new Float64Array(maxPairs);
const pairErrors = new Float64Array(maxPairs);
const pairSteps = new Int16Array(maxPairs);
/** A tempo that moves the end of a window by less than this, in frames, is not told from its neighbour there. */
const leastDrift = 0.5;
/** Standard deviation of the times that a tempo is fitted to, in frames: that of 2.8 s. */
const leastSpreadFrames = 40;
/** Pairs by step difference; all there can be, of 640 steps. */
const pitchOrigin = 672;
const pitches = new Uint16Array(2 * pitchOrigin);
/** Diagonal errors in whole frames, with room for the drift at either end of a window. */
const histogramReach = 22;
const histogram = new Uint16Array(2 * histogramReach + 3);

export type Guess = {
  /** Reference frame − tempo × upload frame. */
  readonly diagonal: number;
  readonly tempo: number;
  /** Upload frequency − reference frequency in steps, known to within `pitchReach`. */
  readonly pitch: number;
  readonly pitchReach: number;
};

/** The best line near a guess for the upload's frames from `begin` to `end`; undefined where nothing meets. */
export function alignWindow(
  reference: Constellation,
  upload: PeakLookup,
  begin: number,
  end: number,
  guess: Guess,
): Alignment | undefined {
  let pairCount = collectPairs(reference, upload, begin, end, guess);
  if (guess.pitchReach > fitSteps) pairCount = keepBestPitch(pairCount);
  const middle = (begin + end) / 2;
  let bestCount = 0;
  let bestError = 0;
  let bestTempo = 1;
  const trials = Math.round(maxTempoDeviation / tempoStep);
  for (let trial = 0; trial <= 2 * trials; trial++) {
    // 0, +1, −1, +2, −2 …: where counts are equal, the tempo nearest to 1 stays.
    const deviation = (trial & 1 ? (trial + 1) >> 1 : -(trial >> 1)) * tempoStep;
    if (trial > 0 && Math.abs(deviation) * (end - middle) < leastDrift) continue;
    histogram.fill(0);
    for (let i = 0; i < pairCount; i++) {
      const error = Math.round((pairErrors[i] as number) - deviation * ((pairTimes[i] as number) - middle));
      if (error < -histogramReach || error > histogramReach) continue;
      const bin = error + histogramReach + 1;
      histogram[bin] = (histogram[bin] as number) + 1;
    }
    for (let bin = 1; bin < histogram.length - 1; bin++) {
      const own = histogram[bin] as number;
      const count = own * 2 + (histogram[bin - 1] as number) + (histogram[bin + 1] as number);
      if (count > bestCount) {
        bestCount = count;
        bestError = bin - histogramReach - 1;
        bestTempo = 1 + deviation;
      }
    }
  }
  if (bestCount === 0) return undefined;
  return refine(pairCount, middle, guess, bestError, bestTempo);
}

/** Pairs of peaks near the diagonal: upload time, error of the reference time against the diagonal, step difference. */
function collectPairs(
  reference: Constellation,
  upload: PeakLookup,
  begin: number,
  end: number,
  { diagonal, tempo, pitch, pitchReach }: Guess,
): number {
  const { frames, steps } = upload.constellation;
  let count = 0;
  let i = lowerBound(reference.frames, begin * tempo + diagonal - alignReach * tempo);
  for (; i < reference.frames.length; i++) {
    const expected = ((reference.frames[i] as number) - diagonal) / tempo;
    if (expected >= end + alignReach) break;
    const step = (reference.steps[i] as number) + pitch;
    const last = Math.min(end, expected + alignReach + 1);
    for (
      let j = firstPeakFrom(upload, Math.ceil(Math.max(begin, expected - alignReach)));
      j < frames.length;
      j++
    ) {
      const frame = frames[j] as number;
      if (frame >= last) break;
      const apart = (steps[j] as number) - step;
      if (apart > pitchReach || apart < -pitchReach || count === maxPairs) continue;
      pairTimes[count] = frame;
      pairErrors[count] = expected - frame;
      pairSteps[count++] = apart + pitch;
    }
  }
  return count;
}

/** Keeps the pairs of the one pitch that most of them share; says how many. */
function keepBestPitch(pairCount: number): number {
  pitches.fill(0);
  for (let i = 0; i < pairCount; i++) {
    const at = (pairSteps[i] as number) + pitchOrigin;
    pitches[at] = (pitches[at] as number) + 1;
  }
  let best = 0;
  let bestCount = -1;
  for (let at = 2; at < pitches.length - 2; at++) {
    let count = 0;
    for (let beside = at - 2; beside <= at + 2; beside++) count += pitches[beside] as number;
    if (count > bestCount) {
      bestCount = count;
      best = at - pitchOrigin;
    }
  }
  let kept = 0;
  for (let i = 0; i < pairCount; i++) {
    if (Math.abs((pairSteps[i] as number) - best) > fitSteps) continue;
    pairTimes[kept] = pairTimes[i] as number;
    pairErrors[kept] = pairErrors[i] as number;
    pairSteps[kept++] = pairSteps[i] as number;
  }
  return kept;
}

function refine(
  pairCount: number,
  middle: number,
  guess: Guess,
  error: number,
  relativeTempo: number,
): Alignment {
  let fit = { at: error, slope: relativeTempo - 1 };
  let steps = 0;
  for (let round = 0; round < 2; round++) {
    let n = 0;
    let sumX = 0;
    let sumY = 0;
    let sumXX = 0;
    let sumXY = 0;
    let sumSteps = 0;
    for (let i = 0; i < pairCount; i++) {
      const x = (pairTimes[i] as number) - middle;
      const y = pairErrors[i] as number;
      if (Math.abs(y - fit.at - fit.slope * x) > fitFrames * slowedWidening(guess.tempo)) continue;
      n++;
      sumX += x;
      sumY += y;
      sumXX += x * x;
      sumXY += x * y;
      sumSteps += pairSteps[i] as number;
    }
    if (n < 3) break;
    const spread = sumXX - (sumX * sumX) / n;
    // A handful of peaks at one moment, or a second of them, say nothing about tempo: keep the grid's.
    const slope = spread > leastSpreadFrames ** 2 * n ? (sumXY - (sumX * sumY) / n) / spread : fit.slope;
    fit = { at: (sumY - slope * sumX) / n, slope };
    steps = sumSteps / n;
  }
  // Errors are in upload frames: the guess's own tempo brings them back to the reference.
  return {
    referenceFrame: guess.diagonal + guess.tempo * (middle + fit.at),
    queryFrame: middle,
    tempo: guess.tempo * (1 + fit.slope),
    steps,
  };
}

export function referenceFrameAt(alignment: Alignment, queryFrame: number): number {
  return alignment.referenceFrame + (queryFrame - alignment.queryFrame) * alignment.tempo;
}

/** Index of the first entry that is not below `value`. */
export function lowerBound(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
