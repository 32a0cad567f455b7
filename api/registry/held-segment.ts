/** A segment in memory, with what was removed from it since it was built. */
import { setImmediate } from 'node:timers/promises';
import {
  type SegmentBytes,
  type SegmentViews,
  segmentReference,
  timelineGapFrames,
  viewSegment,
} from '../../workers/index/segment.ts';
import type { SegmentContents } from '../../workers/index/segment-limits.ts';
import type { SharedSegment } from '../../workers/protocol.ts';
import { openConstellationFile } from './constellation-file.ts';
import { segmentPath } from './index-files.ts';

export type HeldSegment = {
  /** What crosses to the threads, and no more than that. */
  shared: SharedSegment;
  readonly segment: SegmentViews;
  /** One byte a reference, seen by every thread at once. */
  readonly tombstones: Uint8Array;
  /** References with a tombstone, by index, in the order of their removal. */
  readonly removed: number[];
  readonly indexByReference: Map<string, number>;
  /** Of references that are still in it. */
  readonly live: { references: number; frames: number; constellationBytes: number };
};

/** References looked at in one turn of the event loop: some milliseconds. */
const referencesATurn = 2000;

/** In pieces, because a merged segment has hundreds of thousands of references and requests are answered meanwhile. */
export async function holdSegment(
  name: string,
  made: SegmentBytes,
  removed: readonly number[] = [],
): Promise<HeldSegment> {
  const segment = viewSegment(made.bytes);
  const tombstones = new SharedArrayBuffer(Math.max(1, segment.referenceCount));
  const flags = new Uint8Array(tombstones);
  for (const index of removed) flags[index] = 1;
  const indexByReference = new Map<string, number>();
  const live = { references: 0, frames: 0, constellationBytes: 0 };
  for (let i = 0; i < segment.referenceCount; i++) {
    if (i % referencesATurn === referencesATurn - 1) await setImmediate();
    if (flags[i]) continue;
    const { referenceId, frameCount } = segmentReference(segment, i);
    live.references++;
    live.frames += frameCount;
    live.constellationBytes += bytesOfConstellation(segment, i);
    indexByReference.set(referenceId, i);
  }
  return {
    shared: { segmentId: name, bytes: made.bytes, constellations: made.constellations, tombstones },
    segment,
    tombstones: flags,
    removed: [...removed],
    indexByReference,
    live,
  };
}

/** Seen by every thread at once. */
export function removeReference(held: HeldSegment, referenceId: string): void {
  const index = held.indexByReference.get(referenceId);
  if (index === undefined) return;
  held.tombstones[index] = 1;
  held.removed.push(index);
  held.indexByReference.delete(referenceId);
  held.live.references--;
  held.live.frames -= segmentReference(held.segment, index).frameCount;
  held.live.constellationBytes -= bytesOfConstellation(held.segment, index);
}

/** What is in it when it is written again. */
export function liveContentsOf({ live }: HeldSegment): SegmentContents {
  const { references, frames, constellationBytes } = live;
  return {
    timelineFrames: frames + (references + 1) * timelineGapFrames,
    references,
    constellationBytes,
  };
}

function bytesOfConstellation({ constellationBegins }: SegmentViews, index: number): number {
  return (constellationBegins[index + 1] as number) - (constellationBegins[index] as number);
}

/** Bytes of the constellations. */
export function constellationBytesOf({ segment }: HeldSegment): number {
  return segment.constellationBegins[segment.referenceCount] as number;
}

/** Lets go of constellations in memory: they are in the segment's file. */
export function leaveToFile(one: HeldSegment, folder: string): void {
  const { segmentId, bytes, constellations } = one.shared;
  if (!(constellations instanceof SharedArrayBuffer)) return;
  const file = openConstellationFile(segmentPath(folder, segmentId), bytes.byteLength);
  one.shared = { ...one.shared, constellations: file };
}
