/**
 * Code look-up (Vorbis I, section 3.2.1): a first level of up to ten bits, and behind it, for longer codes, levels of
 * five. A slot is
 *
 *     entry << 8 | bits of the whole code        where a code ends
 *     address >> 4 << 8 | 0x80                   where another level begins
 *
 * The second table says for the next ten bits how many whole codes they hold and how many bits those take, count << 4 |
 * bits: above the frequencies that are heard, codes have a length and nothing else.
 */
import { take } from './arena';

const firstBits: u32 = 10;
const levelBits: u32 = 5;
const levelSlots: u32 = 1 << levelBits;
const goesOn: u32 = 0x80;
export const skipMask: u32 = (1 << firstBits) - 1;

/** What the bits at `bits` say: entry << 8 | length. */
// @ts-ignore: decorator
@inline
export function lookUp(codes: usize, mask: u32, bits: u64): u32 {
  const slot = load<u32>(codes + (<usize>(<u32>bits & mask) << 2));
  return slot & goesOn ? lookFurther(slot, bits >> firstBits) : slot;
}

function lookFurther(from: u32, bits: u64): u32 {
  let slot = from, rest = bits;
  do {
    slot = load<u32>((<usize>(slot >>> 8) << 4) + (<usize>(<u32>rest & (levelSlots - 1)) << 2));
    rest >>= levelBits;
  } while (slot & goesOn);
  return slot;
}

/** False where the lengths are no complete tree of codes, or the tables too large. A book without codes gets none. */
export function makeTables(book: usize, lengths: usize, entries: u32): bool {
  let used: u32 = 0, last: u32 = 0, longest: u32 = 0;
  for (let entry: u32 = 0; entry < entries; entry++) {
    const length = <u32>load<u8>(lengths + entry);
    if (length == 0) continue;
    used++;
    last = entry;
    longest = max(longest, length);
  }
  if (used == 0) return true;
  const bits = min(longest, firstBits);
  const codes = take(<usize>4 << bits), skips = take(1 << firstBits);
  if (codes == 0 || skips == 0) return false;
  store<u32>(book, <u32>codes, 4);
  store<u32>(book, (<u32>1 << bits) - 1, 8);
  store<u32>(book, <u32>skips, 16);
  if (used == 1) {
    // One entry has no need of a code, but takes a bit, of either value.
    if (longest != 1) return false;
    store<u32>(codes, last << 8 | 1);
    store<u32>(codes, last << 8 | 1, 4);
  } else if (!assignCodes(codes, bits, lengths, entries)) {
    return false;
  }
  fillSkips(codes, bits, skips);
  return true;
}

/** Entries take the leftmost free place of their depth, in order; at most one place is free at each depth. */
function assignCodes(codes: usize, bits: u32, lengths: usize, entries: u32): bool {
  const places = take(33 * 4);
  if (places == 0) return false;
  let isFree: u64 = 1;
  for (let entry: u32 = 0; entry < entries; entry++) {
    const length = <u32>load<u8>(lengths + entry);
    if (length == 0) continue;
    const above = isFree & ((<u64>2 << length) - 1);
    if (above == 0) return false;
    const depth: u32 = 63 - <u32>clz(above);
    isFree ^= <u64>1 << depth;
    const code = load<u32>(places + (<usize>depth << 2));
    for (let below: u32 = depth + 1; below <= length; below++) {
      isFree |= <u64>1 << below;
      store<u32>(places + (<usize>below << 2), code | <u32>1 << (32 - below));
    }
    if (!putCode(codes, bits, reverse(code), length, entry)) return false;
  }
  return isFree == 0;
}

function putCode(codes: usize, bits: u32, code: u32, length: u32, entry: u32): bool {
  let level = codes, levelWidth = bits, rest = code, left = length;
  while (left > levelWidth) {
    const slot = level + (<usize>(rest & ((<u32>1 << levelWidth) - 1)) << 2);
    let next = <usize>(load<u32>(slot) >>> 8) << 4;
    if (next == 0) {
      next = take(levelSlots << 2);
      if (next == 0) return false;
      store<u32>(slot, <u32>(next >> 4) << 8 | goesOn);
    }
    level = next;
    rest >>>= levelWidth;
    left -= levelWidth;
    levelWidth = levelBits;
  }
  for (let at = rest; at < <u32>1 << levelWidth; at += <u32>1 << left) {
    store<u32>(level + (<usize>at << 2), entry << 8 | length);
  }
  return true;
}

function fillSkips(codes: usize, bits: u32, skips: usize): void {
  const mask = (<u32>1 << bits) - 1;
  for (let ahead: u32 = 0; ahead <= skipMask; ahead++) {
    let used: u32 = 0, count: u32 = 0;
    while (used < firstBits) {
      const slot = load<u32>(codes + (<usize>(ahead >>> used & mask) << 2));
      if (slot & goesOn || used + (slot & 63) > firstBits) break;
      used += slot & 63;
      count++;
    }
    store<u8>(skips + ahead, <u8>(count << 4 | used));
  }
}

function reverse(code: u32): u32 {
  let x = code;
  x = (x >>> 1 & 0x55555555) | (x & 0x55555555) << 1;
  x = (x >>> 2 & 0x33333333) | (x & 0x33333333) << 2;
  x = (x >>> 4 & 0x0f0f0f0f) | (x & 0x0f0f0f0f) << 4;
  return bswap(x);
}
