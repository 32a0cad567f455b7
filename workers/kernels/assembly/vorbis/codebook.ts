/**
 * Codebooks (Vorbis I, section 3): read from the setup header into
 *
 *    0  4  dimensions
 *    4  4  look-up table of the codes (`huffman.ts`)
 *    8  4  mask of its first level
 *   12  4  vectors, `dimensions` f32 for each entry; 0 where it has scalars only
 *   16  4  how many codes may be skipped at once (`huffman.ts`)
 *   20  4  entries
 */
import { take } from './arena';
import { bitLength, bitsLeft, isPastEnd, read } from './bits';
import { makeTables } from './huffman';

const bookBytes: usize = 24;
/** Beyond any floor or residue, and small enough that no sum of a packet's values becomes infinite. */
const maxValue: f64 = 1e12;

let books: usize = 0;
let bookCount: i32 = 0;
let lengths: usize = 0;
let lengthsRoom: usize = 0;

// @ts-ignore: decorator
@inline
export function dimensionsOf(book: usize): i32 {
  return load<i32>(book);
}
// @ts-ignore: decorator
@inline
export function codesOf(book: usize): usize {
  return load<u32>(book, 4);
}
// @ts-ignore: decorator
@inline
export function maskOf(book: usize): u32 {
  return load<u32>(book, 8);
}
// @ts-ignore: decorator
@inline
export function vectorsOf(book: usize): usize {
  return load<u32>(book, 12);
}
// @ts-ignore: decorator
@inline
export function skipsOf(book: usize): usize {
  return load<u32>(book, 16);
}
// @ts-ignore: decorator
@inline
export function entriesOf(book: usize): u32 {
  return load<u32>(book, 20);
}

/** 0 where there is no such book, or none of its entries is used. */
export function getBook(index: i32): usize {
  if (index < 0 || index >= bookCount) return 0;
  const book = books + <usize>index * bookBytes;
  return codesOf(book) == 0 ? 0 : book;
}

export function readCodebooks(): bool {
  bookCount = read(8) + 1;
  books = take(<usize>bookCount * bookBytes);
  for (let i = 0; i < bookCount; i++) {
    if (!readCodebook(books + <usize>i * bookBytes)) return false;
  }
  return true;
}

function readCodebook(book: usize): bool {
  if (read(24) != 0x564342) return false;
  const dimensions = read(16), entries = read(24);
  // As libvorbis: no real book is larger, and a product of both stays a number of 24 bits.
  if (dimensions == 0 || entries == 0 || bitLength(dimensions) + bitLength(entries) > 24) return false;
  store<u32>(book, dimensions);
  store<u32>(book, entries, 20);
  if (!readLengths(entries)) return false;
  if (!makeTables(book, lengths, entries)) return false;
  const lookup = read(4);
  if (lookup == 0) return !isPastEnd();
  return lookup <= 2 && readVectors(book, lookup, dimensions, entries);
}

/** Of every entry's code, one byte each; 0 where it has none. */
function readLengths(entries: u32): bool {
  if (<usize>entries > lengthsRoom) {
    lengths = take(entries);
    if (lengths == 0) return false;
    lengthsRoom = entries;
  }
  if (read(1) != 0) {
    let length = read(5) + 1;
    for (let entry: u32 = 0; entry < entries; length++) {
      const count = read(bitLength(entries - entry));
      if (isPastEnd() || length > 32 || count > entries - entry) return false;
      memory.fill(lengths + entry, <u8>length, count);
      entry += count;
    }
    return true;
  }
  const isSparse = read(1) != 0;
  if (<i32>(isSparse ? entries : entries * 5) > bitsLeft()) return false;
  for (let entry: u32 = 0; entry < entries; entry++) {
    const length = isSparse && read(1) == 0 ? 0 : read(5) + 1;
    store<u8>(lengths + entry, <u8>length);
  }
  return !isPastEnd();
}

/** Section 3.2.1, "VQ lookup table vector representation"; every vector is written out. */
function readVectors(book: usize, lookup: u32, dimensions: u32, entries: u32): bool {
  const minimum = readFloat(), delta = readFloat();
  const valueBits = read(4) + 1;
  const isSequence = read(1) != 0;
  const valueCount = lookup == 1 ? rootOf(entries, dimensions) : entries * dimensions;
  if (<i64>valueCount * valueBits > <i64>bitsLeft()) return false;
  const values = take(<usize>valueCount << 1), vectors = take(<usize>(entries * dimensions) << 2);
  if (values == 0 || vectors == 0) return false;
  for (let i: u32 = 0; i < valueCount; i++) store<u16>(values + (<usize>i << 1), <u16>read(valueBits));
  let at = vectors;
  for (let entry: u32 = 0; entry < entries; entry++) {
    let last: f64 = 0;
    let rest = entry;
    for (let i: u32 = 0; i < dimensions; i++, at += 4) {
      let index: u32;
      if (lookup == 1) {
        index = rest % valueCount;
        rest /= valueCount;
      } else {
        index = entry * dimensions + i;
      }
      let value = <f64>load<u16>(values + (<usize>index << 1)) * delta + minimum + last;
      value = Math.max(-maxValue, Math.min(maxValue, value));
      if (isSequence) last = value;
      store<f32>(at, <f32>value);
    }
  }
  store<u32>(book, <u32>vectors, 12);
  return true;
}

/** The largest whole number whose power is no more than `entries` (section 9.2.3). */
function rootOf(entries: u32, dimensions: u32): u32 {
  let root: u32 = 1;
  while (powerIsWithin(root + 1, dimensions, entries)) root++;
  return root;
}

function powerIsWithin(base: u32, exponent: u32, most: u32): bool {
  let power: u64 = 1;
  for (let i: u32 = 0; i < exponent; i++) {
    power *= base;
    if (power > most) return false;
  }
  return true;
}

/** Vorbis's own floating point (section 9.2.2). */
function readFloat(): f64 {
  const bits = read(32);
  const mantissa = <f64>(bits & 0x1fffff);
  const value = mantissa * Math.pow(2, <f64>((bits & 0x7fe00000) >>> 21) - 788);
  return bits >>> 31 != 0 ? -value : value;
}
