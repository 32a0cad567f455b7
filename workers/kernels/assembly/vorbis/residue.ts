/**
 * Residues (Vorbis I, section 8): passes over partitions, each partition coded by the book its class has in that pass. A
 * residue is
 *
 *     0  4  type
 *     4  4  begin
 *     8  4  end
 *    12  4  values in a partition
 *    16  4  classes
 *    20  4  class book
 *    24  4  classes of each entry of the class book, one byte each
 *    28  4  passes that have any book
 *    32  64 × 8 × 4  book of each class and pass, 0 where it has none
 *
 * What lies above the cut is passed over: there a code has a length and no vector.
 */
import { take } from './arena';
import { isPastEnd, moveTo, packetEnd, packetStart, peekAt, position, read } from './bits';
import { codesOf, dimensionsOf, entriesOf, getBook, maskOf, skipsOf, vectorsOf } from './codebook';
import { lookUp, skipMask } from './huffman';

const residueBytes: usize = 32 + 64 * 8 * 4;
const booksAt: usize = 32;

let residues: usize = 0;
let residueCount: i32 = 0;
let maxDimensions: i32 = 1;
let roomForClasses: i32 = 0;

export function getResidue(index: i32): usize {
  return index < residueCount ? residues + <usize>index * residueBytes : 0;
}

// @ts-ignore: decorator
@inline
export function isInterleaved(residue: usize): bool {
  return load<i32>(residue) == 2;
}

/** Bytes for the classes of one vector of `length` values, in any of the residues. */
export function classRoom(length: i32): i32 {
  for (let i = 0; i < residueCount; i++) {
    const residue = getResidue(i);
    const digits = dimensionsOf(load<u32>(residue, 20));
    roomForClasses = max(roomForClasses, partitionsOf(residue, length) + digits);
  }
  return roomForClasses;
}

/** Values that may be written behind a cut: the rest of a vector that begins below it. */
export function slackValues(): i32 {
  return maxDimensions;
}

export function readResidues(): bool {
  residueCount = read(6) + 1;
  residues = take(<usize>residueCount * residueBytes);
  for (let i = 0; i < residueCount; i++) {
    if (!readResidue(getResidue(i))) return false;
  }
  return true;
}

function readResidue(residue: usize): bool {
  const type = read(16);
  const begin = read(24), end = read(24), size = read(24) + 1, classes = read(6) + 1;
  const classBook = getBook(read(8));
  if (type > 2 || end < begin || classBook == 0) return false;
  store<u32>(residue, type);
  store<u32>(residue, begin, 4);
  store<u32>(residue, end, 8);
  store<u32>(residue, size, 12);
  store<u32>(residue, classes, 16);
  store<u32>(residue, <u32>classBook, 20);
  const used = take(classes);
  if (used == 0) return false;
  for (let i: u32 = 0; i < classes; i++) {
    const low = read(3);
    store<u8>(used + i, <u8>(read(1) != 0 ? read(5) << 3 | low : low));
  }
  let passes: u32 = 0;
  for (let i: u32 = 0; i < classes; i++) {
    for (let pass: u32 = 0; pass < 8; pass++) {
      if ((load<u8>(used + i) >>> pass & 1) == 0) continue;
      const book = getBook(read(8));
      if (book == 0 || vectorsOf(book) == 0) return false;
      maxDimensions = max(maxDimensions, dimensionsOf(book));
      store<u32>(residue + booksAt + (<usize>(i << 3 | pass) << 2), <u32>book);
      passes = max(passes, pass + 1);
    }
  }
  store<u32>(residue, passes, 28);
  return !isPastEnd() && spellClasses(residue, classBook, classes);
}

/** Every entry of the class book is a number whose digits are classes, the highest first. */
function spellClasses(residue: usize, classBook: usize, classes: u32): bool {
  const digits = dimensionsOf(classBook), entries = entriesOf(classBook);
  const spelled = take(<usize>(entries * digits));
  if (spelled == 0) return false;
  for (let entry: u32 = 0; entry < entries; entry++) {
    let rest = entry;
    for (let i = digits - 1; i >= 0; i--, rest /= classes) {
      store<u8>(spelled + entry * digits + i, <u8>(rest % classes));
    }
  }
  store<u32>(residue, <u32>spelled, 24);
  return true;
}

/** Partitions of `length` values. */
function partitionsOf(residue: usize, length: i32): i32 {
  const begin = load<u32>(residue, 4), end = min(load<u32>(residue, 8), <u32>length);
  return end > begin ? <i32>((end - begin) / load<u32>(residue, 12)) : 0;
}

/**
 * Adds a packet's residue to `vectorCount` vectors whose addresses lie at `targets`, each of `length` values, of which
 * those below `cut` count. `classes` has `classRoom` bytes for each. Where nothing follows in the packet
 * (`isLast`), the last pass ends at the cut. Stops at the packet's end, as the standard wants.
 */
