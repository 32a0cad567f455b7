/**
 * The shapes of all bands (RFC 6716 section 4.3.4): vectors of length one, split in halves where they have too many
 * pulses, folded from lower bands where they have none.
 *
 * Bands from `keptBands` on are read, not made: their symbols are followed to the last, and nothing is computed from
 * them. Lower bands never need higher ones.
 */
import { BANDS, BITRES, edge } from './tables';
import { balance, codedBands, intensityBand, isDual, shapeBits } from './allocation';
import { decodeRaw, tellEighths } from './range-decoder';
import { beginBand, partition, remaining, spend } from './partition';
import { copyTo, merge, scaleTo } from './shape-vectors';
import { deinterleave, haar, interleave } from './time-frequency';
import { angle, angleBits, firstLength, imbalance, isInverted, readTheta, secondLength } from './theta';

const CHANNEL: i32 = 832;
/** Shapes of both channels, of 100 × 8 coefficients each. */
export const shapes = memory.data(2 * CHANNEL * 4, 16);
export const shapeBytes: usize = CHANNEL * 4;
/** The same at a length of √N, from which higher bands are folded. */
const sources = memory.data(2 * CHANNEL * 4, 16);
const foldScratch = memory.data(184 * 4, 16);
/** Which short blocks of a band hold anything: two channels. */
export const masks = memory.data(BANDS * 2, 16);
export const changes = memory.data(BANDS * 4, 16);

const maskJoin = memory.data<u8>([0, 1, 1, 1, 2, 3, 3, 3, 2, 3, 3, 3, 2, 3, 3, 3]);
const maskPart = memory.data<u8>([0x00, 0x03, 0x0c, 0x0f, 0x30, 0x33, 0x3c, 0x3f, 0xc0, 0xc3, 0xcc, 0xcf, 0xf0, 0xf3, 0xfc, 0xff]);

let band: i32 = 0;
let change: i32 = 0;
let isKept: bool = false;

function readSign(x: usize): void {
  let sign = 0;
  if (remaining >= 8) {
    sign = <i32>decodeRaw(1);
    spend(8);
  }
  store<f32>(x, sign ? -1 : 1);
}

/** One channel's band; `target` is where later bands are folded from, or 0. */
function monoBand(x: usize, n: i32, bits: i32, blocks: i32, source: usize, lm: i32, target: usize, gain: f32, fill: u32): u32 {
  if (n == 1) {
    readSign(x);
    if (target) store<f32>(target, load<f32>(x));
    return 1;
  }
  const isLong = blocks == 1;
  let width = n / blocks;
  let tf = change;
  const joined = tf > 0 ? tf : 0;
  if (!isKept) {
    // Only the number of blocks matters to what is read.
    blocks >>= joined;
    width <<= joined;
    for (; (width & 1) == 0 && tf < 0; tf++) { blocks <<= 1; width >>= 1; }
    return partition(x, n, bits, blocks, 0, lm, gain, fill ? ((<u32>1) << blocks) - 1 : 0);
  }
  if (source && (joined || ((width & 1) == 0 && tf < 0) || blocks > 1)) {
    copyTo(foldScratch, source, n);
    source = foldScratch;
  }
  for (let k = 0; k < joined; k++) {
    if (source) haar(source, n >> k, 1 << k);
    fill = <u32>load<u8>(maskJoin + (fill & 15)) | (<u32>load<u8>(maskJoin + (fill >> 4 & 15)) << 2);
  }
  blocks >>= joined;
  width <<= joined;
  let divided = 0;
  for (; (width & 1) == 0 && tf < 0; tf++) {
    if (source) haar(source, width, blocks);
    fill |= fill << blocks;
    blocks <<= 1;
    width >>= 1;
    divided++;
  }
  const parts = blocks;
  if (parts > 1 && source) deinterleave(source, width >> joined, parts << joined, isLong);
  let mask = partition(x, n, bits, parts, source, lm, gain, fill);
  if (parts > 1) interleave(x, width >> joined, parts << joined, isLong);
  for (let k = 0; k < divided; k++) {
    blocks >>= 1;
    width <<= 1;
    mask |= mask >> blocks;
    haar(x, width, blocks);
  }
  for (let k = 0; k < joined; k++) {
    mask = load<u8>(maskPart + (mask & 15));
    haar(x, n >> k, 1 << k);
  }
  blocks <<= joined;
  if (target) scaleTo(target, x, n, sqrt<f32>(<f32>n));
  return mask & (((<u32>1) << blocks) - 1);
}

