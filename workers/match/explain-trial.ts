/** How far a candidate came: which of two came further, and what there is to say of the one that came furthest. */
import { frameMs, stepsPerOctave } from '../fingerprint/parameters.ts';
import type { TransformSet } from '../protocol.ts';
import { type Alignment, lowerBound, referenceFrameAt } from './align.ts';
import type { Pair } from './explain-pair.ts';
import type { BestAlignment } from './explanation.ts';
import { maxFalseMatchProbability } from './parameters.ts';
import { toMs } from './report-matches.ts';
import { chanceOfAgreement, logFalseMatchProbability } from './significance.ts';
import { countTried, spanOf, type Window } from './verify.ts';
import type { Trial } from './verify-candidate.ts';

export const logThreshold = Math.log10(maxFalseMatchProbability);
type FollowedVerdict = Extract<Trial['verdict'], { stretch: unknown }>;

const outcomes = ['unaligned', 'disagrees', 'doubtful', 'match'] as const;

export function isFurther(
  { verdict: a, candidate }: Trial,
  { verdict: b, candidate: other }: Trial,
): boolean {
  if (a.outcome !== b.outcome) return outcomes.indexOf(a.outcome) > outcomes.indexOf(b.outcome);
  if (a.outcome === 'unaligned' || b.outcome === 'unaligned') return candidate.votes > other.votes;
  if (a.outcome === 'disagrees' || b.outcome === 'disagrees') return excessOf(a) > excessOf(b);
  return logProbabilityOf(a, 1) < logProbabilityOf(b, 1);
}

/** log10 of the false-match probability, had only so many alignments been tried. */
export function logProbabilityOf({ stretch, chance }: FollowedVerdict, tried: number): number {
  return logFalseMatchProbability(stretch.expectedPeaks, stretch.alignedPeaks, chance, tried);
}

function excessOf(verdict: Trial['verdict']): number {
  return verdict.outcome === 'disagrees' ? verdict.agreement - (verdict.chance ?? verdict.agreement) : 0;
}

/** What the two constellations agree on, as far as the candidate came: a stretch, or the window it was voted in. */
type Line = Window & { readonly alignment: Alignment };

export function lineOf({ verdict, window }: Trial): Line | undefined {
  if (verdict.outcome === 'unaligned') return undefined;
  if (verdict.outcome === 'disagrees') return { ...window, alignment: verdict.alignment };
  const { queryBegin, queryEnd, alignment } = verdict.stretch;
  return { begin: queryBegin, end: queryEnd, alignment };
}

/** Alignments that chance could have given as much agreement in. */
export function triedIn({ verdict, tried }: Trial): number {
  return 'tried' in verdict ? verdict.tried : countTried(tried);
}

export function describeBest(
  { reference, upload, durationMs }: Pair,
  transforms: TransformSet,
  trial: Trial,
  { begin, end, alignment }: Line,
): BestAlignment | undefined {
  const { verdict, candidate } = trial;
  if (verdict.outcome === 'unaligned') return undefined;
  const at = (queryFrame: number) => referenceFrameAt(alignment, queryFrame);
  const expectedPeaks =
    verdict.outcome === 'disagrees'
      ? lowerBound(reference.frames, at(end)) - lowerBound(reference.frames, at(begin))
      : verdict.stretch.expectedPeaks;
  const agreeingPeaks =
    verdict.outcome === 'disagrees'
      ? Math.round(verdict.agreement * expectedPeaks)
      : verdict.stretch.alignedPeaks;
  const chance =
    verdict.chance ??
    chanceOfAgreement(reference, upload, alignment, spanOf(reference, alignment, begin, end));
  return {
    transforms,
    queryStartMs: toMs(begin),
    queryEndMs: Math.min(durationMs, toMs(end)),
    referenceStartMs: toMs(at(begin)),
    referenceEndMs: toMs(at(end)),
    offsetMs: Math.round(at(0) * frameMs),
    tempoRatio: Math.round(alignment.tempo * 10_000) / 10_000,
    pitchCents: Math.round((alignment.steps * 1200) / stepsPerOctave),
    votes: candidate.votes,
    leastVotes: leastVotesOf(trial),
    expectedPeaks,
    agreeingPeaks,
    agreement: expectedPeaks === 0 ? 0 : agreeingPeaks / expectedPeaks,
    chance,
    logProbability:
      verdict.outcome === 'disagrees'
        ? logFalseMatchProbability(Math.max(1, expectedPeaks), agreeingPeaks, chance, triedIn(trial))
        : verdict.logProbability,
    logThreshold,
    windowsCounted: verdict.outcome === 'disagrees' ? 1 : verdict.windowsCounted,
  };
}

/** Votes that its look asks of such a line. */
export function leastVotesOf({ look, candidate }: Trial): number {
  return candidate.isOnLine ? look.lineVotes : look.minVotes;
}
