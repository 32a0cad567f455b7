/**
 * How sure a match is. Counted: the reference peaks of a stretch, n, and those found again in the upload, k.
 * Null: a peak is found again by chance as often as at other offsets of the same pair (so a drone, which
 * agrees with itself everywhere, proves little), and by the look-alike share more, since the best of many
 * wrong offsets was chosen and music repeats. Peaks of a note come together, so n and k are divided by the
 * peaks of one observation. The tail is bounded by Chernoff's inequality, and multiplied by what was tried:
 * every offset of every reference, for every window of the upload.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import type { Alignment } from './align.ts';
import { findPeak } from './follow.ts';
import {
  lookAlikeShare,
  maxCloseShifts,
  maxPeaksCompared,
  peaksPerObservation,
  repeatedShare,
} from './parameters.ts';
import type { PeakLookup } from './peak-lookup.ts';

/** Offsets compared for a first look, and frames between offsets for a close one: a loop meets itself to the frame. */
const firstLookShifts = 16;
const firstLookPeaks = 72;
const closeLookStep = 3;
/** The least distance of a wrong offset, in frames: beyond the reach of one note. */
const leastShift = 40;
/** Chance is never taken to be below this. */
export const leastChance = 0.02;
/** A stretch shorter than this has no room for wrong offsets; its chance is taken to be that of dense music. */
const leastSpan = 4 * leastShift;
const chanceUnknown = 0.1;

/** Standard deviations by which the best of a few hundred offsets exceeds their mean. */
const bestOfShiftsDeviations = 3;

export type Span = {
  readonly firstPeak: number;
  readonly lastPeak: number;
  readonly queryBegin: number;
  readonly queryEnd: number;
};

/**
 * The share of the reference's peaks of a span that the upload holds at wrong offsets, the upload being turned
 * round in a circle against the reference. A first look takes the mean of a few offsets; a close one takes all,
 * and where the music repeats itself the repeated share of the best of them.
 */
export function chanceOfAgreement(
  reference: Constellation,
  upload: PeakLookup,
  alignment: Alignment,
  span: Span,
  look: 'first' | 'close',
): number {
  const { firstPeak, lastPeak, queryBegin } = span;
  const length = span.queryEnd - queryBegin;
  if (length < leastSpan || lastPeak < firstPeak) return chanceUnknown;
  const room = length - 2 * leastShift;
  const shifts =
    look === 'first' ? firstLookShifts : Math.min(maxCloseShifts, Math.ceil(room / closeLookStep));
  /** A few hundred peaks say it well enough. */
  const stride = Math.ceil(
    (lastPeak - firstPeak + 1) / (look === 'first' ? firstLookPeaks : maxPeaksCompared),
  );
  const turned = { ...span, stride };
  let sum = 0;
  let most = 0;
  for (let shift = 0; shift < shifts; shift++) {
    const turn = leastShift + Math.round((room * (shift + 0.5)) / shifts);
    const share = shareFound(reference, upload, alignment, turned, turn);
    sum += share;
    most = Math.max(most, share);
  }
  const mean = Math.max(leastChance, sum / shifts);
  if (look === 'first') return mean;
  // The best of many offsets is above the mean by luck alone; what is above that too is repetition.
  const compared = Math.ceil((lastPeak - firstPeak + 1) / stride);
  const luck = bestOfShiftsDeviations * Math.sqrt((mean * (1 - mean)) / compared);
  return Math.max(mean, repeatedShare * (most - luck));
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
    if (findPeak(upload, at, (reference.steps[i] as number) + alignment.steps) !== undefined) met++;
  }
  return met / tried;
}

/** log10 of the probability that chance gives this much agreement anywhere in all that was tried; at most 0. */
export function logFalseMatchProbability(
  expectedPeaks: number,
  alignedPeaks: number,
  chance: number,
  hypotheses: number,
): number {
  const share = alignedPeaks / expectedPeaks;
  const nullShare = chance + lookAlikeShare;
  if (share <= nullShare) return 0;
  const divergence =
    share * Math.log(share / nullShare) +
    (share >= 1 ? 0 : (1 - share) * Math.log((1 - share) / (1 - nullShare)));
  const logTail = (-(expectedPeaks / peaksPerObservation) * divergence) / Math.LN10;
  return Math.min(0, logTail + Math.log10(hypotheses));
}
