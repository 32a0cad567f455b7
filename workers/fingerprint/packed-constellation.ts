/**
 * A constellation in about 16 bits a peak as a reference, 18 as an upload. For each peak, most significant bit first:
 *   1. frames since the peak before it (the first: since frame 0), Rice-coded with k = 1:
 *      the quotient by 2 as that many 1s and a 0, then the remainder in 1 bit
 *   2. frequency step; of a peak in the same frame as the one before, counted from the step above that one's
 *   3. rank
 * Steps and ranks are in truncated binary: of n values, n not a power of two, the lower ones take a bit less.
 * At the end zeros fill the last byte.
 */
import { BitWriter } from './bit-writer.ts';
import type { Constellation } from './constellation.ts';
import { stepCount } from './parameters.ts';

const riceBits = 1;

/** @param rankCount Ranks there can be, 0…rankCount − 1. */
export function packConstellation(source: Constellation, rankCount: number): Uint8Array<ArrayBuffer> {
  const bits = new BitWriter(expectedBytes(source.frames.length));
  packPeaks(bits, source, { from: 0, end: source.frames.length }, 0, rankCount);
  return bits.written().slice();
}

/** Room for so many peaks, more than they mostly take. */
export function expectedBytes(peakCount: number): number {
  return 3 * peakCount + 64;
}

/** A part of a constellation, its frames counted from `origin`; it ends with a byte. */
export function packPeaks(
  bits: BitWriter,
  { frames, steps, ranks }: Constellation,
  peaks: { readonly from: number; readonly end: number },
  origin: number,
  rankCount: number,
): void {
  const rankWidth = 31 - Math.clz32(rankCount);
  const shortRanks = (2 << rankWidth) - rankCount;
  let frame = origin;
  let lowest = 0;
  for (let i = peaks.from; i < peaks.end; i++) {
    const gap = (frames[i] as number) - frame;
    frame += gap;
    if (gap > 0) lowest = 0;
    let ones = gap >> riceBits;
    for (; ones > 6; ones -= 6) bits.write(0x3f, 6);
    // What is left of the gap, step and rank are 24 bits at the most: written at once.
    let code = (((1 << ones) - 1) << (1 + riceBits)) | (gap & ((1 << riceBits) - 1));
    let width = ones + 1 + riceBits;
    const left = stepCount - lowest;
    const stepWidth = 31 - Math.clz32(left);
    const shortSteps = (2 << stepWidth) - left;
    const above = (steps[i] as number) - lowest;
    const isLongStep = above >= shortSteps ? 1 : 0;
    code = (code << (stepWidth + isLongStep)) | (above + isLongStep * shortSteps);
    width += stepWidth + isLongStep;
    lowest += above + 1;
    const rank = ranks[i] as number;
    const isLongRank = rank >= shortRanks ? 1 : 0;
    code = (code << (rankWidth + isLongRank)) | (rank + isLongRank * shortRanks);
    width += rankWidth + isLongRank;
    bits.write(code, width);
  }
  bits.endByte();
}

/**
 * Undoes `packConstellation`. The bytes are not trusted: whatever breaks a law of constellations (order, range,
 * count, an end too early) gives `undefined`. `maxFrame` bounds time. `bytesRead` lets the caller refuse a rest.
 */
export function unpackConstellation(
  bytes: Uint8Array,
  peakCount: number,
  maxFrame: number,
  rankCount: number,
): { readonly constellation: Constellation; readonly bytesRead: number } | undefined {
  const rankWidth = 31 - Math.clz32(rankCount);
  if (bytes.length * 8 < peakCount * (1 + riceBits + rankWidth)) return undefined;
  const constellation = {
    frames: new Uint32Array(peakCount),
    steps: new Uint16Array(peakCount),
    ranks: new Uint8Array(peakCount),
  };
  const all = { from: 0, count: peakCount };
  const bytesRead = unpackInto(constellation, all, bytes, { origin: 0, last: maxFrame }, rankCount);
  return bytesRead < 0 ? undefined : { constellation, bytesRead };
}

/**
 * The same as a part of something larger: `peaks.count` peaks from index `peaks.from` on, whose frames are counted from
 * `times.origin` and end at `times.last`. Gives the bytes read, −1 where a law is broken. A code is read from one 25-bit
 * window where its quotient is below 7, which nearly all are.
 */
export function unpackInto(
  { frames, steps, ranks }: Constellation,
  peaks: { readonly from: number; readonly count: number },
  bytes: Uint8Array,
  times: { readonly origin: number; readonly last: number },
  rankCount: number,
): number {
  const bitCount = bytes.length * 8;
  const rankWidth = 31 - Math.clz32(rankCount);
  const shortRanks = (2 << rankWidth) - rankCount;
  const maxFrame = times.last;
  const end = peaks.from + peaks.count;
  let at = 0;
  let frame = times.origin;
  let lowest = 0;
  for (let i = peaks.from; i < end; i++) {
    let quotient = 0;
    let window = windowAt(bytes, at);
    let ones = Math.clz32(~window);
    while (ones >= 7) {
      quotient += 4;
      at += 4;
      if (at >= bitCount || frame + (quotient << riceBits) > maxFrame) return -1;
      window = windowAt(bytes, at);
      ones = Math.clz32(~window);
    }
    quotient += ones;
    let rest = window << (ones + 1);
    const gap = (quotient << riceBits) + (rest >>> (32 - riceBits));
    rest <<= riceBits;
    if (gap > 0) lowest = 0;
    const left = stepCount - lowest;
    if (left === 0) return -1;
    let width = 31 - Math.clz32(left);
    const shortSteps = (2 << width) - left;
    let above = width === 0 ? 0 : rest >>> (32 - width);
    if (above >= shortSteps) above = (rest >>> (32 - ++width)) - shortSteps;
    rest <<= width;
    let rank = rest >>> (32 - rankWidth);
    let rankBits = rankWidth;
    if (rank >= shortRanks) rank = (rest >>> (32 - ++rankBits)) - shortRanks;
    at += ones + 1 + riceBits + width + rankBits;
    frame += gap;
    if (at > bitCount || frame > maxFrame) return -1;
    frames[i] = frame;
    steps[i] = lowest + above;
    ranks[i] = rank;
    lowest += above + 1;
  }
  // One constellation has one way to be written: the rest of the last byte is 0.
  if ((at & 7) !== 0 && ((bytes[at >> 3] as number) << (at & 7)) & 0xff) return -1;
  return (at + 7) >> 3;
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
