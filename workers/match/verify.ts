/**
 * From a guess to a verdict: the two constellations are laid over each other in one window, the line is followed as
 * far as they agree, and what is left is weighed against chance.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import { type Alignment, alignWindow, type Guess, lowerBound, referenceFrameAt } from './align.ts';
import { evidence, followAlignment, type Stretch } from './follow.ts';
import {
  blockFrames,
  exactTempoDeviation,
  fitSteps,
  maxFalseMatchProbability,
  maxLookAlikeFrames,
  maxTempoDeviation,
  otherTempoShare,
  repeatedShare,
  repeatedShareOfWhole,
  spentOnPoints,
  tempoStep,
} from './parameters.ts';
import type { PeakLookup } from './peak-lookup.ts';
import { countPoints, grantedPart, logProbabilityOfPoints } from './points.ts';
import {
  agreementOver,
  bestWrongAgreement,
  chanceOfAgreement,
  chanceOfRepetition,
  logFalseMatchProbability,
  type Span,
} from './significance.ts';
import type { UploadViews } from './upload-views.ts';

/** A stretch that spans this much of the upload is the whole of it. */
const wholeShare = 0.85;

/** Frames of the upload. */
export type Window = { readonly begin: number; readonly end: number };

/** Alignments that could have matched: what the false-match probability is multiplied by. */
export type Tried = {
  /** Frames of every reference that could have matched. */
  readonly frames: number;
  /** Windows of the upload. */
  readonly windows: number;
  /** Tempos and pitches, with each of them. */
  readonly alterations: number;
};

export function countTried({ frames, windows, alterations }: Tried): number {
  return frames * windows * alterations;
}

type Refused =
  /** No two peaks meet. */
  | { readonly outcome: 'unaligned' }
  /** In the window few of the reference's peaks are found again, or no more than at wrong offsets. */
  | {
      readonly outcome: 'disagrees';
      readonly alignment: Alignment;
      readonly agreement: number;
      /** Undefined where even the agreement is too small. */
      readonly chance?: number;
    };

/** How far a guess came. What it was refused for is the first of these that did not hold. */
export type Verdict =
  | Refused
  /** There is agreement, and `match` says that chance does not explain it; `doubtful`, that it may. */
  | (Judged & {
      readonly stretch: Stretch;
      /** Alignments that chance could have given this much agreement in. */
      readonly tried: number;
    });

type Judged = {
  readonly outcome: 'doubtful' | 'match';
  /** The share of peaks that agree without a match. */
  readonly chance: number;
  /** log10 of the false-match probability. */
  readonly logProbability: number;
  /** What it was counted in: the one window, or the other two with it (`points.ts`). */
  readonly windowsCounted: 1 | 3;
};

/** A window in which no more than this share of the peaks agrees, or agrees beyond chance, is not followed. */
const leastAgreement = 0.15;
const leastExcess = 0.08;

/**
 * @param logThreshold log10 of the highest false-match probability that is a match
 * @param agreementToBeat of another alignment with the same recording: what agrees less in the window is not followed
 */
export function verify(
  reference: Constellation,
  views: UploadViews,
  guess: Guess,
  { begin, end }: Window,
  tried: Tried,
  logThreshold: number,
  agreementToBeat = 0,
): Verdict {
  const upload = views.standard;
  const first = glance(reference, upload, guess, { begin, end }, agreementToBeat);
  if ('outcome' in first) return first;
  const { alignment, agreement } = first;
  const span = spanOf(reference, alignment, begin, end);
  const chance = chanceOfAgreement(reference, upload, alignment, span);
  const disagrees = { outcome: 'disagrees', alignment, agreement, chance } as const;
  if (agreement < chance + leastExcess) return disagrees;
  const rough = followAlignment(reference, upload, alignment, evidence(Math.max(0.35, chance + 0.2), chance));
  if (rough === undefined) return disagrees;
  // Once it is known how well the two agree, the ends can be told from chance more sharply.
  const followed = Math.min(0.9, Math.max(chance + 0.1, rough.alignedPeaks / rough.expectedPeaks));
  const stretch =
    followAlignment(reference, upload, rough.startAlignment, evidence(followed, chance)) ?? rough;
  const clocks = isUnaltered(guess) ? clocksTried(stretch.alignment.tempo) : 1;
  const agreed = { stretch, chance, window: { begin, end } };
  const judged = judge(reference, views, agreed, tried, clocks, logThreshold);
  return { ...judged, stretch, tried: clocks * countTried(tried) };
}

type Agreed = { readonly stretch: Stretch; readonly chance: number; readonly window: Window };

