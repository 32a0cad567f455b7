/**
 * Which past uploads may hold a new reference: a search turned round. The uploads are indexed as references are, and the
 * reference is what asks, so that one look at an index takes the place of a scan of every upload. It only names them:
 * both sides have but their most salient peaks here, and what is in an upload is for a scan of it to say.
 *
 * Unlike a scan it stops nowhere early: that a second of the reference lies in one upload says nothing of the others.
 */
import type { Constellation } from '../fingerprint/constellation.ts';
import { decodeFingerprint } from '../fingerprint/fingerprint-file.ts';
import { getConstellation } from '../index/reference-constellation.ts';
import { segmentReference } from '../index/segment.ts';
import type { PastUpload } from '../protocol.ts';
import { hintOf } from './hint.ts';
import { reversedHypotheses } from './hypotheses.ts';
import {
  type Look,
  logReplayThreshold,
  maxPastUploads,
  maxReplayCandidates,
  referenceRankScale,
  replayAlteredLook,
  replayLook,
  replayPitchLook,
  windowFrames,
  windowHopFrames,
} from './parameters.ts';
import { firstPeakFrom, indexPeaks, type PeakLookup } from './peak-lookup.ts';
import { type Hypothesis, probeWindow, unaltered } from './probes.ts';
import type { SearchedSegment } from './searched-segment.ts';
import { verify, type Window } from './verify.ts';
import { type Candidate, guessOf, vote } from './vote.ts';
import { windowsOf } from './windows.ts';

type Named = { readonly candidate: Candidate; readonly window: Window };

/** One alignment and no other: how many there are is the same for all, and they are only compared. */
const one = { frames: 1, windows: 1, alterations: 1 };

/** In the order of their positions. @throws WorkerError FINGERPRINT_* */
export function findPastUploads(bytes: Uint8Array, segments: readonly SearchedSegment[]): PastUpload[] {
  const reference = indexPeaks(withRanksOfUpload(decodeFingerprint(bytes).constellation));
  const asker = { standard: reference };
  const likelihoods = new Map<
    string,
    Omit<PastUpload, 'submissionId'> & { readonly logProbability: number }
  >();
  for (const { candidate, window } of nameCandidates(reference, segments)) {
    const { segment, referenceIndex } = candidate;
    const upload = segmentReference(segment, referenceIndex);
    const known = likelihoods.get(upload.referenceId);
    if (known !== undefined && known.logProbability <= logReplayThreshold) continue;
    const constellation = getConstellation(segment, referenceIndex);
    const verdict = verify(constellation, asker, guessOf(candidate), window, one, logReplayThreshold);
    if (verdict.outcome !== 'match') continue;
    const { logProbability, stretch } = verdict;
    likelihoods.set(upload.referenceId, {
      position: upload.position,
      hint: hintOf(stretch),
      logProbability,
    });
  }
  return [...likelihoods]
    .sort(([, a], [, b]) => a.logProbability - b.logProbability)
    .slice(0, maxPastUploads)
    .map(([submissionId, { position, hint }]) => ({ submissionId, position, hint }))
    .sort((a, b) => a.position - b.position);
}

/** The best of all windows at all tempos, best first. */
function nameCandidates(reference: PeakLookup, segments: readonly SearchedSegment[]): Named[] {
  const named: Named[] = [];
  const look = (window: Window, by: Look, hypothesis: Hypothesis) => {
    const [first, last] = [firstPeakFrom(reference, window.begin), firstPeakFrom(reference, window.end)];
    const probes = probeWindow(reference.constellation, first, last, by, hypothesis);
    for (const candidate of vote(segments, probes, by)) named.push({ candidate, window });
  };
  const altered = reversedHypotheses('common');
  for (const [i, window] of windowsOf(reference.frameCount).entries()) {
    look(window, replayLook, unaltered);
    // Side by side, not overlapping.
    if (i % (windowFrames / windowHopFrames) !== 0) continue;
    for (const hypothesis of altered)
      look(window, hypothesis.tempo === 1 ? replayPitchLook : replayAlteredLook, hypothesis);
  }
  return named.sort((a, b) => b.candidate.weight - a.candidate.weight).slice(0, maxReplayCandidates);
}

function withRanksOfUpload(constellation: Constellation): Constellation {
  return { ...constellation, ranks: constellation.ranks.map((rank) => rank * referenceRankScale) };
}
