/**
 * Looks into the slots of a segment (`slot-directory.ts`) for many keys at once. In passes, of which each reads one place
 * of every key and hardly branches, so that a processor waits for many places of memory at once: in an index of gigabytes
 * nearly every one of them is a miss. A search among a million recordings takes half the time by it.
 */
import { anchorBits } from './landmark.ts';
import {
  endOfSlot,
  findPostings,
  firstNotBelow,
  firstOfSlot,
  groupBits,
  groupMask,
  keepKeys,
  linearRange,
  lowestBit,
  type SlotDirectory,
} from './slot-directory.ts';

/** Kept between calls: of each key, where its group begins, and the bits that begin there. */
let groupFirsts = new Uint32Array(0);
let groupZeros = new Uint32Array(0);
/** What is only read so that it is near the processor is put down here, so that the reading is not left out. */
const touched = new Uint32Array(1);
const found = { begin: 0, end: 0 };

/**
 * Of probe k all postings from `keys[k]` up to `keys[k] + span` lie from `begins[k]` up to
 * `ends[k]`. The span is 1 or a whole bucket. Most looks end within the 32 bits that begin with their group's.
 */
export function findEach(
  of: SlotDirectory,
  keys: Uint32Array,
  count: number,
  span: number,
  begins: Uint32Array,
  ends: Uint32Array,
): void {
  const { remainderBits, groups, slots } = of;
  if (span > 1 && remainderBits > anchorBits) {
    for (let k = 0; k < count; k++) {
      findPostings(of, keys[k] as number, (keys[k] as number) + span, found);
      begins[k] = found.begin;
      ends[k] = found.end;
    }
    return;
  }
  const slotsEach = Math.max(1, span >>> remainderBits);
  if (slotsEach >= 1 << groupBits) {
    for (let k = 0; k < count; k++) {
      const group = (keys[k] as number) >>> (remainderBits + groupBits);
      begins[k] = groups[group] as number;
      ends[k] = groups[group + (slotsEach >>> groupBits)] as number;
    }
    return;
  }
  makeRoom(count);
  for (let k = 0; k < count; k++)
    groupFirsts[k] = groups[(keys[k] as number) >>> (remainderBits + groupBits)] as number;
  for (let k = 0; k < count; k++) {
    const slot = (keys[k] as number) >>> remainderBits;
    groupZeros[k] = zerosAt(slots, (groupFirsts[k] as number) + (slot & ~groupMask));
  }
  for (let k = 0; k < count; k++) {
    const slot = (keys[k] as number) >>> remainderBits;
    const left = slot & groupMask;
    const first = groupFirsts[k] as number;
    let zeros = groupZeros[k] as number;
    let begin = first;
    if (left > 0) {
      // As many zeros go as slots lie before; without a loop, whose end no processor foresees.
      zeros &= (zeros - 1) | ((left - 2) >> 31);
      zeros &= (zeros - 1) | ((left - 3) >> 31);
      zeros &= (zeros - 1) | ((left - 4) >> 31);
      zeros &= (zeros - 1) | ((left - 5) >> 31);
      zeros &= (zeros - 1) | ((left - 6) >> 31);
      zeros &= (zeros - 1) | ((left - 7) >> 31);
      begin = first + lowestBit(zeros) + 1 - left;
      zeros &= zeros - 1;
    }
    for (let i = slotsEach; i > 1; i--) zeros &= zeros - 1;
    if (zeros !== 0) ends[k] = first + lowestBit(zeros) + 1 - left - slotsEach;
    else {
      begin = firstOfSlot(groups, slots, slot);
      ends[k] =
        slotsEach === 1 ? endOfSlot(slots, slot, begin) : firstOfSlot(groups, slots, slot + slotsEach);
    }
    begins[k] = begin;
  }
  if (span === 1 && remainderBits > 0) keepRemainders(of, keys, count, begins, ends);
}

/** Of the postings of each key's slot those that have its remainder. */
function keepRemainders(
  of: SlotDirectory,
  keys: Uint32Array,
  count: number,
  begins: Uint32Array,
  ends: Uint32Array,
): void {
  const { postings, frameBits, remainderBits } = of;
  const mask = (1 << remainderBits) - 1;
  touchEach(postings, begins, count);
  for (let k = 0; k < count; k++) {
    const slotBegin = begins[k] as number;
    const slotEnd = ends[k] as number;
    if (slotBegin >= slotEnd) continue;
    const remainder = (keys[k] as number) & mask;
    const begin = firstNotBelow(of, slotBegin, slotEnd, remainder);
    let end = begin;
    if (slotEnd - begin > linearRange) end = firstNotBelow(of, begin, slotEnd, remainder + 1);
    else while (end < slotEnd && (postings[end] as number) >>> frameBits === remainder) end++;
    begins[k] = begin;
    ends[k] = end;
  }
}

/** Has the postings at these places fetched, many at once. */
export function touchEach(postings: Uint32Array, places: Uint32Array, count: number): void {
  let sum = 0;
  for (let i = 0; i < count; i++) sum ^= postings[places[i] as number] as number;
  touched[0] = sum;
}

/** Of range k all postings whose keys lie from `firstKeys[k]` up to `endKeys[k]`: of one bucket, or less. */
export function findRanges(
  of: SlotDirectory,
  firstKeys: Uint32Array,
  endKeys: Uint32Array,
  count: number,
  begins: Uint32Array,
  ends: Uint32Array,
): void {
  const { remainderBits } = of;
  for (let k = 0; k < count; k++) {
    begins[k] = (firstKeys[k] as number) >>> remainderBits;
    ends[k] = (((endKeys[k] as number) - 1) >>> remainderBits) + 1;
  }
  findSlots(of, begins, count);
  findSlots(of, ends, count);
  if (remainderBits === 0) return;
  touchEach(of.postings, begins, count);
  for (let k = 0; k < count; k++) {
    found.begin = begins[k] as number;
    found.end = ends[k] as number;
    keepKeys(of, firstKeys[k] as number, endKeys[k] as number, found);
    begins[k] = found.begin;
    ends[k] = found.end;
  }
}

/** Puts the first posting of each slot in its place. */
function findSlots({ groups, slots }: SlotDirectory, places: Uint32Array, count: number): void {
  makeRoom(count);
  for (let k = 0; k < count; k++) groupFirsts[k] = groups[(places[k] as number) >>> groupBits] as number;
  for (let k = 0; k < count; k++)
    groupZeros[k] = zerosAt(slots, (groupFirsts[k] as number) + ((places[k] as number) & ~groupMask));
  for (let k = 0; k < count; k++) {
    const slot = places[k] as number;
    let zeros = groupZeros[k] as number;
    const left = slot & groupMask;
    for (let i = left; i > 1; i--) zeros &= zeros - 1;
    if (left === 0) places[k] = groupFirsts[k] as number;
    else if (zeros !== 0) places[k] = (groupFirsts[k] as number) + lowestBit(zeros) + 1 - left;
    else places[k] = firstOfSlot(groups, slots, slot);
  }
}

/** Where the 32 bits from this one on are 0. */
function zerosAt(slots: Uint32Array, bit: number): number {
  const at = bit >>> 5;
  const shift = bit & 31;
  return ~(((slots[at] as number) >>> shift) | (((slots[at + 1] as number) << 1) << (31 - shift)));
}

function makeRoom(count: number): void {
  if (groupFirsts.length >= count) return;
  groupFirsts = new Uint32Array(2 * count);
  groupZeros = new Uint32Array(2 * count);
}