/** How sure it is by one window and, where that is not enough, by all: two questions, and one certainty between them. */
function judge(
  reference: Constellation,
  views: UploadViews,
  { stretch, chance, window }: Agreed,
  tried: Tried,
  clocks: number,
  logThreshold: number,
): Judged {
  const { alignment, expectedPeaks, alignedPeaks } = stretch;
  let granted: number | undefined;
  const logProbabilityBy = (spent: number, certainty: (share: number, tried: number) => number): number => {
    const asked = clocks / spent;
    const byChance = certainty(chance, asked * countTried(tried));
    if (byChance > logThreshold) return byChance;
    granted ??= repetitionOf(reference, views.standard, stretch, chance, window);
    // Loops in common are no likelier for every tempo and pitch that was tried.
    const loops = asked * Math.min(tried.frames, maxLookAlikeFrames) * tried.windows;
    return Math.max(byChance, certainty(granted, loops));
  };
  const spent = views.short === undefined ? 0 : spentOnPoints;
  const byOne = logProbabilityBy(1 - spent, (share, of) =>
    logFalseMatchProbability(expectedPeaks, alignedPeaks, share, of),
  );
  const isSure = byOne <= Math.log10(maxFalseMatchProbability);
  const points = isSure ? undefined : countPoints(reference, views, alignment, stretch);
  const byAll =
    points === undefined
      ? 0
      : logProbabilityBy(spent, (share, of) =>
          logProbabilityOfPoints(
            points,
            expectedPeaks,
            grantedPart(alignedPeaks / expectedPeaks, chance, share),
            of,
          ),
        );
  const logProbability = Math.min(byOne, byAll);
  return {
    outcome: logProbability > logThreshold ? 'doubtful' : 'match',
    logProbability,
    chance: granted ?? chance,
    windowsCounted: byAll < byOne ? 3 : 1,
  };
}

function repetitionOf(
  reference: Constellation,
  upload: PeakLookup,
  { alignment, queryBegin, queryEnd }: Stretch,
  chance: number,
  { begin, end }: Window,
): number {
  // Also over the whole window: a short stretch has little room for wrong offsets of its own.
  const window = { begin: Math.min(queryBegin, begin), end: Math.max(queryEnd, end) };
  const isWhole = queryEnd - queryBegin >= wholeShare * upload.frameCount;
  const share = isWhole ? repeatedShareOfWhole : repeatedShare;
  const over = (from: number, to: number) =>
    repetitionOver(reference, upload, alignment, chance, share, from, to);
  const inWindow = over(window.begin, window.end);
  return window.end - window.begin > queryEnd - queryBegin + blockFrames
    ? Math.max(inWindow, over(queryBegin, queryEnd))
    : inWindow;
}

/**
 * What can be said of a guess by the reference's peaks in the window alone: of most so little agrees that it need not be
 * compared with chance.
 */
export function glance(
  reference: Constellation,
  upload: PeakLookup,
  guess: Guess,
  { begin, end }: Window,
  agreementToBeat = 0,
): Refused | { readonly alignment: Alignment; readonly agreement: number } {
  const alignment = alignWindow(reference, upload, begin, end, guess);
  if (alignment === undefined) return { outcome: 'unaligned' };
  const agreement = agreementOver(reference, upload, alignment, spanOf(reference, alignment, begin, end));
  return agreement < Math.max(leastAgreement, agreementToBeat)
    ? { outcome: 'disagrees', alignment, agreement }
    : { alignment, agreement };
}

/** Frames of the reference, beyond where a guess puts the window's ends, that a glance seldom looks at a peak behind. */
export const glanceReachFrames = 40;

/** The share of the reference's peaks that an alignment finds again in a window. */
export function agreementIn(
  { begin, end }: Window,
  reference: Constellation,
  upload: PeakLookup,
  alignment: Alignment,
): number {
  return agreementOver(reference, upload, alignment, spanOf(reference, alignment, begin, end));
}

function isUnaltered({ tempo, pitchReach }: Guess): boolean {
  return tempo === 1 && pitchReach === fitSteps;
}

/** How many times as many alignments a clock that is off allows as one that is not. */
function clocksTried(tempo: number): number {
  if (Math.abs(tempo - 1) < exactTempoDeviation) return 2;
  return Math.round((2 * maxTempoDeviation) / tempoStep) / otherTempoShare;
}

function repetitionOver(
  reference: Constellation,
  upload: PeakLookup,
  alignment: Alignment,
  chance: number,
  share: number,
  queryBegin: number,
  queryEnd: number,
): number {
  const span = spanOf(reference, alignment, queryBegin, queryEnd);
  const bestWrong = bestWrongAgreement(reference, upload, alignment, span);
  return chanceOfRepetition(bestWrong, chance, share, span.lastPeak - span.firstPeak + 1);
}

export function spanOf(
  reference: Constellation,
  alignment: Alignment,
  queryBegin: number,
  queryEnd: number,
): Span {
  const firstPeak = lowerBound(reference.frames, referenceFrameAt(alignment, queryBegin));
  const lastPeak = lowerBound(reference.frames, referenceFrameAt(alignment, queryEnd)) - 1;
  return { firstPeak, lastPeak, queryBegin, queryEnd };
}
