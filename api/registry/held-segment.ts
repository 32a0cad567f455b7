/** A segment in memory, with what was removed from it since it was built. */
import { setImmediate } from 'node:timers/promises';
import {
  type SegmentBytes,
  type SegmentViews,
  segmentReference,
  viewSegment,
} from '../../workers/index/segment.ts';
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
  /** Of those that are still in it. */
  liveFrames: number;
  /** Of all that it was built of. */
  readonly frames: number;
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
  let [frames, liveFrames] = [0, 0];
  for (let i = 0; i < segment.referenceCount; i++) {
    if (i % referencesATurn === referencesATurn - 1) await setImmediate();
    const { referenceId, frameCount } = segmentReference(segment, i);
    frames += frameCount;
    if (flags[i]) continue;
    liveFrames += frameCount;
    indexByReference.set(referenceId, i);
  }
  return {
    shared: { segmentId: name, bytes: made.bytes, constellations: made.constellations, tombstones },
    segment,
    tombstones: flags,
    removed: [...removed],
    indexByReference,
    frames,
    liveFrames,
  };
}

/** Seen by every thread at once. */
export function removeReference(held: HeldSegment, referenceId: string): void {
  const index = held.indexByReference.get(referenceId);
  if (index === undefined) return;
  held.tombstones[index] = 1;
  held.removed.push(index);
  held.indexByReference.delete(referenceId);
  held.liveFrames -= segmentReference(held.segment, index).frameCount;
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
