/**
 * From a guess to a verdict: the two constellations are laid over each other in one window, the line is followed as
 * far as they agree, and what is left is weighed against chance.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import { type Alignment, alignWindow, type Guess, lowerBound } from './align.ts';
import { evidence, followAlignment, type Stretch } from './follow.ts';
import type { PeakLookup } from './peak-lookup.ts';
import { agreementOver, chanceOfAgreement, logFalseMatchProbability } from './significance.ts';

/** Frames of the upload. */
export type Window = { readonly begin: number; readonly end: number };

/** How far a guess came. What it was refused for is the first of these that did not hold. */
export type Verdict =
  /** No two peaks meet. */
  | { readonly outcome: 'unaligned' }
  /** In the window no more of the reference's peaks are found again than at wrong offsets. */
  | {
      readonly outcome: 'disagrees';
      readonly alignment: Alignment;
      readonly agreement: number;
      readonly chance: number;
    }
  /** There is agreement, and `match` says that chance does not explain it; `doubtful`, that it may. */
  | {
      readonly outcome: 'doubtful' | 'match';
      readonly stretch: Stretch;
      readonly chance: number;
      /** log10 of the false-match probability. */
      readonly logProbability: number;
    };

/** A window in which no more than this share of the peaks agrees beyond chance is not followed. */
const leastExcess = 0.08;

/**
 * @param tried alignments that could have matched: what the false-match probability is multiplied by
 * @param logThreshold log10 of the highest false-match probability that is a match
 */
export function verify(
  reference: Constellation,
  upload: PeakLookup,
  guess: Guess,
  { begin, end }: Window,
  tried: number,
  logThreshold: number,
): Verdict {
  const alignment = alignWindow(reference, upload, begin, end, guess);
  if (alignment === undefined) return { outcome: 'unaligned' };
  const span = {
    firstPeak: lowerBound(reference.frames, referenceFrameAt(alignment, begin)),
    lastPeak: lowerBound(reference.frames, referenceFrameAt(alignment, end)) - 1,
    queryBegin: begin,
    queryEnd: end,
  };
  const chance = chanceOfAgreement(reference, upload, alignment, span, 'first');
  const agreement = agreementOver(reference, upload, alignment, span);
  const disagrees = { outcome: 'disagrees', alignment, agreement, chance } as const;
  if (agreement < chance + leastExcess) return disagrees;
  const rough = followAlignment(reference, upload, alignment, evidence(Math.max(0.35, chance + 0.2), chance));
  if (rough === undefined) return disagrees;
  // Once it is known how well the two agree, the ends can be told from chance more sharply.
  const followed = Math.min(0.9, Math.max(chance + 0.1, rough.alignedPeaks / rough.expectedPeaks));
  const stretch = followAlignment(reference, upload, rough.alignment, evidence(followed, chance)) ?? rough;
  const probability = (chanceHere: number) =>
    logFalseMatchProbability(stretch.expectedPeaks, stretch.alignedPeaks, chanceHere, tried);
  const atFirst = probability(chance);
  if (atFirst > logThreshold) return { outcome: 'doubtful', stretch, chance, logProbability: atFirst };
  // Compared over the whole window at the least: a short stretch has no room for wrong offsets of its own.
  const around = {
    ...stretch,
    queryBegin: Math.min(stretch.queryBegin, begin),
    queryEnd: Math.max(stretch.queryEnd, end),
  };
  const closeChance = Math.max(
    chance,
    chanceOfAgreement(reference, upload, stretch.alignment, around, 'close'),
  );
  const logProbability = probability(closeChance);
  const outcome = logProbability > logThreshold ? 'doubtful' : 'match';
  return { outcome, stretch, chance: closeChance, logProbability };
}

export function referenceFrameAt(alignment: Alignment, queryFrame: number): number {
  return alignment.referenceFrame + (queryFrame - alignment.queryFrame) * alignment.tempo;
}
