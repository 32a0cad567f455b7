/**
 * From an alignment in one window to the whole stretch on which upload and reference agree: block by block in
 * both directions, correcting the line as it goes, so that a clock that is off or wanders is followed. The
 * stretch ends where evidence has been missing for longer than a gap may be.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import { type Alignment, lowerBound } from './align.ts';
import {
  blockFrames,
  foundFrames,
  foundSteps,
  maxGapFrames,
  memoryFrames,
  slowedWidening,
} from './parameters.ts';
import { firstPeakFrom, type PeakLookup } from './peak-lookup.ts';

export type Stretch = {
  /** First and last reference peak that was found again, by index. */
  readonly firstPeak: number;
  readonly lastPeak: number;
  /** Reference peaks between the two, and how many of them were found again. */
  readonly expectedPeaks: number;
  readonly alignedPeaks: number;
  /** Upload and reference frames of the two ends. */
  readonly queryBegin: number;
  readonly queryEnd: number;
  readonly referenceBegin: number;
  readonly referenceEnd: number;
  /** The line through all that was found. */
  readonly alignment: Alignment;
  /** The line through what was found near the frame where following began: where the clock wanders, another one. */
  readonly startAlignment: Alignment;
};

/** In parallel, one entry for each reference peak that was found again. */
type Found = {
  readonly peaks: number[];
  readonly queryFrames: number[];
  readonly referenceFrames: number[];
  /** Upload frequency − reference frequency. */
  readonly steps: number[];
};

/** Log-likelihood of a peak that is found again and of one that is not, where agreement and chance have these shares. */
export type Evidence = { readonly hit: number; readonly miss: number };

export function evidence(agreement: number, chance: number): Evidence {
  return { hit: Math.log(agreement / chance), miss: Math.log((1 - agreement) / (1 - chance)) };
}

/** The tempo may wander this far from where it began. */
const maxTempoChange = 0.05;

export function followAlignment(
  reference: Constellation,
  upload: PeakLookup,
  start: Alignment,
  weights: Evidence,
): Stretch | undefined {
  const from = lowerBound(reference.frames, start.referenceFrame);
  const forward = followOneWay(reference, upload, start, weights, from, 1);
  const backward = followOneWay(reference, upload, start, weights, from - 1, -1);
  const found = bestRun(weights, {
    peaks: [...backward.peaks.reverse(), ...forward.peaks],
    queryFrames: [...backward.queryFrames.reverse(), ...forward.queryFrames],
    referenceFrames: [...backward.referenceFrames.reverse(), ...forward.referenceFrames],
    steps: [...backward.steps.reverse(), ...forward.steps],
  });
  const { peaks, queryFrames, referenceFrames } = found;
  const firstPeak = peaks[0];
  const lastPeak = peaks.at(-1);
  if (firstPeak === undefined || lastPeak === undefined || peaks.length < 4) return undefined;
  return {
    firstPeak,
    lastPeak,
    expectedPeaks: lastPeak - firstPeak + 1,
    alignedPeaks: peaks.length,
    queryBegin: queryFrames[0] as number,
    queryEnd: (queryFrames.at(-1) as number) + 1,
    referenceBegin: referenceFrames[0] as number,
    referenceEnd: (referenceFrames.at(-1) as number) + 1,
    alignment: fitLine(found, 0, start),
    startAlignment: fitLine(near(found, start.queryFrame), 0, start),
  };
}

/** What was found within half the memory of a frame of the upload. */
function near(found: Found, queryFrame: number): Found {
  const from = found.queryFrames.findIndex((frame) => frame >= queryFrame - memoryFrames / 2);
  const to = found.queryFrames.findLastIndex((frame) => frame <= queryFrame + memoryFrames / 2);
  return sliced(found, Math.max(0, from), to + 1);
}

function sliced(found: Found, from: number, to: number): Found {
  return {
    peaks: found.peaks.slice(from, to),
    queryFrames: found.queryFrames.slice(from, to),
    referenceFrames: found.referenceFrames.slice(from, to),
    steps: found.steps.slice(from, to),
  };
}

/**
 * The run of peaks with the most evidence. Following began in the middle of a window, which may lie before the
 * recording begins, and chance finds a peak here and there beyond a true end.
 */
