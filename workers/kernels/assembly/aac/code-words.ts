/**
 * Reads code words by table: one look by the next 10 bits, and for the few longer ones a second by all their bits.
 * An entry is, from its lowest bit: 6 bits length, 6 bits length with the signs behind it (not with escapes), 4 bits
 * saying which values are not zero, 12 bits where the values lie, 2 bits saying which of two values escape.
 */
import { codeCounts, codeValues, maxCodeBits } from './code-books';

const lookBits: i32 = 10;
const bookCount: i32 = 12;

/** For each book: its first table, its second one less its first code word, and by how much to shift for it. */
const books = heap.alloc(<usize>bookCount * 12);

/** The values of code words as numbers to the power of 4/3: four floats for a word of books 1 to 4, else two. */
const quads = heap.alloc(2 * 81 * 16);
const pairs = heap.alloc((81 + 64 + 169 + 289) * 8);
/** Sign bits by which values are not zero and the bits that follow the code word. */
export const quadSigns = heap.alloc(256 * 16);
export const pairSigns = heap.alloc(16 * 8);
/** n^(4/3) of all that an escape can say. */
export const largestValue: i32 = 8191;
export const powers = heap.alloc(<usize>(largestValue + 1) << 2);

for (let n = 0; n <= largestValue; n++) {
  store<f32>(powers + (<usize>n << 2), <f32>Math.pow(<f64>n, 4.0 / 3.0));
}
makeValues();
makeSigns();
for (let book = 0; book < bookCount; book++) makeBook(book);

// @ts-ignore: decorator
@inline
export function firstTable(book: i32): usize { return load<u32>(books + <usize>book * 12); }
// @ts-ignore: decorator
@inline
export function secondTable(book: i32): usize { return load<u32>(books + <usize>book * 12, 4); }
// @ts-ignore: decorator
@inline
export function secondShift(book: i32): i32 { return load<i32>(books + <usize>book * 12, 8); }

/** The entry of the code word at the top of `word`. */
// @ts-ignore: decorator
@inline
export function entryOf(word: u64, first: usize, second: usize, shift: i32): u32 {
  const entry = load<u32>(first + (<usize>(word >> (64 - lookBits)) << 2));
  return entry != 0 ? entry : load<u32>(second + (<usize>(word >> shift) << 2));
}

// @ts-ignore: decorator
@inline
export function codeBits(entry: u32): i32 { return <i32>(entry & 63); }
// @ts-ignore: decorator
@inline
export function codeAndSignBits(entry: u32): i32 { return <i32>((entry >> 6) & 63); }
// @ts-ignore: decorator
@inline
export function nonZero(entry: u32): u32 { return (entry >> 12) & 15; }
// @ts-ignore: decorator
@inline
export function valuesAt(entry: u32): usize { return <usize>((entry >> 16) & 0xfff); }
// @ts-ignore: decorator
@inline
export function escapes(entry: u32): u32 { return entry >> 28; }

/** Where the values of a book begin. */
export function valuesOf(book: i32): usize {
  if (book <= 4) return book <= 2 ? quads : quads + 81 * 16;
  if (book <= 6) return pairs;
  if (book <= 8) return pairs + 81 * 8;
  return book <= 10 ? pairs + (81 + 64) * 8 : pairs + (81 + 64 + 169) * 8;
}

/** How many values a number may take in a book; a code word says two or four such numbers. */
function base(book: i32): i32 {
  if (book <= 4) return 3;
  if (book <= 6) return 9;
  if (book <= 8) return 8;
  return book <= 10 ? 13 : 17;
}

function isSigned(book: i32): bool { return book <= 2 || book == 5 || book == 6; }

function makeValues(): void {
  for (let book = 1; book < bookCount; book += 2) {
    const size = base(book), least = isSigned(book) ? -(size >> 1) : 0;
    const perWord = book <= 4 ? 4 : 2;
    let words = 1;
    for (let i = 0; i < perWord; i++) words *= size;
    for (let word = 0; word < words; word++) {
      let rest = word;
      for (let i = perWord - 1; i >= 0; i--, rest /= size) {
        const value = rest % size + least;
        const power = load<f32>(powers + (<usize>abs(value) << 2));
        store<f32>(valuesOf(book) + (<usize>(word * perWord + i) << 2), value < 0 ? -power : power);
      }
    }
  }
}

function makeSigns(): void {
  for (let pattern = 0; pattern < 16; pattern++) {
    for (let bits = 0; bits < 16; bits++) makeSign(quadSigns + (<usize>(pattern << 4 | bits) << 4), 4, pattern, bits);
  }
  for (let pattern = 0; pattern < 4; pattern++) {
    for (let bits = 0; bits < 4; bits++) makeSign(pairSigns + (<usize>(pattern << 2 | bits) << 3), 2, pattern, bits);
  }
}

/** The first value is the highest bit of both. */
function makeSign(target: usize, count: i32, pattern: i32, bits: i32): void {
  let next = count - 1;
  for (let i = 0; i < count; i++) {
    const hasSign = (pattern >> (count - 1 - i) & 1) != 0;
    const isNegative = hasSign && (bits >> next & 1) != 0;
    if (hasSign) next--;
    store<u32>(target + (<usize>i << 2), isNegative ? 0x80000000 : 0);
  }
}

function makeBook(book: i32): void {
  const counts = codeCounts(book), values = codeValues(book);
  const longest = <i32>load<u8>(maxCodeBits + book);
  const first = heap.alloc(4 << lookBits);
  memory.fill(first, 0, 4 << lookBits);
  const tableOfBook = books + <usize>book * 12;
  store<u32>(tableOfBook, <u32>first);
  store<u32>(tableOfBook, <u32>first, 4);
  store<i32>(tableOfBook, 64 - lookBits, 8);
  let code = 0, at = 0, second: usize = 0;
  for (let bits = 1; bits <= longest; bits++) {
    code <<= 1;
    if (bits == lookBits + 1) {
      const begin = code << (longest - bits);
      second = heap.alloc(<usize>((1 << longest) - begin) << 2) - (<usize>begin << 2);
      store<u32>(tableOfBook, <u32>second, 4);
      store<i32>(tableOfBook, 64 - longest, 8);
    }
    const tableBits = bits <= lookBits ? lookBits : longest;
    const table = bits <= lookBits ? first : second;
    for (let i = <i32>load<u8>(counts + bits - 1); i > 0; i--, code++, at++) {
      const entry = makeEntry(book, bits, <i32>load<u16>(values + (<usize>at << 1)));
      const shift = tableBits - bits;
      for (let filled = code << shift; filled < (code + 1) << shift; filled++) {
        store<u32>(table + (<usize>filled << 2), entry);
      }
    }
  }
}

function makeEntry(book: i32, bits: i32, value: i32): u32 {
  if (book == 0) return <u32>(bits | value << 16);
  const perWord = book <= 4 ? 4 : 2;
  const at = value * perWord << 2;
  if (isSigned(book)) return <u32>(bits | bits << 6 | at << 16);
  let rest = value, pattern = 0, escaping = 0, signs = 0;
  for (let i = 0; i < perWord; i++, rest /= base(book)) {
    const digit = rest % base(book);
    if (digit != 0) {
      pattern |= 1 << i;
      signs++;
    }
    if (book == 11 && digit == 16) escaping |= 1 << i;
  }
  return <u32>(bits | (bits + signs) << 6 | pattern << 12 | at << 16 | escaping << 28);
}
