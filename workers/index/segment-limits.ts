/**
 * How much one segment may hold. Its bytes would hold more of most things; what holds less is named with each limit. A
 * recording of 205 s takes 10,265 frames and 8.2 KB of constellation, so that of music the timeline is full first, with
 * 209,000 recordings and 311 million postings in 1.5 GB.
 */
import type { SegmentViews } from './segment.ts';

export type SegmentContents = {
  readonly timelineFrames: number;
  readonly references: number;
  readonly constellationBytes: number;
};

export const segmentLimits: SegmentContents = {
  /** 11,900 hours. A vote is a frame of the timeline + 2^20 − tempo × upload frame, in a u32 (`match/hits.ts`). */
  timelineFrames: 2 ** 31,
  /** Who merges has 250 bytes of heap for each of them, and a thread's heap has 1 GB. */
  references: 2 ** 21,
  /** Where each constellation begins is a u32. */
  constellationBytes: 2 ** 32 - 1,
};

/**
 * Of the first run: `crc32` of zlib leaves out what is above. No full timeline comes to as much, because no 28 frames
 * have more than 8 landmarks.
 */
export const maxFirstRunBytes = 2 ** 32 - 1;

const limited = Object.keys(segmentLimits) as readonly (keyof SegmentContents)[];

/** Share of a full segment, by whichever limit is nearest. What comes to 1 or less together fits into one segment. */
export function shareOfFull(contents: SegmentContents): number {
  return Math.max(...limited.map((name) => contents[name] / segmentLimits[name]));
}

/** What is too much for one segment; undefined where it fits. */
export function findExcess(contents: SegmentContents): string | undefined {
  const name = limited.find((one) => contents[one] > segmentLimits[one]);
  return name && `a segment has at most ${segmentLimits[name]} ${name}, this one ${contents[name]}`;
}

export function contentsOfSegment(segment: SegmentViews): SegmentContents {
  const { timelineFrames, referenceCount: references, constellationBegins } = segment;
  return { timelineFrames, references, constellationBytes: constellationBegins[references] as number };
}
