/**
 * Huffman-coded lines, ISO/IEC 11172-3 section 2.4.1.8 and table B.7. A look-up takes eight bits, and what is longer is
 * looked up once more. Reading stops at the line above which nobody listens: `Granule.bits` says where the next one begins.
 */
import { wordAt } from '../msb-bits';
import { BOOK_LEAVES, BOOK_SIZES, TABLE_BOOKS, TABLE_LINBITS } from './code-books';
import { Granule, LINES } from './side-info';

const ROOT_BITS: i32 = 8;
/** Of all codes; the longest is 19. */
const SPAN_BITS: i32 = 20;
const MAX_VALUE: i32 = 15 + 8191;
const LINK: u32 = 0x80000000;

/** Entries: length, value << 8, length with signs << 16; or LINK, bits looked up next, first entry << 8. */
const entries = heap.alloc(16384 * 4);
const books = heap.alloc(17 * 4);
const powers = heap.alloc((MAX_VALUE + 1) * 4);

export function huffmanInit(): void {
  for (let i = 0; i <= MAX_VALUE; i++) store<f32>(powers + (i << 2), <f32>Math.pow(i, 4.0 / 3.0));
  let leaf = 0, used = 0;
  for (let book = 0; book < 17; book++) {
    store<u32>(books + (book << 2), used);
    used = addBook(leaf, BOOK_SIZES[book], used);
    leaf += BOOK_SIZES[book];
  }
}

function fill(from: i32, count: i32, entry: u32): void {
  for (let i = 0; i < count; i++) store<u32>(entries + ((from + i) << 2), entry);
}

/** Says how many entries are used after it. */
function addBook(firstLeaf: i32, leafCount: i32, root: i32): i32 {
  let used = root + (1 << ROOT_BITS), code = 0, subCode = 0, subBits = 0, subFirst = 0;
  for (let i = firstLeaf; i < firstLeaf + leafCount; i++) {
    const length = <i32>BOOK_LEAVES[i] >> 8, value = <u32>BOOK_LEAVES[i] & 255;
    const signs = <u32>(value > 15) + <u32>((value & 15) != 0);
    const entry = <u32>length | value << 8 | (<u32>length + signs) << 16;
    const prefix = code >> (SPAN_BITS - ROOT_BITS);
    if (length <= ROOT_BITS) fill(root + prefix, 1 << (ROOT_BITS - length), entry);
    else {
      if (code >= subCode) {
        // The first leaf of this prefix: as many bits as the longest of its leaves has.
        subCode = code; subBits = 0;
        for (let j = i; subCode < (prefix + 1) << (SPAN_BITS - ROOT_BITS); j++) {
          const other = <i32>BOOK_LEAVES[j] >> 8;
          subBits = max(subBits, other - ROOT_BITS);
          subCode += 1 << (SPAN_BITS - other);
        }
        subFirst = used;
        used += 1 << subBits;
        fill(root + prefix, 1, LINK | <u32>subBits | <u32>subFirst << 8);
      }
      const within = (code & ((1 << (SPAN_BITS - ROOT_BITS)) - 1)) >> (SPAN_BITS - ROOT_BITS - subBits);
      fill(subFirst + within, 1 << (ROOT_BITS + subBits - length), entry);
    }
    code += 1 << (SPAN_BITS - length);
  }
  return used;
}

/** Where reading stopped, for the next region. */
let bitAt: i32 = 0;

