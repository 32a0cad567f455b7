/** Whether a candidate says what was found already. */
import { segmentReference } from '../index/segment.ts';
import { referenceFrameAt } from './align.ts';
import { isSpannedBy } from './coverage.ts';
import type { FoundStretch } from './report-matches.ts';
import type { Window } from './verify.ts';
import { type Candidate, guessOf } from './vote.ts';

/** Candidates this near to a stretch already found, at both ends of a window, are on it, in frames. */
const sameLineFrames = 20;
/** The same where the stretch spans less than the window: its tempo is known less well, and other tempos lie nearer. */
const sameLineFramesOfScrap = 5;

/** Whether a candidate lies on what was already found, and does not only cross it at another tempo. */
export function isOn(found: FoundStretch, candidate: Candidate, { begin, end }: Window): boolean {
  const { stretch } = found;
  // A stretch was followed until nothing more agreed: a window that it only touches has nothing to add.
  if (stretch.queryBegin > end || stretch.queryEnd < begin) return false;
  if (referenceIdOf(candidate) !== found.referenceId) return false;
  const { diagonal, tempo, pitch, pitchReach } = guessOf(candidate);
  if (Math.abs(stretch.alignment.steps - pitch) > pitchReach) return false;
  const apart = (frame: number) =>
    Math.abs(referenceFrameAt(stretch.alignment, frame) - diagonal - tempo * frame);
  const near = isSpannedBy(stretch, { begin, end }) ? sameLineFrames : sameLineFramesOfScrap;
  return Math.max(apart(begin), apart(end)) < near;
}

export function referenceIdOf(candidate: Candidate): string {
  return segmentReference(candidate.segment, candidate.referenceIndex).referenceId;
}
