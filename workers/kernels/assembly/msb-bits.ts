/**
 * Reads bits, first bit first, from bytes that were turned round: WASM has no byte swap, but of bytes in the other order
 * one unaligned 64-bit load is a big-endian word. Nothing is refilled; a read is a load and two shifts.
 * Law: `reverse` leaves zeros behind the last byte, and a position never goes further than 64 bits past the end.
 */
const MARGIN: usize = 32;

let top: usize = 0;
let bitPosition: i32 = 0;
let bitEnd: i32 = 0;

/** Bytes a target of `reverse` needs for `count` bytes. */
export function reversedBytes(count: usize): usize { return count + 2 * MARGIN; }

/** Turns `count` bytes round into `target`; gives what `bitsOpen` and `wordAt` take. */
export function reverse(source: usize, count: i32, target: usize): usize {
  const first = target + MARGIN + <usize>count;
  memory.fill(target, 0, MARGIN);
  let i = 0;
  for (; i + 16 <= count; i += 16) {
    const bytes = v128.load(source + i);
    v128.store(first - i - 16, i8x16.swizzle(bytes, i8x16(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)));
  }
  for (; i < count; i++) store<u8>(first - i - 1, load<u8>(source + i));
  return first - 8;
}

// @ts-ignore: decorator
@inline
export function wordAt(reversed: usize, position: i32): u64 {
  return load<u64>(reversed - (position >> 3)) << (position & 7);
}

export function bitsOpen(reversed: usize, position: i32, end: i32): void {
  top = reversed; bitPosition = position; bitEnd = end;
}

/** `count` from 1 to 57. */
// @ts-ignore: decorator
@inline
export function peek(count: i32): u32 { return <u32>(wordAt(top, bitPosition) >> (64 - count)); }

// @ts-ignore: decorator
@inline
export function skip(count: i32): void { bitPosition = min(bitPosition + count, bitEnd + 64); }

/** 0 bits are 0. */
// @ts-ignore: decorator
@inline
export function read(count: i32): u32 {
  const value = <u32>(wordAt(top, bitPosition) >> 1 >> (63 - count));
  skip(count);
  return value;
}

export function position(): i32 { return bitPosition; }
export function overrun(): bool { return bitPosition > bitEnd; }
