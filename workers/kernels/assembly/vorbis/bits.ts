/**
 * Reads a packet's bits, lowest first (Vorbis I, section 2): one unaligned load, one shift. Behind a packet lie
 * `packetPadding` bytes, so that whatever was read at its end is memory of its own; the reader finds out afterwards.
 */
export const packetPadding: usize = 16;

let packet: usize = 0;
let bitAt: u32 = 0;
let bitEnd: u32 = 0;

export function openPacket(start: usize, bytes: u32): void {
  packet = start;
  bitAt = 0;
  bitEnd = bytes << 3;
}

// @ts-ignore: decorator
@inline
export function packetStart(): usize {
  return packet;
}

// @ts-ignore: decorator
@inline
export function position(): u32 {
  return bitAt;
}

// @ts-ignore: decorator
@inline
export function packetEnd(): u32 {
  return bitEnd;
}

/** Never further behind the end than the padding reaches. */
// @ts-ignore: decorator
@inline
export function moveTo(at: u32): void {
  bitAt = at;
}

export function isPastEnd(): bool {
  return bitAt > bitEnd;
}

export function bitsLeft(): i32 {
  return <i32>bitEnd - <i32>bitAt;
}

/** At least 57 bits from `at` on. */
// @ts-ignore: decorator
@inline
export function peekAt(start: usize, at: u32): u64 {
  return load<u64>(start + (at >>> 3)) >> (at & 7);
}

/** Up to 32 bits; past the end it gives nothing but zeros, and stays there. */
export function read(count: u32): u32 {
  if (bitAt > bitEnd) return 0;
  const value = <u32>(peekAt(packet, bitAt) & ((<u64>1 << count) - 1));
  bitAt += count;
  return bitAt > bitEnd ? 0 : value;
}

/** Bits that a number takes (section 9.2.1). */
export function bitLength(value: u32): u32 {
  return 32 - clz(value);
}