function bestRun(weights: Evidence, found: Found): Found {
  const { peaks } = found;
  let sum = 0;
  let begin = 0;
  let best = { sum: 0, begin: 0, end: 0 };
  for (let i = 0; i < peaks.length; i++) {
    const missed = i === 0 ? 0 : (peaks[i] as number) - (peaks[i - 1] as number) - 1;
    sum += missed * weights.miss;
    if (sum <= 0) {
      sum = 0;
      begin = i;
    }
    sum += weights.hit;
    if (sum > best.sum) best = { sum, begin, end: i + 1 };
  }
  return sliced(found, best.begin, best.end);
}

function followOneWay(
  reference: Constellation,
  upload: PeakLookup,
  start: Alignment,
  weights: Evidence,
  from: number,
  way: 1 | -1,
): Found {
  const { frames, steps } = upload.constellation;
  const reach = foundFramesAt(start.tempo);
  const found: Found = { peaks: [], queryFrames: [], referenceFrames: [], steps: [] };
  let line = start;
  let score = 0;
  let best = 0;
  let bestCount = 0;
  let bestFrame = reference.frames[from] ?? 0;
  let blockEnd = bestFrame + way * blockFrames;
  for (let i = from; i >= 0 && i < reference.frames.length; i += way) {
    const frame = reference.frames[i] as number;
    if ((frame - blockEnd) * way >= 0) {
      line = fitLine(found, memoryFrames, line, start.tempo);
      blockEnd = frame + way * blockFrames;
    }
    const expected = line.queryFrame + (frame - line.referenceFrame) / line.tempo;
    if (expected < -foundFrames || expected > upload.frameCount + foundFrames) break;
    const step = reference.steps[i] as number;
    const at = findPeak(upload, expected, step + line.steps, reach);
    if (at === undefined) score += weights.miss;
    else {
      score += weights.hit;
      found.peaks.push(i);
      found.queryFrames.push(frames[at] as number);
      found.referenceFrames.push(frame);
      found.steps.push((steps[at] as number) - step);
      if (score >= best) {
        best = score;
        bestCount = found.peaks.length;
        bestFrame = frame;
      }
    }
    if (Math.abs(frame - bestFrame) > maxGapFrames) break;
  }
  for (const list of Object.values(found)) list.length = bestCount;
  return found;
}

/** How far from where it is expected a peak is found again, in frames of the upload. */
export function foundFramesAt(tempo: number): number {
  return foundFrames * slowedWidening(tempo);
}

/** Index of the upload's peak nearest in time to where one is expected. */
export function findPeak(
  upload: PeakLookup,
  expectedFrame: number,
  expectedStep: number,
  reach: number,
): number | undefined {
  const { frames, steps } = upload.constellation;
  let nearest: number | undefined;
  let distance = reach;
  const last = expectedFrame + reach;
  for (let j = firstPeakFrom(upload, Math.ceil(expectedFrame - distance)); j < frames.length; j++) {
    const frame = frames[j] as number;
    if (frame > last) break;
    const apart = (steps[j] as number) - expectedStep;
    if (apart > foundSteps || apart < -foundSteps) continue;
    const away = Math.abs(frame - expectedFrame);
    if (away > distance) continue;
    nearest = j;
    distance = away;
  }
  return nearest;
}

/**
 * Least squares through the newest pairs that lie within `memory` frames of the last (0: through all), and their mean
 * pitch. Where they are too few or too close together for a tempo, the line before stays.
 */
function fitLine(
  { queryFrames, referenceFrames, steps }: Found,
  memory: number,
  before: Alignment,
  tempo = before.tempo,
): Alignment {
  const newest = queryFrames.at(-1);
  if (newest === undefined) return before;
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumXY = 0;
  let sumSteps = 0;
  const origin = before.queryFrame;
  for (let i = queryFrames.length - 1; i >= 0; i--) {
    const query = queryFrames[i] as number;
    if (memory > 0 && Math.abs(newest - query) > memory) break;
    const x = query - origin;
    const y = (referenceFrames[i] as number) - before.referenceFrame - before.tempo * x;
    n++;
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
    sumSteps += steps[i] as number;
  }
  const spread = sumXX - (sumX * sumX) / n;
  // Under 16 peaks or a spread (standard deviation) of 1.5 s a slope is noise.
  if (n < 16 || spread < n * 75 * 75) return before;
  const slope = (sumXY - (sumX * sumY) / n) / spread;
  const fitted = before.tempo + slope;
  if (Math.abs(fitted / tempo - 1) > maxTempoChange) return before;
  return {
    queryFrame: origin,
    referenceFrame: before.referenceFrame + (sumY - slope * sumX) / n,
    tempo: fitted,
    steps: sumSteps / n,
  };
}
