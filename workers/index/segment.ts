/**
 * An index segment: immutable, in one run of bytes that is the same in shared memory and on disk. All integers
 * are little-endian; sections lie one behind the other, each padded to 8 bytes.
 *
 *   header, 64 bytes
 *      0  4  magic "EMIX"
 *      4  4  format version, 3 (1 had wider cells in its keys, 2 its constellations in more bits)
 *      8  4  parameter version of the constellations
 *     12  4  reference count
 *     16  4  posting count
 *     20  4  slot bits
 *     24  4  frames of the timeline
 *     28  4  CRC-32 of everything, with 0 in this place
 *     32  8  bytes in all (f64)
 *     40  8  highest feed position that went in (f64)
 *     48  8  bytes of the constellations, without padding (f64)
 *     56  8  zero
 *   references, 40 bytes each, in the order of the timeline
 *      0 16  reference id
 *     16  8  feed position (f64)
 *     24  4  first frame on the timeline
 *     28  4  frames
 *     32  4  peak count
 *     36  4  where its packed constellation begins in the last section; it ends where the next begins
 *   slots        u32 × (2^slot bits + 1): where the postings begin whose key has these high bits
 *   remainders   u16 × postings: the low bits of the key
 *   positions    u32 × postings: the anchor's frame on the timeline
 *   constellations: packed, one behind the other (`fingerprint/packed-constellation.ts`)
 *
 * Postings are in the order of key, then position. The timeline lays all references one behind the other, so a
 * position says reference and time at once, and position minus query time is one number to vote on.
 */
import { crc32 } from 'node:zlib';
import { anchorBits, bucketBits, keyBits } from './landmark.ts';

export const segmentMagic = 0x58494d45;
export const segmentFormatVersion = 3;
export const headerBytes = 64;
export const referenceBytes = 40;
/** Frames no reference uses, between two: an upload may begin up to this long before a reference does. */
export const timelineGapFrames = 64;
/** A segment's timeline ends here: 2^31 frames are 11,900 hours. */
export const maxTimelineFrames = 2 ** 31;

export type Segment = {
  readonly bytes: SharedArrayBuffer;
  readonly parameterVersion: number;
  readonly referenceCount: number;
  readonly postingCount: number;
  /** A key's slot is `key >>> slotShift`; its remainder the bits below. */
  readonly slotShift: number;
  readonly timelineFrames: number;
  readonly highestPosition: number;
  readonly references: DataView<SharedArrayBuffer>;
  readonly firstFrames: Uint32Array;
  readonly frameCounts: Uint32Array;
  /** Of a small segment. Not stored: made when it is opened. */
  readonly buckets: BucketDirectory | undefined;
  readonly slots: Uint32Array;
  readonly remainders: Uint16Array;
  readonly positions: Uint32Array;
  readonly constellations: Uint8Array;
};

export type SegmentLayout = {
  readonly slotBits: number;
  readonly slotsAt: number;
  readonly remaindersAt: number;
  readonly positionsAt: number;
  readonly constellationsAt: number;
  readonly totalBytes: number;
};

/** Six to twelve postings a slot on average; never more bits left over than a remainder holds, never a bucket cut in two. */
export function layoutSegment(
  referenceCount: number,
  postingCount: number,
  constellationBytes: number,
): SegmentLayout {
  const wanted = Math.ceil(Math.log2(Math.max(1, postingCount / 12)));
  const slotBits = Math.min(bucketBits, Math.max(keyBits - 16, wanted));
  const slotsAt = headerBytes + pad(referenceCount * referenceBytes);
  const remaindersAt = slotsAt + pad((2 ** slotBits + 1) * 4);
  const positionsAt = remaindersAt + pad(postingCount * 2);
  const constellationsAt = positionsAt + pad(postingCount * 4);
  return {
    slotBits,
    slotsAt,
    remaindersAt,
    positionsAt,
    constellationsAt,
    totalBytes: constellationsAt + pad(constellationBytes),
  };
}

