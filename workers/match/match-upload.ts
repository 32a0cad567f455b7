/**
 * The life of a scan, in one file: windows → landmarks → votes → candidates → alignment → stretch →
 * significance → segments. Pure: the same segments and the same fingerprint give the same answer.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import { decodeFingerprint } from '../fingerprint/fingerprint-file.ts';
import { unpackConstellation } from '../fingerprint/packed-constellation.ts';
import { queryRanks, referenceRanks } from '../fingerprint/parameters.ts';
import { type Segment, segmentReference } from '../index/segment.ts';
import type { MatchAnswer } from '../protocol.ts';
import { type Alignment, alignWindow, lowerBound } from './align.ts';
import { evidence, followAlignment } from './follow.ts';
import { type FoundStretch, reportMatches } from './report-matches.ts';
import { maxCandidates, maxFalseMatchProbability, windowFrames, windowHopFrames } from './parameters.ts';
import { firstPeakFrom, indexPeaks, type PeakLookup } from './peak-lookup.ts';
import { agreementOver, chanceOfAgreement, logFalseMatchProbability } from './significance.ts';
import { type Candidate, voteSegment, windowKeys } from './vote.ts';

export type SearchedSegment = { readonly segment: Segment; readonly tombstones: Uint8Array };

type Scan = {
  readonly upload: PeakLookup;
  readonly segments: readonly SearchedSegment[];
  /** Offsets that could have matched: what the false-match probability is multiplied by. */
  readonly hypotheses: number;
  readonly references: Map<string, Constellation>;
  readonly stretches: FoundStretch[];
};

/** A window whose peaks agree this well with one recording, from end to end, is explained: no need to look harder. */
const explainedShare = 0.5;
/** A window in which no more than this share of the peaks agrees beyond chance is not followed. */
const leastExcess = 0.08;
/** Candidates this near to a stretch already found are on it. */
const sameDiagonalFrames = 20;
const logThreshold = Math.log10(maxFalseMatchProbability);

/** @throws WorkerError FINGERPRINT_* */
export function matchUpload(bytes: Uint8Array, segments: readonly SearchedSegment[]): MatchAnswer {
  const { constellation, durationMs } = decodeFingerprint(bytes);
  const upload = indexPeaks(constellation);
  const timeline = segments.reduce((sum, { segment }) => sum + segment.timelineFrames, 0);
  const windows = Math.max(1, Math.ceil(upload.frameCount / windowHopFrames) - 1);
  const scan: Scan = {
    upload,
    segments,
    hypotheses: Math.max(1, timeline) * windows,
    references: new Map(),
    stretches: [],
  };
  for (let window = 0; window < windows; window++) {
    const begin = window * windowHopFrames;
    searchWindow(scan, begin, Math.min(begin + windowFrames, upload.frameCount));
  }
  return { durationMs, matches: reportMatches(scan.stretches) };
}

/** First by the more salient half of the peaks, an eighth of the landmarks; by all where that leaves anything open. */
function searchWindow(scan: Scan, begin: number, end: number): void {
  const first = firstPeakFrom(scan.upload, begin);
  const last = firstPeakFrom(scan.upload, end);
  const tried = new Set<string>();
  for (const ranks of [referenceRanks, queryRanks]) {
    const keys = windowKeys(scan.upload.constellation, first, last, ranks);
    const candidates = scan.segments
      .flatMap(({ segment, tombstones }) => voteSegment(segment, tombstones, keys))
      .sort((a, b) => b.votes - a.votes)
      .slice(0, maxCandidates);
    for (const candidate of candidates) {
      const key = `${candidate.segment.highestPosition}/${candidate.referenceIndex}/${candidate.diagonal >> 3}`;
      if (tried.has(key)) continue;
      tried.add(key);
      verify(scan, candidate, begin, end);
    }
    if (isExplained(scan, begin, end)) return;
  }
}

function isExplained(scan: Scan, begin: number, end: number): boolean {
  const slack = (end - begin) / 10;
  return scan.stretches.some(
    ({ stretch }) =>
      stretch.queryBegin <= begin + slack &&
      stretch.queryEnd >= end - slack &&
      stretch.alignedPeaks >= explainedShare * stretch.expectedPeaks,
  );
}

function verify(scan: Scan, candidate: Candidate, begin: number, end: number): void {
  if (scan.stretches.some((found) => isOn(found, candidate, begin, end))) return;
  const { upload } = scan;
  const { id, constellation } = getReference(scan, candidate);
  const alignment = alignWindow(constellation, upload, begin, end, candidate.diagonal);
  if (alignment === undefined) return;
  const span = {
    firstPeak: lowerBound(constellation.frames, referenceFrameAt(alignment, begin)),
    lastPeak: lowerBound(constellation.frames, referenceFrameAt(alignment, end)) - 1,
    queryBegin: begin,
    queryEnd: end,
  };
  const chance = chanceOfAgreement(constellation, upload, alignment, span, 'first');
  if (agreementOver(constellation, upload, alignment, span) < chance + leastExcess) return;
  const rough = followAlignment(constellation, upload, alignment, evidence(Math.max(0.35, chance + 0.2), chance));
  if (rough === undefined) return;
  // Once it is known how well the two agree, the ends can be told from chance more sharply.
  const agreement = Math.min(0.9, Math.max(chance + 0.1, rough.alignedPeaks / rough.expectedPeaks));
  const stretch = followAlignment(constellation, upload, rough.alignment, evidence(agreement, chance)) ?? rough;
  const probability = (chanceHere: number) =>
    logFalseMatchProbability(stretch.expectedPeaks, stretch.alignedPeaks, chanceHere, scan.hypotheses);
  if (probability(chance) > logThreshold) return;
  const logProbability = probability(
    Math.max(chance, chanceOfAgreement(constellation, upload, stretch.alignment, stretch, 'close')),
  );
  if (logProbability > logThreshold) return;
  scan.stretches.push({ referenceId: id, stretch, logProbability });
}

/** Whether a candidate lies on what was already found. */
function isOn(found: FoundStretch, candidate: Candidate, begin: number, end: number): boolean {
  const { stretch } = found;
  // A stretch was followed until nothing more agreed: a window that it only touches has nothing to add.
  if (stretch.queryBegin > end || stretch.queryEnd < begin) return false;
  const { id } = candidateReference(candidate);
  if (id !== found.referenceId) return false;
  const middle = (begin + end) / 2;
  return Math.abs(referenceFrameAt(stretch.alignment, middle) - middle - candidate.diagonal) < sameDiagonalFrames;
}

function candidateReference(candidate: Candidate): { id: string } {
  return { id: segmentReference(candidate.segment, candidate.referenceIndex).referenceId };
}

function getReference(scan: Scan, candidate: Candidate): { id: string; constellation: Constellation } {
  const reference = segmentReference(candidate.segment, candidate.referenceIndex);
  const id = reference.referenceId;
  const cached = scan.references.get(id);
  if (cached !== undefined) return { id, constellation: cached };
  const unpacked = unpackConstellation(reference.constellation, reference.peakCount, reference.frameCount);
  if (unpacked === undefined) throw new Error(`the index holds a broken constellation for reference ${id}`);
  scan.references.set(id, unpacked.constellation);
  return { id, constellation: unpacked.constellation };
}

function referenceFrameAt(alignment: Alignment, queryFrame: number): number {
  return alignment.referenceFrame + (queryFrame - alignment.queryFrame) * alignment.tempo;
}
