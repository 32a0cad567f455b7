/**
 * Floor 1 (Vorbis I, section 7.2): a curve through at most 65 posts, straight on a scale of decibels. A floor is
 *
 *     0   4  partitions
 *     4   4  posts
 *     8   4  multiplier
 *    12   4  bits of the first two posts
 *    16  32  class of each partition
 *    48  16 × 44  classes: dimensions, bits of the subclass, master book, eight books
 *   752  65 × 2  posts' places, in the stream's order
 *   882  65      posts by place
 *   947  65      lower neighbour of each post
 *  1012  65      upper neighbour
 */
import { take } from './arena';
import { bitLength, isPastEnd, moveTo, packetEnd, packetStart, peekAt, position, read } from './bits';
import { codesOf, getBook, maskOf } from './codebook';
import { lookUp } from './huffman';

const floorBytes: usize = 1080;
const classesAt: usize = 48, classBytes: usize = 44;
const placesAt: usize = 752, sortedAt: usize = 882, lowerAt: usize = 947, upperAt: usize = 1012;
const maxPosts: i32 = 65;

let floors: usize = 0;
let floorCount: i32 = 0;
/** Whether a floor of the ancient kind was met. */
let metFloorZero: bool = false;
/** The posts of the channel that is decoded, and whether each says anything of its own. */
const heights = heap.alloc(maxPosts * 4);
const isSaid = heap.alloc(maxPosts);
/** 256 steps of 140/256 dB, the last of them 1; times the share of a channel in the mix. */
const steps = heap.alloc(256 * 4);

export function hasFloorZero(): bool {
  return metFloorZero;
}

export function getFloor(index: i32): usize {
  return index < floorCount ? floors + <usize>index * floorBytes : 0;
}

export function readFloors(share: f64): bool {
  for (let i = 0; i < 256; i++) {
    store<f32>(steps + (<usize>i << 2), <f32>(share * Math.pow(10, <f64>(i - 255) * (140.0 / 256 / 20))));
  }
  floorCount = read(6) + 1;
  floors = take(<usize>floorCount * floorBytes);
  for (let i = 0; i < floorCount; i++) {
    const type = read(16);
    metFloorZero = metFloorZero || (type == 0 && !isPastEnd());
    if (type != 1 || !readFloor(getFloor(i))) return false;
  }
  return true;
}

function readFloor(floor: usize): bool {
  const partitions = read(5);
  let classCount = 0;
  for (let i: u32 = 0; i < partitions; i++) {
    const kind = read(4);
    store<u8>(floor + 16 + i, <u8>kind);
    classCount = max(classCount, kind + 1);
  }
  for (let i = 0; i < classCount; i++) {
    if (!readClass(floor + classesAt + <usize>i * classBytes)) return false;
  }
  const multiplier = read(2) + 1;
  const placeBits = read(4);
  store<u16>(floor + placesAt, 0);
  store<u16>(floor + placesAt + 2, <u16>(<u32>1 << placeBits));
  let posts = 2;
  for (let i: u32 = 0; i < partitions; i++) {
    const kind = floor + classesAt + <usize>load<u8>(floor + 16 + i) * classBytes;
    for (let left = load<i32>(kind); left > 0; left--, posts++) {
      if (posts == maxPosts) return false;
      store<u16>(floor + placesAt + (<usize>posts << 1), <u16>read(placeBits));
    }
  }
  const range = multiplier == 1 ? 256 : multiplier == 2 ? 128 : multiplier == 3 ? 86 : 64;
  store<u32>(floor, partitions);
  store<i32>(floor + 4, posts);
  store<u32>(floor + 8, multiplier);
  store<u32>(floor + 12, bitLength(range - 1));
  return !isPastEnd() && orderPosts(floor, posts);
}

function readClass(kind: usize): bool {
  const dimensions = read(3) + 1, subclassBits = read(2);
  store<u32>(kind, dimensions);
  store<u32>(kind + 4, subclassBits);
  if (subclassBits != 0) {
    const master = getBook(read(8));
    if (master == 0) return false;
    store<u32>(kind + 8, <u32>master);
  }
  for (let i: u32 = 0; i < <u32>1 << subclassBits; i++) {
    const index = <i32>read(8) - 1;
    const book = getBook(index);
    if (index >= 0 && book == 0) return false;
    store<u32>(kind + 12 + (i << 2), <u32>book);
  }
  return true;
}