export function addResidue(
  residue: usize, targets: usize, vectorCount: i32, length: i32, cut: i32, classes: usize, isLast: bool,
): void {
  const partitions = partitionsOf(residue, length);
  if (partitions == 0) return;
  const room = roomForClasses;
  const type = load<i32>(residue), begin = load<i32>(residue, 4), size = load<i32>(residue, 12);
  const passes = load<i32>(residue, 28);
  const classBook = <usize>load<u32>(residue, 20), spelled = <usize>load<u32>(residue, 24);
  const digits = dimensionsOf(classBook), classCodes = codesOf(classBook), classMask = maskOf(classBook);
  const start = packetStart(), end = packetEnd();
  const partitionsBelow = cut <= begin ? 0 : min(partitions, (cut - begin + size - 1) / size);
  for (let pass = 0; pass < passes; pass++) {
    const count = isLast && pass == passes - 1 ? partitionsBelow : partitions;
    const books = residue + booksAt + (<usize>pass << 2);
    for (let from = 0; from < count; from += digits) {
      if (pass == 0) {
        for (let i = 0; i < vectorCount; i++) {
          const found = lookUp(classCodes, classMask, peekAt(start, position()));
          moveTo(position() + (found & 63));
          if (isPastEnd()) return;
          const said = spelled + <usize>(found >>> 8) * digits, to = classes + <usize>(i * room + from);
          for (let j = 0; j < digits; j++) store<u8>(to + j, load<u8>(said + j));
        }
      }
      const to = min(count, from + digits);
      for (let partition = from; partition < to; partition++) {
        const offset = begin + partition * size;
        for (let i = 0; i < vectorCount; i++) {
          const kind = <usize>load<u8>(classes + <usize>(i * room + partition));
          const book = <usize>load<u32>(books + (kind << 5));
          if (book == 0) continue;
          const target = <usize>load<u32>(targets + (<usize>i << 2)) + (<usize>offset << 2);
          const at = type == 0
            ? addStrided(book, target, size, cut - offset, start, position(), end)
            : addRow(book, target, size, cut - offset, start, position(), end);
          moveTo(at);
          if (at > end) return;
        }
      }
    }
  }
}

/** Types 1 and 2: vectors one after the other. Gives the position behind the partition, or one past the end. */
function addRow(book: usize, target: usize, size: i32, below: i32, start: usize, at: u32, end: u32): u32 {
  const dimensions = dimensionsOf(book);
  const codes = codesOf(book), mask = maskOf(book), vectors = vectorsOf(book);
  const total = dimensions == 1 ? size : (size + dimensions - 1) / dimensions;
  let added = below >= size ? total : below <= 0 ? 0 : (below + dimensions - 1) / dimensions;
  const skipped = total - added;
  let to = target;
  let here = at;
  if (dimensions == 2) {
    for (; added > 0; added--, to += 8) {
      const found = lookUp(codes, mask, peekAt(start, here));
      here += found & 63;
      if (here > end) return end + 1;
      v128.store64_lane(to, f32x4.add(v128.load64_zero(to), v128.load64_zero(vectors + (<usize>(found >>> 8) << 3))), 0);
    }
  } else if (dimensions == 4) {
    for (; added > 0; added--, to += 16) {
      const found = lookUp(codes, mask, peekAt(start, here));
      here += found & 63;
      if (here > end) return end + 1;
      v128.store(to, f32x4.add(v128.load(to), v128.load(vectors + (<usize>(found >>> 8) << 4))));
    }
  } else {
    const bytes = <usize>dimensions << 2, last = target + (<usize>size << 2);
    for (; added > 0; added--) {
      const found = lookUp(codes, mask, peekAt(start, here));
      here += found & 63;
      if (here > end) return end + 1;
      let vector = vectors + <usize>(found >>> 8) * bytes;
      for (const rowEnd = min(to + bytes, last); to < rowEnd; to += 4, vector += 4) {
        store<f32>(to, load<f32>(to) + load<f32>(vector));
      }
    }
  }
  return skipped > 0 ? skip(book, skipped, start, here, end) : here;
}

/** Type 0: a vector's values lie a whole number of steps apart. */
function addStrided(book: usize, target: usize, size: i32, below: i32, start: usize, at: u32, end: u32): u32 {
  const dimensions = dimensionsOf(book);
  const steps = size / dimensions;
  if (below <= 0) return skip(book, steps, start, at, end);
  const codes = codesOf(book), mask = maskOf(book);
  let here = at;
  for (let i = 0; i < steps; i++) {
    const found = lookUp(codes, mask, peekAt(start, here));
    here += found & 63;
    if (here > end) return end + 1;
    const vector = vectorsOf(book) + <usize>(found >>> 8) * (<usize>dimensions << 2);
    for (let j = 0, x = i; j < dimensions && x < below; j++, x += steps) {
      const to = target + (<usize>x << 2);
      store<f32>(to, load<f32>(to) + load<f32>(vector + (<usize>j << 2)));
    }
  }
  return here;
}

/** Passes over `count` codes, as many at once as ten bits hold. */
function skip(book: usize, count: i32, start: usize, at: u32, end: u32): u32 {
  const codes = codesOf(book), mask = maskOf(book), skips = skipsOf(book);
  let here = at, left = count;
  while (left > 0 && here <= end) {
    const bits = peekAt(start, here);
    const several = <u32>load<u8>(skips + (<usize>(<u32>bits & skipMask)));
    const codesHere = <i32>(several >>> 4);
    if (codesHere != 0 && codesHere <= left) {
      here += several & 15;
      left -= codesHere;
    } else {
      here += lookUp(codes, mask, bits) & 63;
      left--;
    }
  }
  return here > end ? end + 1 : here;
}
