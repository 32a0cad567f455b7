/** What is searched: a segment, less what was removed from it. */
import type { Segment } from '../index/segment.ts';

export type SearchedSegment = { readonly segment: Segment; readonly tombstones: Uint8Array };

/** Frames of the references that can match: the same however they are spread over segments. */
export function framesOfAll(segments: readonly SearchedSegment[]): number {
  return segments.reduce((sum, searched) => sum + framesOf(searched), 0);
}

function framesOf({ segment, tombstones }: SearchedSegment): number {
  let sum = 0;
  for (let i = 0; i < segment.referenceCount; i++)
    if (!tombstones[i]) sum += segment.frameCounts[i] as number;
  return sum;
}
