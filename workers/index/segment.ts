/**
 * An index segment: immutable, in two runs of bytes that lie one behind the other in its file. The first is what searches
 * look things up in: it lies in shared memory as it does on disk. The second are the constellations that candidates are
 * verified against, of which a search reads few (`constellation-source.ts`). All integers are little-endian; sections lie one
 * behind the other, each padded to 8 bytes.
 *
 *   header, 64 bytes
 *      0  4  magic "EMIX"
 *      4  4  format version, 5 (1 had wider cells in its keys, 2 its constellations in more bits, 3 postings of 6 bytes,
 *            4 constellations without blocks)
 *      8  4  parameter version of the constellations
 *     12  4  reference count, n
 *     16  4  posting count
 *     20  4  slot bits, s
 *     24  4  frames of the timeline
 *     28  4  CRC-32 of the first run, with 0 in this place
 *     32  8  bytes of the first run (f64)
 *     40  8  highest feed position that went in (f64)
 *     48  8  bytes of the second run (f64)
 *     56  8  zero
 *   references, in the order of the timeline, a section for each of
 *     ids              16 bytes × n
 *     feed positions   f64 × n
 *     first frames     u32 × n: on the timeline
 *     frame counts     u32 × n
 *     peak counts      u32 × n
 *     begins           u32 × (n + 1): where each constellation begins in the second run, and where the last ends
 *     checksums        u32 × n: CRC-32 of the directory of each constellation (`constellation-blocks.ts`)
 *   groups       u32 × (2^(s − 3) + 1): the first posting of every 8th slot, and the posting count
 *   slots        bits, from the lowest of each u32 up: for each slot as many 1s as it has postings, then a 0. Zeros
 *                fill the last u32, and one more u32.
 *   postings     u32 each: above, 28 − s low bits of the key; below, in 4 + s bits, the anchor's frame on the timeline
 *
 * A key's slot is its s high bits. Postings are in the order of key, then frame. There is no pointer into the slots:
 * before the first bit of a slot lie as many 1s as postings before it and as many 0s as slots before it, so that group
 * g begins at bit groups[g] + 8 g, and the bit of posting p of slot i is bit p + i. There are one to two postings a
 * slot, so that a posting takes 35.5 to 38 bits: 32 of its own, 1 in the slots and what empty slots and groups take.
 * No block need be decoded to read one of them, and the number of those of a key is known without reading any.
 *
 * The timeline lays all references one behind the other, so a frame on it says reference and time at once, and that
 * frame minus query time is one number to vote on.
 */
import { crc32 } from 'node:zlib';
import { type BucketDirectory, listBuckets, maxPostingsMarked } from './bucket-directory.ts';
import type { ConstellationSource } from './constellation-source.ts';
import { anchorBits, keyBits } from './landmark.ts';
import { groupBits, type SlotDirectory } from './slot-directory.ts';

export const segmentMagic = 0x58494d45;
export const segmentFormatVersion = 5;
export const headerBytes = 64;
/** Frames no reference uses, between two: an upload may begin up to this long before a reference does. */
export const timelineGapFrames = 64;

/** A segment's two runs of bytes. */
export type SegmentBytes = {
  readonly bytes: SharedArrayBuffer;
  readonly constellations: ConstellationSource;
};

export type SegmentViews = SlotDirectory & {
  readonly bytes: SharedArrayBuffer;
  readonly parameterVersion: number;
  readonly referenceCount: number;
  readonly postingCount: number;
  readonly timelineFrames: number;
  readonly highestPosition: number;
  readonly ids: Uint8Array;
  readonly feedPositions: Float64Array;
  readonly firstFrames: Uint32Array;
  readonly frameCounts: Uint32Array;
  readonly peakCounts: Uint32Array;
  readonly constellationBegins: Uint32Array;
  readonly constellationChecksums: Uint32Array;
};

export type OpenedPostings = SegmentViews & {
  /** Of a small segment. Not stored: made when it is opened. */
  readonly buckets: BucketDirectory | undefined;
};

export type Segment = OpenedPostings & { readonly constellations: ConstellationSource };

/** Where sections begin, in bytes. */
export type SegmentLayout = {
  readonly slotBits: number;
  readonly idsAt: number;
  readonly feedPositionsAt: number;
  readonly firstFramesAt: number;
  readonly frameCountsAt: number;
  readonly peakCountsAt: number;
  readonly beginsAt: number;
  readonly checksumsAt: number;
  readonly groupsAt: number;
  readonly slotsAt: number;
  readonly slotWords: number;
  readonly postingsAt: number;
  readonly bytes: number;
};

/** One to two postings a slot; more slots where frames need more bits than that leaves them. */
export function slotBitsOf(postingCount: number, timelineFrames: number): number {
  const byPostings = Math.floor(Math.log2(Math.max(1, postingCount)));
  const byFrames = Math.ceil(Math.log2(Math.max(1, timelineFrames))) - (32 - keyBits);
  return Math.min(keyBits, Math.max(groupBits, byPostings, byFrames));
}

