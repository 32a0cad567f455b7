/**
 * The life of a scan: windows → landmarks → votes → candidates (→ `verify-candidate.ts`: alignment → stretch →
 * significance) → segments. Pure: the same segments and the same fingerprint give the same answer.
 */
import { decodeFingerprint } from '../fingerprint/fingerprint-file.ts';
import type { Hint, MatchAnswer, TransformSet } from '../protocol.ts';
import { isCovered, isExplained } from './coverage.ts';
import { candidateAt } from './hint.ts';
import { countHypotheses, hypothesesOf } from './hypotheses.ts';
import {
  alteredLook,
  buriedLook,
  deepLook,
  firstLook,
  type Look,
  manyPostings,
  maxCandidates,
  maxFalseMatchProbability,
  maxQuickCandidates,
  pitchLook,
  quickLook,
  quickPitchLook,
  secondLook,
  sureWeight,
  thoroughLook,
  thoroughPitchLook,
  windowFrames,
  windowHopFrames,
} from './parameters.ts';
import { firstPeakFrom } from './peak-lookup.ts';
import { type Hypothesis, probeWindow, unaltered } from './probes.ts';
import { reportMatches } from './report-matches.ts';
import { framesOfAll, type SearchedSegment } from './searched-segment.ts';
import { UnpackedReferences } from './unpacked-references.ts';
import { viewUpload, votingViews } from './upload-views.ts';
import type { Window } from './verify.ts';
import { rivalOf, type Scan, type Trial, verifyCandidate } from './verify-candidate.ts';
import { type Candidate, vote } from './vote.ts';
import { windowsOf } from './windows.ts';

/** How the tempo itself is looked at and how all others are; candidates that are verified in a window. */
type AlteredLooks = { readonly pitch: Look; readonly tempo: Look; readonly candidates: number };
const quickLooks: AlteredLooks = { pitch: quickPitchLook, tempo: quickLook, candidates: maxQuickCandidates };
const alteredLooks: AlteredLooks = { pitch: pitchLook, tempo: alteredLook, candidates: maxCandidates };
const thoroughLooks: AlteredLooks = {
  pitch: thoroughPitchLook,
  tempo: thoroughLook,
  candidates: maxCandidates,
};

/**
 * Windows (35 s) above which those that others cover whole are looked at less: with the most salient peaks alone, and not at
 * all where what was found spans them.
 */
const manyWindows = 6;
/** Windows (30 min) above which an upload is long. */
const longUploadWindows = 360;

export type MatchOptions = {
  readonly transforms?: TransformSet;
  /** Also what else a span of the upload agrees with in the same recording: the other choruses. */
  readonly alternatives?: boolean;
  /** Matches less certain than this are left out. Opened up only to see how far the model can be believed. */
  readonly maxFalseMatchProbability?: number;
  /** Frames of all references that could have matched, where only some of them are searched. */
  readonly indexFrames?: number;
  /** Where the only reference there is is looked for first: what it covers is not looked at with altered eyes. */
  readonly hint?: Hint | undefined;
  /** Told of every candidate that was looked at closely. */
  readonly onTrial?: (trial: Trial) => void;
};

/** @throws WorkerError FINGERPRINT_* */
export function matchUpload(
  bytes: Uint8Array,
  segments: readonly SearchedSegment[],
  options: MatchOptions = {},
): MatchAnswer {
  const { transforms = 'all', alternatives = false } = options;
  const fingerprint = decodeFingerprint(bytes);
  const { durationMs } = fingerprint;
  const views = viewUpload(fingerprint);
  const windows = windowsOf(views.standard.frameCount);
  const timeline = options.indexFrames ?? framesOfAll(segments);
  const scan: Scan = {
    views,
    alternatives,
    segments,
    transforms,
    alignments: { frames: Math.max(1, timeline), windows: windows.length },
    logThreshold: Math.log10(options.maxFalseMatchProbability ?? maxFalseMatchProbability),
    references: new UnpackedReferences(),
    stretches: [],
    doubtful: [],
    onTrial: options.onTrial,
  };
  if (options.hint !== undefined) searchHinted(scan, windows, options.hint, transforms);
  for (const [i, window] of windows.entries()) {
    const isBetween = windows.length > manyWindows && i % 2 === 1;
    if (!isBetween || !isCovered(scan.stretches, window))
      searchUnaltered(scan, window, isBetween ? [firstLook] : [firstLook, secondLook]);
  }
  // The dear looks. Side by side, not overlapping, in a long upload: four hours of strangers stay within minutes.
  const stride = windows.length > longUploadWindows ? windowFrames / windowHopFrames : 1;
  const looked = windows.filter((_, i) => i % stride === 0);
  const hypotheses = hypothesesOf(transforms);
  const isLarge = postingsOf(scan) >= manyPostings;
  const searchAlteredIn = (looks: AlteredLooks) => {
    if (hypotheses.length === 0) return;
    for (const window of looked)
      if (!isCovered(scan.stretches, window)) searchAltered(scan, window, hypotheses, looks);
  };
  if (isLarge) searchAlteredIn(quickLooks);
  if (transforms === 'all') {
    // Under what a hint was right about lies no other reference.
    const isDone = options.hint === undefined ? isExplained : isCovered;
    for (const window of looked) if (!isDone(scan.stretches, window)) searchBuried(scan, window, buriedLook);
  }
  searchAlteredIn(transforms === 'all' ? thoroughLooks : alteredLooks);
  if (transforms === 'all' && isLarge) {
    // The dearest of all: for what no look before has found anything in.
    const apart = windows.filter((_, i) => i % (windowFrames / windowHopFrames) === 0);
    for (const window of apart) if (!isCovered(scan.stretches, window)) searchBuried(scan, window, deepLook);
  }
  return {
    durationMs,
    matches: reportMatches([...scan.stretches, ...scan.doubtful], durationMs, alternatives),
  };
}

