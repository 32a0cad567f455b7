/**
 * How sure a match is. Counted: the reference peaks of a stretch, n, and those found again in the upload, k. Two
 * explanations other than a match are weighed, and the likelier one is the false-match probability:
 *
 *   chance       a peak is found again as often as at other offsets of the same pair (so a drone, which agrees with
 *                itself everywhere, proves little), and a little more often. Multiplied by every offset of every
 *                reference, for every window of the upload, and by the tempos and pitches tried.
 *   repetition   the upload shares loops, a beat or an instrument with the reference, which then agree at some offset
 *                as part of them does at the best of the wrong ones. Multiplied by the offsets of some albums alone:
 *                nobody shares loops with a whole catalog.
 *
 * What is said to be unaltered and runs on a clock that is off could have run on a dozen others, and seldom does: both
 * count in both.
 *
 * Peaks of a note come together, so n and k are divided by the peaks of one observation; and no more than some seconds
 * count, because what sounds alike goes on sounding alike. The tail of the binomial is
 * bounded by Chernoff's inequality. `npm run bench:reliability` compares what is stated with what is observed.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import { type Alignment, lowerBound, referenceFrameAt } from './align.ts';
import { findPeak, foundFramesAt } from './follow.ts';
import { lookAlikeShare, maxPeaksCompared, maxPeaksCounted, peaksPerObservation } from './parameters.ts';
import type { PeakLookup } from './peak-lookup.ts';

/** Offsets and peaks compared for the mean. */
const firstLookShifts = 16;
const firstLookPeaks = 72;
/** Frames between offsets where repetition is looked for, how far it is looked for (20 s), and turns at the most. */
const slideStep = 3;
const slidePeaks = 64;
const slidesCompared = 8;
const mostSlide = 1000;
const maxTurns = 400;
/** The least distance of a wrong offset, in frames: beyond the reach of one note. */
export const leastShift = 40;
/** Chance is never taken to be below this. */
export const leastChance = 0.01;
/** Of a stretch that has no room for wrong offsets; that of dense music. */
const chanceUnknown = 0.06;

/** Standard deviations by which the best of a few hundred offsets exceeds their mean. */
const bestOfShiftsDeviations = 3;

export type Span = {
  readonly firstPeak: number;
  readonly lastPeak: number;
  readonly queryBegin: number;
  readonly queryEnd: number;
};

/** The share of the reference's peaks of a span that the upload holds at a few wrong offsets, in the mean. */
export function chanceOfAgreement(
  reference: Constellation,
  upload: PeakLookup,
  alignment: Alignment,
  span: Span,
): number {
  const room = span.queryEnd - span.queryBegin - 2 * leastShift;
  if (room < leastShift || span.lastPeak < span.firstPeak) return chanceUnknown;
  const thinned = { ...span, stride: strideOf(span, firstLookPeaks) };
  let sum = 0;
  for (let shift = 0; shift < firstLookShifts; shift++) {
    const turn = leastShift + Math.round((room * (shift + 0.5)) / firstLookShifts);
    sum += shareFound(reference, upload, alignment, thinned, turn);
  }
  return Math.max(leastChance, sum / firstLookShifts);
}

/**
 * The best agreement at a wrong offset: the reference slid under the span by up to 20 s either way, which finds beats,
 * bars and loops, and the upload turned round in a circle, which finds them where the reference has no room to slide.
 * All offsets are looked at with a few peaks, the best of them closely.
 */