/** Pairs of lines from `line` to `stop`; false where the bits ended before. */
function readPairs(reversed: usize, end: i32, table: i32, lines: usize, line: i32, stop: i32): bool {
  if (line >= stop) return true;
  let target = lines + (line << 2);
  const last = lines + (stop << 2);
  if (table == 0) {
    memory.fill(target, 0, last - target);
    return true;
  }
  const book = <i32>TABLE_BOOKS[table];
  if (book < 0) return false;
  const root = entries + (load<u32>(books + (book << 2)) << 2);
  const linbits = <u64>TABLE_LINBITS[table];
  let bit = bitAt;
  while (target < last) {
    if (bit >= end) return false;
    let word = wordAt(reversed, bit);
    let entry = load<u32>(root + ((<u32>(word >> (64 - ROOT_BITS))) << 2));
    if (<i32>entry < 0) {
      const index = <u32>(word << ROOT_BITS >> (64 - <u64>(entry & 255)));
      entry = load<u32>(entries + ((((entry & ~LINK) >> 8) + index) << 2));
    }
    word <<= entry & 255;
    let x = entry >> 12 & 15, y = entry >> 8 & 15;
    // Where the next pair lies is known before this one's signs are: nothing has to wait for them.
    bit += <i32>(entry >> 16);
    if (linbits != 0 && max(x, y) == 15) {
      if (x == 15) {
        x += <u32>(word >> (64 - linbits));
        word <<= linbits; bit += <i32>linbits;
      }
      store<u32>(target, load<u32>(powers + (x << 2)) ^ <u32>(word >> 63) << 31);
      word <<= <u64>(x != 0);
      if (y == 15) {
        y += <u32>(word >> (64 - linbits));
        word <<= linbits; bit += <i32>linbits;
      }
    } else {
      store<u32>(target, load<u32>(powers + (x << 2)) ^ <u32>(word >> 63) << 31);
      word <<= <u64>(x != 0);
    }
    store<u32>(target, load<u32>(powers + (y << 2)) ^ <u32>(word >> 63) << 31, 4);
    target += 8;
  }
  bitAt = bit;
  return bit <= end;
}

/** 1 or −1 by the next bit, if `coded`; else 0. */
// @ts-ignore: decorator
@inline
function unit(word: u64, coded: u32): u32 { return (0x3f800000 | <u32>(word >> 63) << 31) & -coded; }

/** Quadruples from `line` on; says how many lines there are then. The last one does not count if it goes beyond the bits. */
function readQuadruples(reversed: usize, end: i32, table: i32, lines: usize, line: i32, limit: i32): i32 {
  const root = entries + (load<u32>(books + ((15 + table) << 2)) << 2);
  let bit = bitAt;
  while (line < limit && line + 4 <= LINES && bit < end) {
    let word = wordAt(reversed, bit);
    const entry = load<u32>(root + ((<u32>(word >> (64 - ROOT_BITS))) << 2));
    const length = <i32>(entry & 255);
    const value = entry >> 8 & 15;
    word <<= length;
    bit += length + popcnt<i32>(value);
    if (bit > end) break;
    const target = lines + (line << 2);
    store<u32>(target, unit(word, value >> 3));
    word <<= value >> 3;
    store<u32>(target, unit(word, value >> 2 & 1), 4);
    word <<= value >> 2 & 1;
    store<u32>(target, unit(word, value >> 1 & 1), 8);
    word <<= value >> 1 & 1;
    store<u32>(target, unit(word, value & 1), 12);
    line += 4;
  }
  return line;
}

/**
 * |value|^(4/3) with its sign for the lines below `limit`, from the bits `bit` to `end`, zeros up to it; says
 * how many lines there are, −1 for what no encoder may write. `lines` has room for 580.
 */
export function readLines(reversed: usize, bit: i32, end: i32, g: Granule, limit: i32, lines: usize): i32 {
  bitAt = bit;
  const big = min(g.bigValues * 2, limit);
  const first = min(g.region1, big), second = min(max(g.region2, first), big);
  if (!readPairs(reversed, end, g.table0, lines, 0, first)
    || !readPairs(reversed, end, g.table1, lines, first, second)
    || !readPairs(reversed, end, g.table2, lines, second, big)) return -1;
  const count = readQuadruples(reversed, end, g.quadrupleTable, lines, big, limit);
  memory.fill(lines + (count << 2), 0, max(0, limit - count) << 2);
  return count;
}
