/** Makes segments: from constellations, and from other segments. Same input, same bytes. */
import { decodeFingerprint, thinToReference } from '../fingerprint/fingerprint-file.ts';
import { packConstellation } from '../fingerprint/packed-constellation.ts';
import { parameterVersion, referenceRankCount } from '../fingerprint/parameters.ts';
import type { NewReference, SharedSegment } from '../protocol.ts';
import { keyBits, type Landmarks, referenceLandmarks } from './landmark.ts';
import {
  headerBytes,
  layoutSegment,
  maxTimelineFrames,
  openSegment,
  referenceBytes,
  type Segment,
  segmentChecksum,
  segmentFormatVersion,
  segmentMagic,
  segmentReference,
  timelineGapFrames,
  writeUuid,
} from './segment.ts';

type Part = {
  readonly referenceId: string;
  readonly position: number;
  readonly frameCount: number;
  readonly peakCount: number;
  readonly constellation: Uint8Array;
};

export function buildSegment(references: readonly NewReference[]): SharedArrayBuffer {
  const parts: Part[] = [];
  const landmarks: Landmarks[] = [];
  for (const { referenceId, position, fingerprint } of references) {
    const { constellation } = thinToReference(decodeFingerprint(fingerprint));
    const peakCount = constellation.frames.length;
    landmarks.push(referenceLandmarks(constellation));
    parts.push({
      referenceId,
      position,
      frameCount: (constellation.frames[peakCount - 1] ?? 0) + 1,
      peakCount,
      constellation: packConstellation(constellation, referenceRankCount),
    });
  }
  const total = landmarks.reduce((sum, { count }) => sum + count, 0);
  const keys = new Uint32Array(total);
  const positions = new Uint32Array(total);
  let at = 0;
  let first = timelineGapFrames;
  for (const [i, { count, keys: own, frames }] of landmarks.entries()) {
    keys.set(own, at);
    for (let j = 0; j < count; j++) positions[at + j] = first + (frames[j] as number);
    at += count;
    first += (parts[i] as Part).frameCount + timelineGapFrames;
  }
  return writeSegment(parts, keys, positions);
}

/** One segment that holds what these hold, less what is removed. */
export function mergeSegments(
  sources: readonly Pick<SharedSegment, 'bytes' | 'tombstones'>[],
): SharedArrayBuffer {
  const opened = sources.map(({ bytes, tombstones }) => ({
    segment: openSegment(bytes),
    removed: new Uint8Array(tombstones),
  }));
  const parts: Part[] = [];
  const total = opened.reduce((sum, { segment }) => sum + segment.postingCount, 0);
  const keys = new Uint32Array(total);
  const positions = new Uint32Array(total);
  let count = 0;
  let first = timelineGapFrames;
  for (const { segment, removed } of opened) {
    /** What is added to a frame of each reference to move it to its new place; NaN where it is removed. */
    const moves = new Float64Array(segment.referenceCount);
    for (let i = 0; i < segment.referenceCount; i++) {
      const part = segmentReference(segment, i);
      if (removed[i]) {
        moves[i] = Number.NaN;
        continue;
      }
      moves[i] = first - part.firstFrame;
      parts.push(part);
      first += part.frameCount + timelineGapFrames;
    }
    const owner = ownersByFrame(segment);
    for (let slot = 0; slot + 1 < segment.slots.length; slot++) {
      for (let i = segment.slots[slot] as number; i < (segment.slots[slot + 1] as number); i++) {
        const frame = segment.positions[i] as number;
        const move = moves[owner(frame)] as number;
        if (Number.isNaN(move)) continue;
        keys[count] = ((slot << segment.slotShift) | (segment.remainders[i] as number)) >>> 0;
        positions[count++] = frame + move;
      }
    }
  }
  return writeSegment(parts, keys.subarray(0, count), positions.subarray(0, count));
}

