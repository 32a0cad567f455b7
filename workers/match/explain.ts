/**
 * Why one recording is in an upload, or why it is not: the pair is searched by the pipeline of a scan, and what that
 * pipeline saw on its way is kept. The false-match probability is multiplied by everything that a scan of the whole
 * index tries, so that the pair alone is judged as it is among all others. Pure, as a scan is.
 */
import { type Constellation, filterPeaks } from '../fingerprint/constellation.ts';
import { decodeFingerprint } from '../fingerprint/fingerprint-file.ts';
import { frameMs, stepsPerOctave, weakRank } from '../fingerprint/parameters.ts';
import { buildSegment } from '../index/build-segment.ts';
import { referenceLandmarks } from '../index/landmark.ts';
import { openSegment } from '../index/segment.ts';
import { type MatchSegment, type TransformSet, transformSets } from '../protocol.ts';
import { type Alignment, lowerBound } from './align.ts';
import { viewOf, viewPeaks } from './explain-peaks.ts';
import { sayWhy } from './explain-reason.ts';
import { probesOf, viewVotes } from './explain-votes.ts';
import type { BestAlignment, MatchExplanation, MissingReason } from './explanation.ts';
import { hypothesesOf, hypothesisCount } from './hypotheses.ts';
import { matchUpload, type SearchedSegment, type Trial, windowsOf } from './match-upload.ts';
import { alteredLook, buriedLook, type Look, maxFalseMatchProbability, secondLook } from './parameters.ts';
import { indexPeaks, type PeakLookup } from './peak-lookup.ts';
import { type Hypothesis, unaltered } from './probes.ts';
import { toMs } from './report-matches.ts';
import { leastChance, logFalseMatchProbability } from './significance.ts';
import { referenceFrameAt, verify, type Window } from './verify.ts';
import { type Candidate, guessOf, voteSegment } from './vote.ts';

/** Windows searched for the nearest thing to a line where no line was voted: ten minutes side by side. */
const maxMissWindows = 60;
const logThreshold = Math.log10(maxFalseMatchProbability);
/** The one reference is nobody else's: its id never leaves here. */
const onlyReferenceId = '00000000-0000-7000-8000-000000000000';

export type ExplainOptions = {
  readonly transforms: TransformSet;
  /** Frames of all references of the index, this one among them. */
  readonly indexFrames: number;
};

