/** How far a candidate came: which of two came further, and what there is to say of the one that came furthest. */
import { frameMs, stepsPerOctave, weakRank } from '../fingerprint/parameters.ts';
import type { TransformSet } from '../protocol.ts';
import { type Alignment, lowerBound } from './align.ts';
import type { Pair } from './explain-pair.ts';
import type { BestAlignment } from './explanation.ts';
import type { Trial } from './match-upload.ts';
import { alteredLook, buriedLook, type Look, maxFalseMatchProbability, secondLook } from './parameters.ts';
import { unaltered } from './probes.ts';
import { toMs } from './report-matches.ts';
import { logFalseMatchProbability } from './significance.ts';
import { referenceFrameAt, type Window } from './verify.ts';

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
  return verdict.outcome === 'disagrees' ? verdict.agreement - verdict.chance : 0;
}

/** What the two constellations agree on, as far as the candidate came: a stretch, or the window it was voted in. */
type Line = Window & { readonly alignment: Alignment };

export function lineOf({ verdict, window }: Trial): Line | undefined {
  if (verdict.outcome === 'unaligned') return undefined;
  if (verdict.outcome === 'disagrees') return { ...window, alignment: verdict.alignment };
  const { queryBegin, queryEnd, alignment } = verdict.stretch;
  return { begin: queryBegin, end: queryEnd, alignment };
}

export function describeBest(
  { reference, durationMs }: Pair,
  transforms: TransformSet,
  trial: Trial,
  { begin, end, alignment }: Line,
): BestAlignment | undefined {
  const { verdict, candidate, tried } = trial;
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
    chance: verdict.chance,
    logProbability:
      verdict.outcome === 'disagrees'
        ? logFalseMatchProbability(Math.max(1, expectedPeaks), agreeingPeaks, verdict.chance, tried)
        : verdict.logProbability,
    logThreshold,
  };
}

/** The look that named a candidate: it follows from what was looked at. */
export function lookOf({ upload, candidate }: Trial): Look {
  if (candidate.hypothesis !== unaltered) return alteredLook;
  return upload.constellation.ranks.some((rank) => rank >= weakRank) ? buriedLook : secondLook;
}

export function leastVotesOf(trial: Trial): number {
  return lookOf(trial).minVotes;
}
