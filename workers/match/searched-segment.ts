/** What is searched: a segment, less what was removed from it. */
import { type Segment, timelineGapFrames } from '../index/segment.ts';

export type SearchedSegment = { readonly segment: Segment; readonly tombstones: Uint8Array };

/** Frames of the references that can match: the same however they are spread over segments. */
export function framesOfAll(segments: readonly SearchedSegment[]): number {
  return segments.reduce((sum, searched) => sum + framesOf(searched), 0);
}

/** Every search asks, and few references are removed: four tombstones are looked at in one. */
function framesOf({ segment, tombstones }: SearchedSegment): number {
  const { timelineFrames, referenceCount, frameCounts } = segment;
  let sum = timelineFrames - (referenceCount + 1) * timelineGapFrames;
  const { buffer, byteOffset, length } = tombstones;
  const fours = new Int32Array(buffer, byteOffset, length >>> 2);
  const takeOff = (from: number, until: number) => {
    for (let i = from; i < until; i++) if (tombstones[i]) sum -= frameCounts[i] as number;
  };
  for (let i = 0; i < fours.length; i++) if (fours[i] !== 0) takeOff(4 * i, 4 * i + 4);
  takeOff(4 * fours.length, Math.min(length, referenceCount));
  return sum;
}