function stereoBand(x: usize, y: usize, n: i32, bits: i32, blocks: i32, source: usize, lm: i32, target: usize, fill: u32): u32 {
  if (n == 1) {
    readSign(x);
    readSign(y);
    if (target) store<f32>(target, load<f32>(x));
    return 1;
  }
  const fillBefore = fill;
  readTheta(band, n, bits, blocks, lm, true, band >= intensityBand, remaining);
  const theta = angle, inverted = isInverted;
  bits -= angleBits;
  const mid: f32 = <f32>firstLength / 32768, side: f32 = <f32>secondLength / 32768;
  const all: u32 = ((<u32>1) << blocks) - 1;
  if (theta == 0) fill &= all;
  else if (theta == 16384) fill &= all << blocks;
  let mask: u32 = 0;
  if (n == 2) {
    // Mid and side stand at right angles: one of them and a sign are enough.
    const sideBits = theta != 0 && theta != 16384 ? 8 : 0;
    spend(angleBits + sideBits);
    const long = theta > 8192 ? y : x, short = theta > 8192 ? x : y;
    const sign: f32 = sideBits && decodeRaw(1) ? -1 : 1;
    mask = monoBand(long, n, bits - sideBits, blocks, source, lm, target, 1, fillBefore);
    if (!isKept) return mask;
    store<f32>(short, -sign * load<f32>(long, 4));
    store<f32>(short, sign * load<f32>(long), 4);
    for (let i: usize = 0; i < 8; i += 4) {
      const m = mid * load<f32>(x + i), s = side * load<f32>(y + i);
      store<f32>(x + i, m - s);
      store<f32>(y + i, m + s);
    }
  } else {
    let midBits = max(0, min(bits, (bits - imbalance) / 2));
    let sideBits = bits - midBits;
    spend(angleBits);
    const before = remaining;
    if (midBits >= sideBits) {
      mask = monoBand(x, n, midBits, blocks, source, lm, target, 1, fill);
      const over = midBits - (before - remaining);
      if (over > 24 && theta != 0) sideBits += over - 24;
      mask |= monoBand(y, n, sideBits, blocks, 0, lm, 0, side, fill >> blocks);
    } else {
      mask = monoBand(y, n, sideBits, blocks, 0, lm, 0, side, fill >> blocks);
      const over = sideBits - (before - remaining);
      if (over > 24 && theta != 16384) midBits += over - 24;
      mask |= monoBand(x, n, midBits, blocks, source, lm, target, 1, fill);
    }
    if (!isKept) return mask;
    merge(x, y, mid, n);
  }
  if (inverted) scaleTo(y, y, n, -1);
  return mask;
}

/** Reads every band up to `end` and makes those below `keptBands`. */
export function readBands(end: i32, keptBands: i32, channels: i32, lm: i32, blocks: i32, spreading: i32, totalBits: i32): void {
  let dual = isDual;
  let over = balance;
  let foldFrom = 0;
  let mayFold = true;
  for (band = 0; band < end; band++) {
    const begin = edge(band) << lm;
    const n = (edge(band + 1) << lm) - begin;
    const x = shapes + (begin << 2), y = x + shapeBytes;
    isKept = band < keptBands;
    const used = tellEighths();
    if (band != 0) over -= used;
    beginBand(band, isKept, spreading, totalBits - used - 1);
    const share = load<i32>(shapeBits + (band << 2));
    let bits = 0;
    if (band < codedBands) {
      bits = max(0, min(16383, min(remaining + 1, share + over / min(3, codedBands - band))));
    }
    change = load<i32>(changes + (band << 2));
    if (dual && band == intensityBand) {
      dual = 0;
      for (let i = 0; i < begin; i++) {
        const p = sources + (i << 2);
        store<f32>(p, 0.5 * (load<f32>(p) + load<f32>(p + shapeBytes)));
      }
    }
    if ((begin >= n || band == 1) && (mayFold || foldFrom == 0)) foldFrom = band;
    let fill0: u32 = ((<u32>1) << blocks) - 1, fill1 = fill0, fold = -1;
    if (isKept && foldFrom != 0 && (spreading != 3 || blocks > 1 || change < 0)) {
      fold = max(0, (edge(foldFrom) << lm) - n);
      let from = foldFrom;
      do from--; while (edge(from) << lm > fold);
      let to = foldFrom;
      while (to < band && edge(to) << lm < fold + n) to++;
      fill0 = fill1 = 0;
      do {
        fill0 |= load<u8>(masks + from * 2);
        fill1 |= load<u8>(masks + from * 2, 1);
      } while (++from < to);
    }
    const source: usize = fold < 0 ? 0 : sources + (fold << 2);
    const target: usize = isKept && band != end - 1 ? sources + (begin << 2) : 0;
    if (dual) {
      fill0 = monoBand(x, n, bits / 2, blocks, source, lm, target, 1, fill0);
      fill1 = monoBand(y, n, bits / 2, blocks, source ? source + shapeBytes : 0, lm, target ? target + shapeBytes : 0, 1, fill1);
    } else {
      if (channels == 2) fill0 = stereoBand(x, y, n, bits, blocks, source, lm, target, fill0 | fill1);
      else fill0 = monoBand(x, n, bits, blocks, source, lm, target, 1, fill0 | fill1);
      fill1 = fill0;
    }
    store<u8>(masks + band * 2, <u8>fill0);
    store<u8>(masks + band * 2, <u8>fill1, 1);
    over += share + used;
    mayFold = bits > n << BITRES;
  }
}