function pad(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/**
 * Views of a segment's bytes. The header is believed: whoever took the bytes from a disk has compared their
 * checksum (`checkSegment`).
 */
export function openSegment(bytes: SharedArrayBuffer): Segment {
  const header = new DataView(bytes, 0, headerBytes);
  const referenceCount = header.getUint32(12, true);
  const postingCount = header.getUint32(16, true);
  const slotBits = header.getUint32(20, true);
  const { slotsAt, remaindersAt, positionsAt, constellationsAt } = layoutSegment(
    referenceCount,
    postingCount,
    0,
  );
  const references = new DataView(bytes, headerBytes, referenceCount * referenceBytes);
  const firstFrames = new Uint32Array(referenceCount);
  const frameCounts = new Uint32Array(referenceCount);
  for (let i = 0; i < referenceCount; i++) {
    firstFrames[i] = references.getUint32(i * referenceBytes + 24, true);
    frameCounts[i] = references.getUint32(i * referenceBytes + 28, true);
  }
  const slotShift = keyBits - slotBits;
  const slots = new Uint32Array(bytes, slotsAt, 2 ** slotBits + 1);
  const remainders = new Uint16Array(bytes, remaindersAt, postingCount);
  return {
    bytes,
    parameterVersion: header.getUint32(8, true),
    referenceCount,
    postingCount,
    slotShift,
    timelineFrames: header.getUint32(24, true),
    highestPosition: header.getFloat64(40, true),
    references,
    firstFrames,
    frameCounts,
    buckets: postingCount > maxPostingsMarked ? undefined : listBuckets(slots, remainders, slotShift),
    slots,
    remainders,
    positions: new Uint32Array(bytes, positionsAt, postingCount),
    constellations: new Uint8Array(bytes, constellationsAt, header.getFloat64(48, true)),
  };
}

/** How large a segment is and how far it goes, without opening it. */
export function readSegmentHeader(
  bytes: SharedArrayBuffer,
): Pick<Segment, 'postingCount' | 'highestPosition'> {
  const header = new DataView(bytes, 0, headerBytes);
  return { postingCount: header.getUint32(16, true), highestPosition: header.getFloat64(40, true) };
}

/** Above this many postings a slot holds a few buckets, or one, and most are occupied. */
const maxPostingsMarked = 2 ** 22;

/** Which buckets hold postings, and where each one's begin: the n-th bit that is set belongs to the n-th beginning. */
export type BucketDirectory = {
  /** A bit for each bucket. */
  readonly marks: Uint32Array;
  /** Bits set before each word of `marks`. */
  readonly before: Uint32Array;
  /** One more than there are buckets with postings: the last is where all end. */
  readonly begins: Uint32Array;
};

function listBuckets(slots: Uint32Array, remainders: Uint16Array, slotShift: number): BucketDirectory {
  const marks = new Uint32Array(2 ** (bucketBits - 5));
  const begins: number[] = [];
  let newest = -1;
  for (let slot = 0; slot + 1 < slots.length; slot++) {
    const end = slots[slot + 1] as number;
    for (let at = slots[slot] as number; at < end; at++) {
      const bucket = ((slot << slotShift) | (remainders[at] as number)) >>> anchorBits;
      if (bucket === newest) continue;
      newest = bucket;
      marks[bucket >>> 5] = (marks[bucket >>> 5] as number) | (1 << (bucket & 31));
      begins.push(at);
    }
  }
  begins.push(remainders.length);
  const before = new Uint32Array(marks.length);
  for (let word = 0; word + 1 < marks.length; word++) {
    before[word + 1] = (before[word] as number) + countBits(marks[word] as number);
  }
  return { marks, before, begins: Uint32Array.from(begins) };
}

/** Bits set in 32. */
export function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export type SegmentReference = {
  readonly referenceId: string;
  readonly position: number;
  readonly firstFrame: number;
  readonly frameCount: number;
  readonly peakCount: number;
  /** Packed; a view into the segment. */
  readonly constellation: Uint8Array;
};

export function segmentReference(segment: Segment, index: number): SegmentReference {
  const view = segment.references;
  const at = index * referenceBytes;
  const begin = view.getUint32(at + 36, true);
  const next =
    index + 1 < segment.referenceCount ? view.getUint32(at + referenceBytes + 36, true) : undefined;
  return {
    referenceId: readUuid(view, at),
    position: view.getFloat64(at + 16, true),
    firstFrame: view.getUint32(at + 24, true),
    frameCount: view.getUint32(at + 28, true),
    peakCount: view.getUint32(at + 32, true),
    constellation: segment.constellations.subarray(begin, next),
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

export function writeUuid(view: DataView, at: number, uuid: string): void {
  const hex = uuid.replaceAll('-', '');
  for (let i = 0; i < 16; i++) view.setUint8(at + i, Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
}

function readUuid(view: DataView, at: number): string {
  let hex = '';
  for (let i = 0; i < 16; i++)
    hex += view
      .getUint8(at + i)
      .toString(16)
      .padStart(2, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function segmentChecksum(bytes: SharedArrayBuffer): number {
  const header = new Uint8Array(bytes, 0, headerBytes).slice();
  header.fill(0, 28, 32);
  return crc32(new Uint8Array(bytes, headerBytes), crc32(header));
}

/** Says what is wrong with bytes that came from a disk; undefined where nothing is. */
export function checkSegment(bytes: SharedArrayBuffer): string | undefined {
  if (bytes.byteLength < headerBytes)
    return `a segment has at least ${headerBytes} bytes, this has ${bytes.byteLength}`;
  const header = new DataView(bytes, 0, headerBytes);
  if (header.getUint32(0, true) !== segmentMagic) return 'this is no index segment';
  const version = header.getUint32(4, true);
  if (version !== segmentFormatVersion)
    return `format version ${version}, this build reads ${segmentFormatVersion}`;
  if (header.getFloat64(32, true) !== bytes.byteLength)
    return 'its length is not the one it was written with';
  if (header.getUint32(28, true) !== segmentChecksum(bytes)) return 'its checksum does not fit';
  return undefined;
}