/** One upload and one reference, opened once and searched as often as it takes. */
type Pair = {
  readonly bytes: Uint8Array;
  readonly durationMs: number;
  readonly strong: PeakLookup;
  readonly all: PeakLookup;
  readonly reference: Constellation;
  readonly searched: SearchedSegment;
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
  if (pair.all.frameCount === 0) return explanationOf(pair, transforms, 'silent', undefined);
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

function openPair(bytes: Uint8Array, reference: Uint8Array, indexFrames: number): Pair {
  const { constellation, durationMs } = decodeFingerprint(bytes);
  const segment = openSegment(
    buildSegment([{ referenceId: onlyReferenceId, position: 1, fingerprint: reference }]),
  );
  return {
    bytes,
    durationMs,
    strong: indexPeaks(filterPeaks(constellation, (i) => (constellation.ranks[i] as number) < weakRank)),
    all: indexPeaks(constellation),
    reference: decodeFingerprint(reference).constellation,
    searched: { segment, tombstones: new Uint8Array(1) },
    indexFrames,
  };
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

type FollowedVerdict = Extract<Trial['verdict'], { stretch: unknown }>;

const outcomes = ['unaligned', 'disagrees', 'doubtful', 'match'] as const;

function isFurther({ verdict: a, candidate }: Trial, { verdict: b, candidate: other }: Trial): boolean {
  if (a.outcome !== b.outcome) return outcomes.indexOf(a.outcome) > outcomes.indexOf(b.outcome);
  if (a.outcome === 'unaligned' || b.outcome === 'unaligned') return candidate.votes > other.votes;
  if (a.outcome === 'disagrees' || b.outcome === 'disagrees') return excessOf(a) > excessOf(b);
  return logProbabilityOf(a, 1) < logProbabilityOf(b, 1);
}

/** log10 of the false-match probability, had only so many alignments been tried. */
function logProbabilityOf({ stretch, chance }: FollowedVerdict, tried: number): number {
  return logFalseMatchProbability(stretch.expectedPeaks, stretch.alignedPeaks, chance, tried);
}

function excessOf(verdict: Trial['verdict']): number {
  return verdict.outcome === 'disagrees' ? verdict.agreement - verdict.chance : 0;
}

/** Whether not even an upload that has every peak of the reference would be told from chance. */
function isTooShort(pair: Pair): boolean {
  return pair.durationMs < leastDurationMs(pair);
}

/** Ms of audio whose peaks, all of them found again, are told from chance. */
function leastDurationMs({ reference, strong, indexFrames }: Pair): number {
  const tried = indexFrames * windowsOf(strong.frameCount).length;
  const perPeak = logFalseMatchProbability(1, 1, leastChance, 1);
  const peaks = (logThreshold - Math.log10(tried)) / perPeak;
  const lastFrame = reference.frames.at(-1) ?? 0;
  return (peaks / reference.frames.length) * toMs(lastFrame);
}

type MissLook = {
  readonly upload: PeakLookup;
  readonly look: Look;
  readonly hypothesis: Hypothesis;
  readonly tried: number;
};

/** The best voted line of all, though it has fewer votes than are looked at. */
function nearestMiss(pair: Pair, transforms: TransformSet): Trial | undefined {
  const { strong, all, indexFrames } = pair;
  const windows = windowsOf(strong.frameCount);
  const offsets = indexFrames * windows.length;
  const hypotheses = hypothesesOf(transforms);
  const looks: readonly MissLook[] = [
    { upload: strong, look: secondLook, hypothesis: unaltered, tried: offsets },
    ...(transforms === 'all'
      ? [{ upload: all, look: buriedLook, hypothesis: unaltered, tried: offsets }]
      : []),
    ...hypotheses.map((hypothesis) => ({
      upload: strong,
      look: alteredLook,
      hypothesis,
      tried: offsets * hypothesisCount(hypotheses),
    })),
  ];
  let best: Omit<Trial, 'verdict'> | undefined;
  for (const window of spread(windows)) {
    for (const { upload, look, hypothesis, tried } of looks) {
      const candidate = nearestLine(pair.searched, upload, window, look, hypothesis);
      if (candidate === undefined || candidate.votes <= (best?.candidate.votes ?? 0)) continue;
      best = { candidate, upload, window, tried };
    }
  }
  if (best === undefined) return undefined;
  const { candidate, upload, window, tried } = best;
  const verdict = verify(pair.reference, upload, guessOf(candidate), window, tried, logThreshold);
  return { ...best, verdict };
}

function nearestLine(
  { segment, tombstones }: SearchedSegment,
  upload: PeakLookup,
  window: Window,
  look: Look,
  hypothesis: Hypothesis,
): Candidate | undefined {
  const probes = probesOf(upload, window, look.ranks, hypothesis);
  return voteSegment(segment, tombstones, probes, { ...look, minVotes: 1 })[0];
}

function spread(windows: readonly Window[]): readonly Window[] {
  const stride = Math.max(1, Math.ceil(windows.length / maxMissWindows));
  return windows.filter((_, i) => i % stride === 0);
}

function reasonOf(pair: Pair, best: Trial | undefined): MissingReason {
  if (best === undefined) return 'no_votes';
  if (best.candidate.votes < leastVotesOf(best)) return 'few_votes';
  const { verdict, tried } = best;
  if (verdict.outcome === 'unaligned') return 'no_alignment';
  if (verdict.outcome === 'disagrees') return 'disagrees';
  // As much as chance gives somewhere in these two alone, without all others that were tried, is no agreement.
  const triedHere = (tried * (pair.reference.frames.at(-1) ?? 0)) / pair.indexFrames;
  return logProbabilityOf(verdict, triedHere) >= 0 ? 'disagrees' : 'not_certain_enough';
}

function explanationOf(
  pair: Pair,
  transforms: TransformSet,
  missing: MissingReason | undefined,
  found: Search | undefined,
): MatchExplanation {
  const trial = found?.best;
  const line = trial && alignmentOf(trial);
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
      tried: trial?.tried ?? 1,
      segments,
    }),
    segments,
    best,
    peaks:
      trial &&
      line &&
      viewPeaks(pair.reference, trial.upload, line.alignment, viewOf(line, pair.all.frameCount)),
    votes:
      found &&
      trial &&
      viewVotes(trial, pair.strong, referenceLandmarks(pair.reference), pair.searched, {
        look: lookOf(trial),
        transforms,
      }),
  };
}

/** What the two constellations agree on, as far as the candidate came: a stretch, or the window it was voted in. */
type Line = Window & { readonly alignment: Alignment };

function alignmentOf({ verdict, window }: Trial): Line | undefined {
  if (verdict.outcome === 'unaligned') return undefined;
  if (verdict.outcome === 'disagrees') return { ...window, alignment: verdict.alignment };
  const { queryBegin, queryEnd, alignment } = verdict.stretch;
  return { begin: queryBegin, end: queryEnd, alignment };
}

function describeBest(
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
function lookOf({ upload, candidate }: Trial): Look {
  if (candidate.hypothesis !== unaltered) return alteredLook;
  return upload.constellation.ranks.includes(weakRank) ? buriedLook : secondLook;
}

function leastVotesOf(trial: Trial): number {
  return lookOf(trial).minVotes;
}
