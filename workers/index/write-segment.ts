/** Puts a segment's first run of bytes together: its references, then postings as they come, in their order. */
import { parameterVersion } from '../fingerprint/parameters.ts';
import {
  headerBytes,
  layoutSegment,
  type SegmentViews,
  segmentChecksum,
  segmentFormatVersion,
  segmentMagic,
  slotBitsOf,
  timelineGapFrames,
  viewSegment,
} from './segment.ts';
import { findExcess, maxFirstRunBytes } from './segment-limits.ts';
import { groupBits } from './slot-directory.ts';

/** A reference of a segment that is being made. */
export type Part = {
  /** 16 bytes. */
  readonly id: Uint8Array;
  /** In the feed. */
  readonly position: number;
  readonly frameCount: number;
  readonly peakCount: number;
  /** Of its packed constellation. */
  readonly constellationBytes: number;
  readonly constellationChecksum: number;
};

/** Keys and frames on the timeline, in the order of key, then frame; in parallel. */
export type Postings = { readonly keys: Uint32Array; readonly frames: Uint32Array };

const groupMask = 2 ** groupBits - 1;

export class SegmentWriter {
  readonly #segment: SegmentViews;
  readonly #slotCount: number;
  /** The slot that comes next, and the posting. */
  #slot = 0;
  #posting = 0;

  /** @param postingCount How many will come. */
  constructor(parts: readonly Part[], postingCount: number) {
    let frames = timelineGapFrames;
    let highest = 0;
    let constellationBytes = 0;
    for (const part of parts) {
      frames += part.frameCount + timelineGapFrames;
      highest = Math.max(highest, part.position);
      constellationBytes += part.constellationBytes;
    }
    const excess = findExcess({ timelineFrames: frames, references: parts.length, constellationBytes });
    if (excess !== undefined) throw new Error(excess);
    const slotBits = slotBitsOf(postingCount, frames);
    const layout = layoutSegment(parts.length, postingCount, slotBits);
    if (layout.bytes > maxFirstRunBytes)
      throw new Error(
        `a segment's first run has at most ${maxFirstRunBytes} bytes, this one ${layout.bytes}`,
      );
    const bytes = new SharedArrayBuffer(layout.bytes);
    const header = new DataView(bytes, 0, headerBytes);
    header.setUint32(0, segmentMagic, true);
    header.setUint32(4, segmentFormatVersion, true);
    header.setUint32(8, parameterVersion, true);
    header.setUint32(12, parts.length, true);
    header.setUint32(16, postingCount, true);
    header.setUint32(20, slotBits, true);
    header.setUint32(24, frames, true);
    header.setFloat64(32, layout.bytes, true);
    header.setFloat64(40, highest, true);
    header.setFloat64(48, constellationBytes, true);
    this.#segment = viewSegment(bytes);
    this.#slotCount = 2 ** slotBits;
    this.#writeReferences(parts);
  }

  #writeReferences(parts: readonly Part[]): void {
    const to = this.#segment;
    let frame = timelineGapFrames;
    let begin = 0;
    for (const [i, part] of parts.entries()) {
      to.ids.set(part.id, i * 16);
      to.feedPositions[i] = part.position;
      to.firstFrames[i] = frame;
      to.frameCounts[i] = part.frameCount;
      to.peakCounts[i] = part.peakCount;
      to.constellationBegins[i] = begin;
      to.constellationChecksums[i] = part.constellationChecksum;
      begin += part.constellationBytes;
      frame += part.frameCount + timelineGapFrames;
    }
    to.constellationBegins[parts.length] = begin;
  }

  append({ keys, frames }: Postings, count: number): void {
    const { slots, postings, remainderBits, frameBits } = this.#segment;
    const mask = (1 << remainderBits) - 1;
    for (let i = 0; i < count; i++) {
      const key = keys[i] as number;
      this.#skipTo(key >>> remainderBits);
      const bit = this.#posting + this.#slot;
      slots[bit >>> 5] = (slots[bit >>> 5] as number) | (1 << (bit & 31));
      // A shift by 32 is one by 0: without a remainder there is nothing to shift.
      const remainder = remainderBits === 0 ? 0 : (key & mask) << frameBits;
      postings[this.#posting++] = remainder | (frames[i] as number);
    }
  }

  /** Ends all slots before this one. */
  #skipTo(slot: number): void {
    const { groups } = this.#segment;
    while (this.#slot < slot) {
      this.#slot++;
      if ((this.#slot & groupMask) === 0) groups[this.#slot >>> groupBits] = this.#posting;
    }
  }

  finish(): SharedArrayBuffer {
    const { bytes, postings } = this.#segment;
    if (this.#posting !== postings.length)
      throw new Error(`a segment of ${postings.length} postings was given ${this.#posting}`);
    this.#skipTo(this.#slotCount);
    new DataView(bytes).setUint32(28, segmentChecksum(bytes), true);
    return bytes;
  }
}