/** Sorts the posts and finds each one's neighbours among those before it, all between the first two; false where two lie on one place. */
function orderPosts(floor: usize, posts: i32): bool {
  for (let i = 0; i < posts; i++) {
    const place = placeOf(floor, i);
    let at = i, lower = 0, upper = 1;
    while (at > 0 && placeOf(floor, load<u8>(floor + sortedAt + at - 1)) > place) {
      store<u8>(floor + sortedAt + at, load<u8>(floor + sortedAt + at - 1));
      at--;
    }
    store<u8>(floor + sortedAt + at, <u8>i);
    for (let j = 0; j < i; j++) {
      const other = placeOf(floor, j);
      if (other == place) return false;
      if (other < place && other > placeOf(floor, lower)) lower = j;
      if (other > place && other < placeOf(floor, upper)) upper = j;
    }
    store<u8>(floor + lowerAt + i, <u8>lower);
    store<u8>(floor + upperAt + i, <u8>upper);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function placeOf(floor: usize, post: i32): i32 {
  return load<u16>(floor + placesAt + (<usize>post << 1));
}

/** Reads a channel's posts (section 7.2.3); false where it is silent. */
export function readPosts(floor: usize): bool {
  if (read(1) == 0) return false;
  const postBits = load<u32>(floor, 12);
  store<i32>(heights, read(postBits));
  store<i32>(heights + 4, read(postBits));
  let height = heights + 8;
  const start = packetStart();
  let at = position();
  const partitions = load<u32>(floor);
  for (let i: u32 = 0; i < partitions; i++) {
    const kind = floor + classesAt + <usize>load<u8>(floor + 16 + i) * classBytes;
    const subclassBits = load<u32>(kind, 4);
    const subclassMask = ((<u32>1 << subclassBits) - 1) << 2;
    let subclasses: u32 = 0;
    if (subclassBits != 0) {
      const master = load<u32>(kind, 8);
      const found = lookUp(codesOf(master), maskOf(master), peekAt(start, at));
      at += found & 63;
      subclasses = found >>> 8 << 2;
    }
    for (let left = load<u32>(kind); left > 0; left--, height += 4) {
      const book = load<u32>(kind + 12 + (subclasses & subclassMask));
      subclasses = subclasses >>> subclassBits & ~3;
      let value: u32 = 0;
      if (book != 0) {
        const found = lookUp(codesOf(book), maskOf(book), peekAt(start, at));
        at += found & 63;
        value = found >>> 8;
      }
      store<i32>(height, value);
    }
    if (at > packetEnd()) {
      moveTo(packetEnd() + 1);
      return false;
    }
  }
  moveTo(at);
  placePosts(floor);
  return true;
}

/** Amplitude values from differences to the line between neighbours (section 7.2.4, step 1). */
function placePosts(floor: usize): void {
  const posts = load<i32>(floor, 4), multiplier = load<i32>(floor, 8);
  const range = multiplier == 1 ? 256 : multiplier == 2 ? 128 : multiplier == 3 ? 86 : 64;
  store<u8>(isSaid, 1);
  store<u8>(isSaid + 1, 1);
  for (let i = 2; i < posts; i++) {
    const lower = <usize>load<u8>(floor + lowerAt + i), upper = <usize>load<u8>(floor + upperAt + i);
    const lowY = load<i32>(heights + (lower << 2)), highY = load<i32>(heights + (upper << 2));
    const lowX = placeOf(floor, <i32>lower);
    const run = placeOf(floor, <i32>upper) - lowX, rise = highY - lowY;
    const off = abs(rise) * (placeOf(floor, i) - lowX) / run;
    const predicted = rise < 0 ? lowY - off : lowY + off;
    const value = load<i32>(heights + (<usize>i << 2));
    store<u8>(isSaid + i, value != 0);
    if (value == 0) {
      store<i32>(heights + (<usize>i << 2), predicted);
      continue;
    }
    store<u8>(isSaid + lower, 1);
    store<u8>(isSaid + upper, 1);
    const above = range - predicted, below = predicted;
    let height: i32;
    if (value >= min(above, below) << 1) {
      height = above > below ? value : predicted - value + above - 1;
    } else {
      height = value & 1 ? predicted - ((value + 1) >> 1) : predicted + (value >> 1);
    }
    // What a damaged packet says stays a height, so that the differences after it stay numbers.
    store<i32>(heights + (<usize>i << 2), max(0, min(range - 1, height)));
  }
}

/** The curve of the posts read last, its first `count` values (section 7.2.4, step 2). */
export function renderFloor(floor: usize, curve: usize, count: i32): void {
  const posts = load<i32>(floor, 4), multiplier = load<i32>(floor, 8);
  let x = 0, y = min(255, load<i32>(heights) * multiplier);
  for (let i = 1; i < posts && x < count; i++) {
    const post = <usize>load<u8>(floor + sortedAt + i);
    if (load<u8>(isSaid + post) == 0) continue;
    const nextX = placeOf(floor, <i32>post), nextY = min(255, load<i32>(heights + (post << 2)) * multiplier);
    renderLine(curve, x, y, nextX, nextY, count);
    x = nextX;
    y = nextY;
  }
  const last = load<f32>(steps + (<usize>y << 2));
  for (; x < count; x++) store<f32>(curve + (<usize>x << 2), last);
}

/**
 * The standard's line of whole numbers, y + sign · ⌊|rise| · (x − x0) / run⌋, without its branches: in 32.32 fixed
 * point the slope, rounded up, is too steep by less than run² / 2³² over the whole line, and no floor is missed.
 */
// @ts-ignore: decorator
@inline
function renderLine(curve: usize, x: i32, y: i32, nextX: i32, nextY: i32, count: i32): void {
  const run = nextX - x, rise = nextY - y;
  let step = <i64>(((<u64>abs(rise) << 32) + <u64>(run - 1)) / <u64>run);
  let height = <i64>y << 32;
  if (rise < 0) {
    step = -step;
    height += 0xffffffff;
  }
  const end = curve + (<usize>min(nextX, count) << 2);
  for (let at = curve + (<usize>x << 2); at < end; at += 4, height += step) {
    store<f32>(at, load<f32>(steps + (<usize>(height >> 32) << 2)));
  }
}
