/**
 * A constellation in about 19 bits a peak. For each peak, most significant bit first:
 *   1. frames since the peak before it (the first: since frame 0), Rice-coded with k = 2:
 *      the quotient by 4 as that many 1s and a 0, then the remainder in 2 bits
 *   2. frequency step, 10 bits
 *   3. rank, 6 bits
 * At the end zeros fill the last byte.
 */
import { BitWriter } from './bit-writer.ts';
import type { Constellation } from './constellation.ts';
import { stepCount } from './parameters.ts';

const riceBits = 2;
const stepBits = 10;
const rankBits = 6;

export function packConstellation(source: Constellation): Uint8Array<ArrayBuffer> {
  const bits = new BitWriter();
  let frame = 0;
  for (let i = 0; i < source.frames.length; i++) {
    const gap = (source.frames[i] as number) - frame;
    frame += gap;
    for (let ones = gap >> riceBits; ones > 0; ones -= 16) bits.write(0xffff, Math.min(16, ones));
    bits.write(0, 1);
    bits.write(gap & ((1 << riceBits) - 1), riceBits);
    bits.write(source.steps[i] as number, stepBits);
    bits.write(source.ranks[i] as number, rankBits);
  }
  return bits.finish();
}

/**
 * Undoes `packConstellation`. The bytes are not trusted: whatever breaks a law of constellations (order, range,
 * count, an end too early) gives `undefined`. `maxFrame` bounds time. `bytesRead` lets the caller refuse a rest.
 * A code is read from one 25-bit window where its quotient is below 7, which nearly all are: 20 ns a peak.
 */
export function unpackConstellation(
  bytes: Uint8Array,
  peakCount: number,
  maxFrame: number,
): { readonly constellation: Constellation; readonly bytesRead: number } | undefined {
  const bitCount = bytes.length * 8;
  if (bitCount < peakCount * (1 + riceBits + stepBits + rankBits)) return undefined;
  const frames = new Uint32Array(peakCount);
  const steps = new Uint16Array(peakCount);
  const ranks = new Uint8Array(peakCount);
  let at = 0;
  let frame = 0;
  let lastStep = -1;
  for (let i = 0; i < peakCount; i++) {
    let quotient = 0;
    let window = windowAt(bytes, at);
    let ones = Math.clz32(~window);
    while (ones >= 7) {
      quotient += 4;
      at += 4;
      if (at >= bitCount || frame + (quotient << riceBits) > maxFrame) return undefined;
      window = windowAt(bytes, at);
      ones = Math.clz32(~window);
    }
    quotient += ones;
    const tail = window << (ones + 1);
    at += ones + 1 + riceBits + stepBits + rankBits;
    if (at > bitCount) return undefined;
    const gap = (quotient << riceBits) + (tail >>> (32 - riceBits));
    const step = (tail << riceBits) >>> (32 - stepBits);
    frame += gap;
    if (frame > maxFrame || step >= stepCount || (gap === 0 && i > 0 && step <= lastStep)) return undefined;
    frames[i] = frame;
    steps[i] = step;
    ranks[i] = (tail << (riceBits + stepBits)) >>> (32 - rankBits);
    lastStep = step;
  }
  // One constellation has one way to be written: the rest of the last byte is 0.
  if ((at & 7) !== 0 && ((bytes[at >> 3] as number) << (at & 7)) & 0xff) return undefined;
  return { constellation: { frames, steps, ranks }, bytesRead: (at + 7) >> 3 };
}

/** At least 25 bits from bit `at` on, the first of them in the highest place. Past the end come zeros. */
function windowAt(bytes: Uint8Array, at: number): number {
  const byte = at >> 3;
  const word =
    ((bytes[byte] ?? 0) << 24) |
    ((bytes[byte + 1] ?? 0) << 16) |
    ((bytes[byte + 2] ?? 0) << 8) |
    (bytes[byte + 3] ?? 0);
  return word << (at & 7);
}
