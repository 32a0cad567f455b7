/**
 * The bits of FLAC frames, most significant first (RFC 9639 section 5). The bytes are reversed once when they come, so that
 * one unaligned little-endian load at any byte gives the next 57 bits or more in order: WASM cannot swap bytes.
 * Behind the last byte lie zeros; who reads past the end must notice by `isPastEnd`, and soon: the zeros are 64 bytes.
 */

/** A frame of 8 channels, 65,536 samples and 33 bits, and a little more. */
export const INPUT_MAX: i32 = 2304 * 1024;
const PADDING: i32 = 64;

const room = heap.alloc(INPUT_MAX + 2 * PADDING);
/** Where the caller puts bytes; afterwards the first is the last. */
export const input: usize = room + PADDING;

/** Where the word of the first byte lies. */
let firstWord: usize = input;
let endBit: i32 = 0;
let position: i32 = 0;

memory.fill(room, 0, PADDING);

// @ts-ignore: decorator
@inline
function reversed(x: v128): v128 {
  return i8x16.shuffle(x, x, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

/** `count` bytes wait at `input`. */
export function takeBytes(count: i32): void {
  let low = input, high = input + count;
  while (high - low >= 32) {
    high -= 16;
    const a = v128.load(low), b = v128.load(high);
    v128.store(low, reversed(b));
    v128.store(high, reversed(a));
    low += 16;
  }
  while (high - low >= 2) {
    high--;
    const a = load<u8>(low);
    store<u8>(low, load<u8>(high));
    store<u8>(high, a);
    low++;
  }
  firstWord = input + count - 8;
  endBit = count << 3;
  position = 0;
}

// @ts-ignore: decorator
@inline
export function bitPosition(): i32 { return position; }

// @ts-ignore: decorator
@inline
export function seekBit(bit: i32): void { position = bit; }

// @ts-ignore: decorator
@inline
export function lastBit(): i32 { return endBit; }

// @ts-ignore: decorator
@inline
export function isPastEnd(): bool { return position > endBit; }

/** The bits from `bit` on, from the highest: 57 of them at least. */
// @ts-ignore: decorator
@inline
export function bitsAt(bit: i32): u64 {
  return load<u64>(firstWord - (bit >>> 3)) << (bit & 7);
}

/** 0 to 32 bits. */
export function unsigned(count: i32): u32 {
  if (count == 0) return 0;
  const bits = bitsAt(position);
  position += count;
  return <u32>(bits >> (64 - count));
}

/** 0 to 32 bits, as two's complement. */
export function signed(count: i32): i32 {
  if (count == 0) return 0;
  const bits = <i64>bitsAt(position);
  position += count;
  return <i32>(bits >> (64 - count));
}

/** The number of zeros before the next one, which is taken as well; -1 where there is none. */
export function unary(): i32 {
  let zeros = 0;
  while (!isPastEnd()) {
    const leading = <i32>clz(bitsAt(position));
    if (leading < 57) {
      position += leading + 1;
      return isPastEnd() ? -1 : zeros + leading;
    }
    position += 56;
    zeros += 56;
  }
  return -1;
}
