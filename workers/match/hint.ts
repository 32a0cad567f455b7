/** A hint, from a look that was turned round (`find-past-uploads.ts`), as a search would have named it. */
import { stepsPerOctave } from '../fingerprint/parameters.ts';
import type { Segment } from '../index/segment.ts';
import type { Hint } from '../protocol.ts';
import type { Alignment } from './align.ts';
import type { Stretch } from './follow.ts';
import { fitSteps, maxTempoDeviation } from './parameters.ts';
import { unaltered } from './probes.ts';
import type { Candidate } from './vote.ts';

/** The first reference of a segment, at the hint's place. */
export function candidateAt(segment: Segment, { begin, end, diagonal, tempo, pitch }: Hint): Candidate {
  const isUnaltered = Math.abs(tempo - 1) < maxTempoDeviation && Math.abs(pitch) <= fitSteps;
  const middle = (begin + end) / 2;
  const onLine = [0, Math.log2(tempo) * stepsPerOctave].some((line) => Math.abs(pitch - line) <= fitSteps);
  return {
    segment,
    referenceIndex: 0,
    hypothesis: isUnaltered
      ? unaltered
      : { tempo, lowestPitch: pitch - fitSteps, highestPitch: pitch + fitSteps },
    diagonal: isUnaltered ? diagonal + (tempo - 1) * middle : diagonal,
    pitch: isUnaltered ? 0 : pitch,
    votes: 0,
    weight: 0,
    isOnLine: isUnaltered || onLine || Math.abs(tempo - 1) < maxTempoDeviation,
  };
}

/** Where the recording lies in the upload, of a stretch that has the upload as its reference. */
export function hintOf({ alignment, referenceBegin, referenceEnd }: Stretch): Hint {
  return { begin: referenceBegin, end: referenceEnd, ...turnedRound(alignment) };
}

function turnedRound({ referenceFrame, queryFrame, tempo, steps }: Alignment) {
  return { diagonal: queryFrame - referenceFrame / tempo, tempo: 1 / tempo, pitch: -steps };
}