/** Finds the reference of a frame through a table of one entry per 2^8 frames. */
function ownersByFrame(segment: Segment): (frame: number) => number {
  const table = new Uint32Array((segment.timelineFrames >>> 8) + 2);
  let reference = 0;
  for (let block = 0; block < table.length; block++) {
    while (
      reference + 1 < segment.referenceCount &&
      (segment.firstFrames[reference + 1] as number) <= block << 8
    ) {
      reference++;
    }
    table[block] = reference;
  }
  return (frame) => {
    let found = table[frame >>> 8] as number;
    while (found + 1 < segment.referenceCount && (segment.firstFrames[found + 1] as number) <= frame) found++;
    return found;
  };
}

function writeSegment(parts: readonly Part[], keys: Uint32Array, positions: Uint32Array): SharedArrayBuffer {
  const constellationBytes = parts.reduce((sum, part) => sum + part.constellation.length, 0);
  const layout = layoutSegment(parts.length, keys.length, constellationBytes);
  const bytes = new SharedArrayBuffer(layout.totalBytes);
  const header = new DataView(bytes, 0, headerBytes);
  const references = new DataView(bytes, headerBytes, parts.length * referenceBytes);
  const constellations = new Uint8Array(bytes, layout.constellationsAt);
  let frame = timelineGapFrames;
  let constellationAt = 0;
  let highest = 0;
  for (const [i, part] of parts.entries()) {
    const at = i * referenceBytes;
    writeUuid(references, at, part.referenceId);
    references.setFloat64(at + 16, part.position, true);
    references.setUint32(at + 24, frame, true);
    references.setUint32(at + 28, part.frameCount, true);
    references.setUint32(at + 32, part.peakCount, true);
    references.setUint32(at + 36, constellationAt, true);
    constellations.set(part.constellation, constellationAt);
    constellationAt += part.constellation.length;
    frame += part.frameCount + timelineGapFrames;
    highest = Math.max(highest, part.position);
  }
  if (frame > maxTimelineFrames)
    throw new Error(`a segment's timeline ends at ${maxTimelineFrames} frames, this one at ${frame}`);
  const order = sortByKey(keys, positions);
  const shift = keyBits - layout.slotBits;
  const slots = new Uint32Array(bytes, layout.slotsAt, 2 ** layout.slotBits + 1);
  const remainders = new Uint16Array(bytes, layout.remaindersAt, keys.length);
  const sorted = new Uint32Array(bytes, layout.positionsAt, keys.length);
  for (const [i, from] of order.entries()) {
    const key = keys[from] as number;
    const slot = (key >>> shift) + 1;
    slots[slot] = (slots[slot] as number) + 1;
    remainders[i] = key & ((1 << shift) - 1);
    sorted[i] = positions[from] as number;
  }
  for (let slot = 1; slot < slots.length; slot++)
    slots[slot] = (slots[slot] as number) + (slots[slot - 1] as number);
  header.setUint32(0, segmentMagic, true);
  header.setUint32(4, segmentFormatVersion, true);
  header.setUint32(8, parameterVersion, true);
  header.setUint32(12, parts.length, true);
  header.setUint32(16, keys.length, true);
  header.setUint32(20, layout.slotBits, true);
  header.setUint32(24, frame, true);
  header.setFloat64(32, layout.totalBytes, true);
  header.setFloat64(40, highest, true);
  header.setFloat64(48, constellationBytes, true);
  header.setUint32(28, segmentChecksum(bytes), true);
  return bytes;
}

/**
 * Radix sort by key, two passes of 14 bits; stable. Postings arrive in the order of position from one source,
 * so within a key they stay in that order; from several, in the order of the sources, which is the timeline's.
 */
function sortByKey(keys: Uint32Array, positions: Uint32Array): Uint32Array {
  const half = keyBits / 2;
  const mask = 2 ** half - 1;
  let order = Uint32Array.from(positions.keys());
  for (const shift of [0, half]) {
    const next = new Uint32Array(keys.length);
    const starts = new Uint32Array(2 ** half + 1);
    for (const key of keys) {
      const digit = ((key >>> shift) & mask) + 1;
      starts[digit] = (starts[digit] as number) + 1;
    }
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
    for (const from of order) {
      const digit = ((keys[from] as number) >>> shift) & mask;
      const to = starts[digit] as number;
      starts[digit] = to + 1;
      next[to] = from;
    }
    order = next;
  }
  return order;
}