export function bestWrongAgreement(
  reference: Constellation,
  upload: PeakLookup,
  alignment: Alignment,
  span: Span,
): number {
  const { queryBegin, queryEnd, firstPeak, lastPeak } = span;
  const turned = { ...span, stride: strideOf(span, slidePeaks) };
  const room = queryEnd - queryBegin - 2 * leastShift;
  let best = 0;
  for (let turn = leastShift; turn <= leastShift + room; turn += Math.max(slideStep, room / maxTurns)) {
    best = Math.max(best, shareFound(reference, upload, alignment, turned, Math.round(turn)));
  }
  const least = (lastPeak - firstPeak + 1) / 2;
  const slides: { by: number; share: number }[] = [];
  for (let slide = leastShift; slide <= mostSlide; slide += slideStep) {
    for (const by of [slide, -slide]) {
      slides.push({ by, share: shareSlid(reference, upload, alignment, span, by, least, slidePeaks) });
    }
  }
  slides.sort((a, b) => b.share - a.share);
  for (const { by } of slides.slice(0, slidesCompared)) {
    for (let beside = by - 1; beside <= by + 1; beside++) {
      best = Math.max(best, shareSlid(reference, upload, alignment, span, beside, least, maxPeaksCompared));
    }
  }
  return best;
}

/** What repetition grants to chance: its share of the best wrong agreement, beyond what the best of many reaches by luck. */
export function chanceOfRepetition(bestWrong: number, chance: number, share: number, peaks: number): number {
  const luck =
    bestOfShiftsDeviations * Math.sqrt((chance * (1 - chance)) / Math.min(peaks, maxPeaksCompared));
  return Math.max(chance, share * (bestWrong - luck));
}

/** Peaks left out, so that a few hundred are compared: they say it well enough. */
function strideOf({ firstPeak, lastPeak }: Span, most: number): number {
  return Math.ceil((lastPeak - firstPeak + 1) / most);
}

/** The share found of another stretch of the reference, `by` frames later; 0 where fewer than `least` peaks lie in it. */
function shareSlid(
  reference: Constellation,
  upload: PeakLookup,
  alignment: Alignment,
  { queryBegin, queryEnd }: Span,
  by: number,
  least: number,
  most: number,
): number {
  const slid = { ...alignment, referenceFrame: alignment.referenceFrame + by };
  const firstPeak = lowerBound(reference.frames, referenceFrameAt(slid, queryBegin));
  const lastPeak = lowerBound(reference.frames, referenceFrameAt(slid, queryEnd)) - 1;
  if (lastPeak - firstPeak + 1 < least) return 0;
  const span = { firstPeak, lastPeak, queryBegin, queryEnd };
  return shareFound(reference, upload, slid, { ...span, stride: strideOf(span, most) }, 0);
}

/** The share of the reference's peaks of a span that the upload holds where the alignment puts them. */
export function agreementOver(
  reference: Constellation,
  upload: PeakLookup,
  alignment: Alignment,
  span: Span,
): number {
  return span.lastPeak < span.firstPeak
    ? 0
    : shareFound(reference, upload, alignment, { ...span, stride: 1 }, 0);
}

function shareFound(
  reference: Constellation,
  upload: PeakLookup,
  alignment: Alignment,
  span: Span & { readonly stride: number },
  turn: number,
): number {
  const { queryBegin, lastPeak, stride } = span;
  const reach = foundFramesAt(alignment.tempo);
  const length = span.queryEnd - queryBegin;
  let tried = 0;
  let met = 0;
  for (let i = span.firstPeak; i <= lastPeak; i += stride) {
    let at =
      alignment.queryFrame +
      ((reference.frames[i] as number) - alignment.referenceFrame) / alignment.tempo +
      turn;
    if (turn > 0 && at >= queryBegin + length) at -= length;
    tried++;
    if (findPeak(upload, at, (reference.steps[i] as number) + alignment.steps, reach) !== undefined) met++;
  }
  return met / tried;
}

/** log10 of the probability that chance gives this much agreement anywhere in all that was tried; at most 0. */
export function logFalseMatchProbability(
  expectedPeaks: number,
  alignedPeaks: number,
  chance: number,
  tried: number,
): number {
  const share = alignedPeaks / expectedPeaks;
  const expected = chance + lookAlikeShare;
  if (share <= expected) return 0;
  const divergence =
    share * Math.log(share / expected) +
    (share >= 1 ? 0 : (1 - share) * Math.log((1 - share) / (1 - expected)));
  const observations = Math.min(expectedPeaks, maxPeaksCounted) / peaksPerObservation;
  const logTail = (-observations * divergence) / Math.LN10;
  return Math.min(0, logTail + Math.log10(tried));
}