/** In the window that holds most of what the hint says; from there it is followed. */
function searchHinted(scan: Scan, windows: readonly Window[], hint: Hint, transforms: TransformSet): void {
  const [searched] = scan.segments;
  if (searched === undefined) return;
  const shared = ({ begin, end }: Window) => Math.min(end, hint.end) - Math.max(begin, hint.begin);
  const window = windows.reduce((best, one) => (shared(one) > shared(best) ? one : best));
  const candidate = candidateAt(searched.segment, hint);
  const isUnaltered = candidate.hypothesis === unaltered;
  const alterations = isUnaltered ? 1 : countHypotheses(hypothesesOf(transforms), candidate.isOnLine);
  verifyCandidate(scan, candidate, isUnaltered ? firstLook : alteredLook, window, alterations);
}

/** First by the most salient peaks; by more of them where that leaves anything open. */
function searchUnaltered(scan: Scan, window: Window, looks: readonly Look[]): void {
  const tried = new Set<string>();
  for (const look of looks) {
    for (const candidate of voteOn(scan, window, look, unaltered)) {
      const key = `${candidate.segment.highestPosition}/${candidate.referenceIndex}/${candidate.diagonal >> 3}`;
      if (tried.has(key)) continue;
      tried.add(key);
      verifyCandidate(scan, candidate, look, window, 1);
    }
    if (isExplained(scan.stretches, window)) return;
  }
}

/** All peaks, weak ones too: the recording may be there under something louder. */
function searchBuried(scan: Scan, window: Window, wholeLook: Look): void {
  const look = postingsOf(scan) < manyPostings ? wholeLook : { ...wholeLook, strays: 0 };
  for (const candidate of voteOn(scan, window, look, unaltered)) {
    verifyCandidate(scan, candidate, look, window, 1);
  }
}

function postingsOf({ segments }: Scan): number {
  return segments.reduce((sum, { segment }) => sum + segment.postingCount, 0);
}

/**
 * Every hypothesis votes before any candidate is verified: the right tempo's votes stand out among the tempos. Those with so
 * many that they are hardly wrong wait for the tempos beside theirs alone, and where they cover the window no others vote.
 * Then only other places of what covers it are looked at.
 */
function searchAltered(
  scan: Scan,
  window: Window,
  hypotheses: readonly Hypothesis[],
  looks: AlteredLooks,
): void {
  const candidates: Candidate[] = [];
  const tryBest = (count: number) => {
    for (const candidate of candidates.splice(0, count)) {
      if (isCovered(scan.stretches, window) && rivalOf(scan, candidate, window) === undefined) continue;
      const alterations = countHypotheses(hypotheses, candidate.isOnLine);
      verifyCandidate(scan, candidate, lookOf(looks, candidate.hypothesis), window, alterations);
    }
  };
  let isSureAt = Number.POSITIVE_INFINITY;
  for (const [i, hypothesis] of hypotheses.entries()) {
    candidates.push(...voteOn(scan, window, lookOf(looks, hypothesis), hypothesis));
    candidates.sort((a, b) => b.weight - a.weight);
    const sure = candidates.filter(({ weight }) => weight >= sureWeight).length;
    if (sure > 0) isSureAt = Math.min(isSureAt, i);
    // Tempos come in pairs, outwards: the next one on either side is the second from here.
    if (i < isSureAt + 2) continue;
    tryBest(sure);
    if (isCovered(scan.stretches, window)) break;
    isSureAt = Number.POSITIVE_INFINITY;
  }
  tryBest(looks.candidates);
}

function lookOf(looks: AlteredLooks, { tempo }: Hypothesis): Look {
  return tempo === 1 ? looks.pitch : looks.tempo;
}

/** The best voted candidates, best first. */
function voteOn(
  { segments, views }: Scan,
  { begin, end }: Window,
  look: Look,
  hypothesis: Hypothesis,
): Candidate[] {
  return votingViews(views, hypothesis.tempo).flatMap((view) => {
    const [first, last] = [firstPeakFrom(view, begin), firstPeakFrom(view, end)];
    return vote(segments, probeWindow(view.constellation, first, last, look, hypothesis), look);
  });
}