export function layoutSegment(referenceCount: number, postingCount: number, slotBits: number): SegmentLayout {
  let at = headerBytes;
  const section = (bytes: number) => {
    const begin = at;
    at += Math.ceil(bytes / 8) * 8;
    return begin;
  };
  const slotWords = Math.ceil((postingCount + 2 ** slotBits) / 32) + 1;
  return {
    slotBits,
    idsAt: section(referenceCount * 16),
    feedPositionsAt: section(referenceCount * 8),
    firstFramesAt: section(referenceCount * 4),
    frameCountsAt: section(referenceCount * 4),
    peakCountsAt: section(referenceCount * 4),
    beginsAt: section((referenceCount + 1) * 4),
    checksumsAt: section(referenceCount * 4),
    groupsAt: section((2 ** (slotBits - groupBits) + 1) * 4),
    slotsAt: section(slotWords * 4),
    slotWords,
    postingsAt: section(postingCount * 4),
    bytes: at,
  };
}

/**
 * Views of a segment's bytes. The header is believed: whoever took the bytes from a disk has compared their
 * checksum (`checkSegment`).
 */
export function openSegment({ bytes, constellations }: SegmentBytes): Segment {
  return { ...openPostings(bytes), constellations };
}

export function openPostings(bytes: SharedArrayBuffer): OpenedPostings {
  const views = viewSegment(bytes);
  const isMarked = views.postingCount <= maxPostingsMarked && views.remainderBits >= anchorBits;
  return { ...views, buckets: isMarked ? listBuckets(views) : undefined };
}

/** The same of the first run alone, and without what is made of it; also for who fills it in. */
export function viewSegment(bytes: SharedArrayBuffer): SegmentViews {
  const header = new DataView(bytes, 0, headerBytes);
  const referenceCount = header.getUint32(12, true);
  const postingCount = header.getUint32(16, true);
  const layout = layoutSegment(referenceCount, postingCount, header.getUint32(20, true));
  return {
    bytes,
    parameterVersion: header.getUint32(8, true),
    referenceCount,
    postingCount,
    timelineFrames: header.getUint32(24, true),
    highestPosition: header.getFloat64(40, true),
    ids: new Uint8Array(bytes, layout.idsAt, referenceCount * 16),
    feedPositions: new Float64Array(bytes, layout.feedPositionsAt, referenceCount),
    firstFrames: new Uint32Array(bytes, layout.firstFramesAt, referenceCount),
    frameCounts: new Uint32Array(bytes, layout.frameCountsAt, referenceCount),
    peakCounts: new Uint32Array(bytes, layout.peakCountsAt, referenceCount),
    constellationBegins: new Uint32Array(bytes, layout.beginsAt, referenceCount + 1),
    constellationChecksums: new Uint32Array(bytes, layout.checksumsAt, referenceCount),
    remainderBits: keyBits - layout.slotBits,
    frameBits: 32 - keyBits + layout.slotBits,
    groups: new Uint32Array(bytes, layout.groupsAt, 2 ** (layout.slotBits - groupBits) + 1),
    slots: new Uint32Array(bytes, layout.slotsAt, layout.slotWords),
    postings: new Uint32Array(bytes, layout.postingsAt, postingCount),
  };
}

/** How large a segment is and how far it goes, without opening it. */
export function readSegmentHeader(
  bytes: SharedArrayBuffer,
): Pick<SegmentViews, 'postingCount' | 'highestPosition'> {
  const header = new DataView(bytes, 0, headerBytes);
  return { postingCount: header.getUint32(16, true), highestPosition: header.getFloat64(40, true) };
}

export type SegmentReference = {
  readonly referenceId: string;
  readonly position: number;
  readonly firstFrame: number;
  readonly frameCount: number;
  readonly peakCount: number;
};

export function segmentReference(segment: SegmentViews, index: number): SegmentReference {
  return {
    referenceId: readUuid(segment.ids, index * 16),
    position: segment.feedPositions[index] as number,
    firstFrame: segment.firstFrames[index] as number,
    frameCount: segment.frameCounts[index] as number,
    peakCount: segment.peakCounts[index] as number,
  };
}

/** The reference whose span of the timeline holds this frame, or the one before it where none does. */
export function referenceAt(segment: Segment, frame: number): number {
  let low = 0;
  let high = segment.referenceCount - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segment.firstFrames[middle] as number) <= frame) low = middle;
    else high = middle - 1;
  }
  return low;
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function readUuid(ids: Uint8Array, at: number): string {
  let hex = '';
  for (let i = at; i < at + 16; i++) hex += hexOfByte[ids[i] as number];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Of the first run. */
export function segmentChecksum(bytes: SharedArrayBuffer): number {
  const header = new Uint8Array(bytes, 0, headerBytes).slice();
  header.fill(0, 28, 32);
  return crc32(new Uint8Array(bytes, headerBytes), crc32(header));
}
