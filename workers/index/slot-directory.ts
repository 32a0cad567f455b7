/**
 * Which postings a key has: a look into the slots of a segment (`segment.ts`), which are counted in unary. The first
 * posting of a slot follows from its group's by the zeros in between: the k-th zero ends the group's k-th slot.
 */
import { anchorBits } from './landmark.ts';

/** Slots of one group: 2^3, most of whose bits lie within 32. */
export const groupBits = 3;

export type SlotDirectory = {
  /** A key's slot is `key >>> remainderBits`; its remainder the bits below. */
  readonly remainderBits: number;
  /** A posting's remainder is `posting >>> frameBits`; its frame the bits below. 32 where there is no remainder. */
  readonly frameBits: number;
  readonly groups: Uint32Array;
  readonly slots: Uint32Array;
  readonly postings: Uint32Array;
};

/** Postings from `begin` up to `end`. Written by those who look, so that a look makes no garbage. */
export type PostingRange = { begin: number; end: number };

/** Ranges longer than this are searched by halving. */
export const linearRange = 24;
export const groupMask = 2 ** groupBits - 1;

/** Postings whose keys lie from `firstKey` up to `endKey`: of one bucket, or less. */
export function findPostings(of: SlotDirectory, firstKey: number, endKey: number, range: PostingRange): void {
  const { remainderBits, groups, slots } = of;
  const slot = firstKey >>> remainderBits;
  range.begin = firstOfSlot(groups, slots, slot);
  const lastSlot = (endKey - 1) >>> remainderBits;
  range.end =
    lastSlot === slot ? endOfSlot(slots, slot, range.begin) : firstOfSlot(groups, slots, lastSlot + 1);
  keepKeys(of, firstKey, endKey, range);
}

/** Of all postings of the slots that these keys lie in, those that have one of them. */
export function keepKeys(of: SlotDirectory, firstKey: number, endKey: number, range: PostingRange): void {
  const { remainderBits, groups, slots } = of;
  const { begin, end } = range;
  if (remainderBits === 0 || begin === end) return;
  const slot = firstKey >>> remainderBits;
  const lastSlot = (endKey - 1) >>> remainderBits;
  const mask = (1 << remainderBits) - 1;
  const least = firstKey & mask;
  const most = (endKey - 1) & mask;
  if (lastSlot !== slot) {
    // Of the first slot what is below the first key goes, of the last what is above the last.
    if (least > 0) range.begin = firstNotBelow(of, begin, endOfSlot(slots, slot, begin), least);
    if (most < mask) range.end = firstNotBelow(of, firstOfSlot(groups, slots, lastSlot), end, most + 1);
    return;
  }
  if (least > 0) range.begin = firstNotBelow(of, begin, end, least);
  if (most < mask) range.end = firstNotBelow(of, range.begin, end, most + 1);
}

/** Where in a stretch of one slot the first posting lies whose remainder is not below `least`. */
export function firstNotBelow(
  { postings, frameBits }: SlotDirectory,
  begin: number,
  end: number,
  least: number,
): number {
  let low = begin;
  let high = end;
  while (high - low > linearRange) {
    const middle = (low + high) >>> 1;
    if ((postings[middle] as number) >>> frameBits < least) low = middle + 1;
    else high = middle;
  }
  while (low < high && (postings[low] as number) >>> frameBits < least) low++;
  return low;
}

/** The first posting of a slot; the posting count, of the slot behind the last. */
export function firstOfSlot(groups: Uint32Array, slots: Uint32Array, slot: number): number {
  const begin = groups[slot >>> groupBits] as number;
  let left = slot & groupMask;
  if (left === 0) return begin;
  const from = begin + slot - left;
  let at = from >>> 5;
  let zeros = ~(slots[at] as number) & (-1 << (from & 31));
  for (;;) {
    if (zeros === 0) zeros = ~(slots[++at] as number);
    else if (--left === 0) break;
    else zeros &= zeros - 1;
  }
  // Up to this zero lie `slot` zeros, and ones for all postings before.
  return (at << 5) + lowestBit(zeros) + 1 - slot;
}

export function endOfSlot(slots: Uint32Array, slot: number, begin: number): number {
  const from = begin + slot;
  let at = from >>> 5;
  let zeros = ~(slots[at] as number) & (-1 << (from & 31));
  while (zeros === 0) zeros = ~(slots[++at] as number);
  return (at << 5) + lowestBit(zeros) - slot;
}

/**
 * Puts down the anchor's cell of each posting of a range that lies in one bucket, its first of key `firstKey` or of one
 * behind. Where remainders hold the whole cell there is no need of it.
 */
export function readAnchors(
  { remainderBits, frameBits, slots, postings }: SlotDirectory,
  firstKey: number,
  { begin, end }: PostingRange,
  anchors: Uint8Array,
): void {
  const cellMask = (1 << anchorBits) - 1;
  let slot = firstKey >>> remainderBits;
  for (let at = begin; at < end; slot++) {
    const last = Math.min(end, endOfSlot(slots, slot, at));
    const cell = (slot << remainderBits) & cellMask;
    if (remainderBits === 0) for (; at < last; at++) anchors[at - begin] = cell;
    else for (; at < last; at++) anchors[at - begin] = cell | ((postings[at] as number) >>> frameBits);
  }
}

/** Whole postings of the slots from `firstSlot` up to `endSlot`, in their order, from `at` on; says where they end. */
export function readPostings(
  { remainderBits, frameBits, groups, slots, postings }: SlotDirectory,
  firstSlot: number,
  endSlot: number,
  target: { readonly keys: Uint32Array; readonly frames: Uint32Array },
  at: number,
): number {
  const frameMask = frameMaskOf(frameBits);
  const { keys, frames } = target;
  let posting = firstOfSlot(groups, slots, firstSlot);
  for (let slot = firstSlot; slot < endSlot; slot++) {
    const high = slot << remainderBits;
    for (const end = endOfSlot(slots, slot, posting); posting < end; posting++) {
      const own = postings[posting] as number;
      keys[at] = remainderBits === 0 ? high : high | (own >>> frameBits);
      frames[at++] = own & frameMask;
    }
  }
  return at;
}

/** What of a posting is its frame. */
export function frameMaskOf(frameBits: number): number {
  return frameBits === 32 ? -1 : (1 << frameBits) - 1;
}

/** Bits set in 32. */
export function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
