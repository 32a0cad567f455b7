/**
 * Why one recording is in an upload, or why it is not: the pair is searched by the pipeline of a scan, and what that
 * pipeline saw on its way is kept. The false-match probability is multiplied by everything that a scan of the whole
 * index tries, so that the pair alone is judged as it is among all others. Pure, as a scan is.
 */
import { referenceLandmarks } from '../index/landmark.ts';
import { type MatchSegment, type TransformSet, transformSets } from '../protocol.ts';
import { nearestMiss } from './explain-miss.ts';
import { openPair, type Pair } from './explain-pair.ts';
import { viewOf, viewPeaks } from './explain-peaks.ts';
import { sayWhy } from './explain-reason.ts';
import {
  describeBest,
  isFurther,
  leastVotesOf,
  lineOf,
  logProbabilityOf,
  logThreshold,
  triedIn,
} from './explain-trial.ts';
import { viewVotes } from './explain-votes.ts';
import type { MatchExplanation, MissingReason } from './explanation.ts';
import { matchUpload } from './match-upload.ts';
import { secondLook } from './parameters.ts';
import { toMs } from './report-matches.ts';
import { leastChance, logFalseMatchProbability } from './significance.ts';
import type { Trial } from './verify-candidate.ts';
import { windowsOf } from './windows.ts';

/** Segments listed of a match: a loop can have thousands in an upload of hours. */
const maxListedSegments = 100;

export type ExplainOptions = {
  readonly transforms: TransformSet;
  /** Frames of all references of the index, this one among them. */
  readonly indexFrames: number;
};

/** What a search with one set of transforms came to. */
type Search = {
  readonly transforms: TransformSet;
  readonly segments: readonly MatchSegment[];
  /** What came furthest. */
  readonly best: Trial | undefined;
};

/** @throws WorkerError FINGERPRINT_* */
export function explainMatch(
  upload: Uint8Array,
  reference: Uint8Array,
  { transforms, indexFrames }: ExplainOptions,
): MatchExplanation {
  const pair = openPair(upload, reference, indexFrames);
  if (pair.upload.frameCount === 0) return explanationOf(pair, transforms, 'silent', undefined);
  const asked = search(pair, transforms);
  if (asked.segments.length > 0) return explanationOf(pair, transforms, undefined, asked);
  const wider = transformSets.slice(transformSets.indexOf(transforms) + 1);
  for (const set of wider) {
    const found = search(pair, set);
    if (found.segments.length > 0)
      return explanationOf(pair, transforms, 'found_with_wider_transforms', found);
  }
  if (isTooShort(pair)) return explanationOf(pair, transforms, 'too_short', asked);
  const nearest = asked.best === undefined ? { ...asked, best: nearestMiss(pair, transforms) } : asked;
  return explanationOf(pair, transforms, reasonOf(pair, nearest.best), nearest);
}

function search(pair: Pair, transforms: TransformSet): Search {
  let best: Trial | undefined;
  const { matches } = matchUpload(pair.bytes, [pair.searched], {
    transforms,
    indexFrames: pair.indexFrames,
    onTrial: (trial) => {
      if (best === undefined || isFurther(trial, best)) best = trial;
    },
  });
  return { transforms, segments: matches[0]?.segments ?? [], best };
}

/** Whether not even an upload that has every peak of the reference would be told from chance. */
function isTooShort(pair: Pair): boolean {
  return pair.durationMs < leastDurationMs(pair);
}

/** Ms of audio whose peaks, all of them found again, are told from chance. */
function leastDurationMs({ reference, upload, indexFrames }: Pair): number {
  const tried = indexFrames * windowsOf(upload.frameCount).length;
  const perPeak = logFalseMatchProbability(1, 1, leastChance, 1);
  const peaks = (logThreshold - Math.log10(tried)) / perPeak;
  const lastFrame = reference.frames.at(-1) ?? 0;
  return (peaks / reference.frames.length) * toMs(lastFrame);
}

function reasonOf(pair: Pair, best: Trial | undefined): MissingReason {
  if (best === undefined) return 'no_votes';
  if (best.candidate.votes < leastVotesOf(best)) return 'few_votes';
  const { verdict } = best;
  if (verdict.outcome === 'unaligned') return 'no_alignment';
  if (verdict.outcome === 'disagrees') return 'disagrees';
  // As much as chance gives somewhere in these two alone, without all others that were tried, is no agreement.
  const triedHere = (triedIn(best) * (pair.reference.frames.at(-1) ?? 0)) / pair.indexFrames;
  return logProbabilityOf(verdict, triedHere) >= 0 ? 'disagrees' : 'not_certain_enough';
}

function explanationOf(
  pair: Pair,
  transforms: TransformSet,
  missing: MissingReason | undefined,
  found: Search | undefined,
): MatchExplanation {
  const trial = found?.best;
  const line = trial && lineOf(trial);
  const best = found && trial && line && describeBest(pair, found.transforms, trial, line);
  const segments = found?.segments ?? [];
  return {
    transforms,
    durationMs: pair.durationMs,
    missing,
    sentence: sayWhy({
      missing,
      transforms,
      durationMs: pair.durationMs,
      leastDurationMs: missing === 'too_short' ? leastDurationMs(pair) : 0,
      votes: trial?.candidate.votes ?? 0,
      leastVotes: trial === undefined ? secondLook.minVotes : leastVotesOf(trial),
      best,
      tried: trial === undefined ? 1 : triedIn(trial),
      segments,
      hasOtherWindows: pair.views.short !== undefined,
    }),
    segments: surest(segments),
    segmentCount: segments.length,
    best,
    peaks:
      trial &&
      line &&
      viewPeaks(pair.reference, pair.upload, line.alignment, viewOf(line, pair.upload.frameCount)),
    votes:
      found &&
      trial &&
      viewVotes(trial, pair.upload, referenceLandmarks(pair.reference), pair.searched, transforms),
  };
}

/** In the order of the upload, as they come. */
function surest(segments: readonly MatchSegment[]): readonly MatchSegment[] {
  const kept = new Set(
    [...segments]
      .sort((a, b) => a.falseMatchProbability - b.falseMatchProbability)
      .slice(0, maxListedSegments),
  );
  return segments.filter((segment) => kept.has(segment));
}
