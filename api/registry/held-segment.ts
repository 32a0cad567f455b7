/** A segment in memory, with what was removed from it since it was built. */
import {
  type SegmentBytes,
  type SegmentViews,
  segmentReference,
  viewSegment,
} from '../../workers/index/segment.ts';
import type { SharedSegment } from '../../workers/protocol.ts';
import { openConstellationFile } from './constellation-file.ts';

export type HeldSegment = {
  /** What crosses to the threads, and no more than that. */
  shared: SharedSegment;
  readonly segment: SegmentViews;
  readonly removed: Uint8Array;
  readonly indexByReference: Map<string, number>;
};

export function holdSegment(name: string, made: SegmentBytes, removed: readonly number[] = []): HeldSegment {
  const segment = viewSegment(made.bytes);
  const tombstones = new SharedArrayBuffer(Math.max(1, segment.referenceCount));
  const flags = new Uint8Array(tombstones);
  for (const index of removed) flags[index] = 1;
  const indexByReference = new Map<string, number>();
  for (let i = 0; i < segment.referenceCount; i++) {
    if (!flags[i]) indexByReference.set(segmentReference(segment, i).referenceId, i);
  }
  return {
    shared: { segmentId: name, bytes: made.bytes, constellations: made.constellations, tombstones },
    segment,
    removed: flags,
    indexByReference,
  };
}

/** Seen by every thread at once. */
export function removeReference({ indexByReference, removed }: HeldSegment, referenceId: string): void {
  const index = indexByReference.get(referenceId);
  if (index === undefined) return;
  removed[index] = 1;
  indexByReference.delete(referenceId);
}

/** Of those that are still in it. */
export function framesOf({ segment, indexByReference }: HeldSegment): number {
  let frames = 0;
  for (const index of indexByReference.values()) frames += segment.frameCounts[index] as number;
  return frames;
}

/** Bytes of the constellations. */
export function constellationBytesOf({ segment }: HeldSegment): number {
  return segment.constellationBegins[segment.referenceCount] as number;
}

/** Lets go of constellations in memory: they are in the segment's file. */
export function leaveToFile(one: HeldSegment, path: string): void {
  const { bytes, constellations } = one.shared;
  if (!(constellations instanceof SharedArrayBuffer)) return;
  one.shared = { ...one.shared, constellations: openConstellationFile(path, bytes.byteLength) };
}
