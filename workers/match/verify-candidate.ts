/** From a voted candidate to a stretch of the upload that is a reference's, or to what speaks against it. */
import type { Constellation } from '../fingerprint/constellation.ts';
import type { TransformSet } from '../protocol.ts';
import { referenceFrameAt } from './align.ts';
import { isSpannedBy } from './coverage.ts';
import { type Look, maxFalseMatchProbability } from './parameters.ts';
import type { FoundStretch } from './report-matches.ts';
import { isOn, referenceIdOf } from './same-line.ts';
import type { SearchedSegment } from './searched-segment.ts';
import type { UnpackedReferences } from './unpacked-references.ts';
import type { UploadViews } from './upload-views.ts';
import {
  agreementIn,
  glance,
  glanceReachFrames,
  type Tried,
  type Verdict,
  verify,
  type Window,
} from './verify.ts';
import { type Candidate, guessOf } from './vote.ts';

/** A scan under way: what is asked, what of, and what is found so far. */
export type Scan = {
  readonly views: UploadViews;
  /** Whether other alignments with the same recording are wanted too. */
  readonly alternatives: boolean;
  readonly segments: readonly SearchedSegment[];
  readonly transforms: TransformSet;
  /** What could have matched: what the false-match probability is multiplied by. */
  readonly alignments: Pick<Tried, 'frames' | 'windows'>;
  /** log10 of the highest false-match probability that is reported. */
  readonly logThreshold: number;
  readonly references: UnpackedReferences;
  /** What is found. It steers the rest of the scan: what is explained is not looked at again. */
  readonly stretches: FoundStretch[];
  /** What only an opened threshold lets through. It steers nothing, so that the scan tries what it always tries. */
  readonly doubtful: FoundStretch[];
  readonly onTrial: ((trial: Trial) => void) | undefined;
};

/** A candidate that was laid over the upload, and how far it came. */
export type Trial = {
  readonly candidate: Candidate;
  /** The look that named it. */
  readonly look: Look;
  readonly window: Window;
  readonly tried: Tried;
  readonly verdict: Verdict;
};

const logDefaultThreshold = Math.log10(maxFalseMatchProbability);

/** Adds to the stretches of the scan where the candidate is a match. */
export function verifyCandidate(
  scan: Scan,
  candidate: Candidate,
  look: Look,
  window: Window,
  alterations: number,
): void {
  if (scan.stretches.some((found) => isOn(found, candidate, window))) return;
  const id = referenceIdOf(candidate);
  const tried = { ...scan.alignments, alterations };
  const verdict = glanceAt(scan, candidate, window) ?? verifyWhole(scan, candidate, window, tried);
  scan.onTrial?.({ candidate, look, window, tried, verdict });
  if (verdict.outcome !== 'match') return;
  const kept = verdict.logProbability <= logDefaultThreshold ? scan.stretches : scan.doubtful;
  kept.push({ referenceId: id, stretch: verdict.stretch, logProbability: verdict.logProbability });
}

/** Most candidates are refused by the peaks of the window, so that no more of the reference is unpacked than these. */
function glanceAt(scan: Scan, candidate: Candidate, window: Window): Verdict | undefined {
  if (!scan.alternatives && rivalOf(scan, candidate, window) !== undefined) return undefined;
  const guess = guessOf(candidate);
  const fromFrame = guess.diagonal + guess.tempo * window.begin - glanceReachFrames;
  const untilFrame = guess.diagonal + guess.tempo * window.end + glanceReachFrames;
  const seen = glance(
    getReference(scan, candidate, fromFrame, untilFrame),
    scan.views.standard,
    guess,
    window,
  );
  if (!('outcome' in seen)) return undefined;
  const isWithin =
    seen.outcome === 'unaligned' ||
    (referenceFrameAt(seen.alignment, window.begin) >= fromFrame &&
      referenceFrameAt(seen.alignment, window.end) <= untilFrame);
  return isWithin ? seen : undefined;
}

function verifyWhole(scan: Scan, candidate: Candidate, window: Window, tried: Tried): Verdict {
  const { views, logThreshold } = scan;
  const constellation = getReference(scan, candidate, 0, Number.POSITIVE_INFINITY);
  const rival = scan.alternatives ? undefined : rivalOf(scan, candidate, window)?.stretch.alignment;
  const toBeat = rival === undefined ? 0 : agreementIn(window, constellation, views.standard, rival);
  return verify(constellation, views, guessOf(candidate), window, tried, logThreshold, toBeat);
}

/**
 * What already says that the window is the candidate's own recording, at another place: another chorus, say. Of 928
 * uploads 30 are put at a wrong place where the first to be found stands, 20 where those that agree as well are weighed.
 */
export function rivalOf(scan: Scan, candidate: Candidate, { begin, end }: Window): FoundStretch | undefined {
  const id = referenceIdOf(candidate);
  return scan.stretches.find(
    ({ referenceId, stretch }) => referenceId === id && isSpannedBy(stretch, { begin, end }),
  );
}

/** Its peaks from one frame up to another at least. */
function getReference(
  scan: Scan,
  candidate: Candidate,
  fromFrame: number,
  untilFrame: number,
): Constellation {
  const { segment, referenceIndex } = candidate;
  return scan.references.get(referenceIdOf(candidate), segment, referenceIndex, fromFrame, untilFrame);
}
