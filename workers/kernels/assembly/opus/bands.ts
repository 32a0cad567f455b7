/**
 * The shapes of all bands (RFC 6716 section 4.3.4): vectors of length one, split in halves where they have too many
 * pulses, folded from lower bands where they have none.
 *
 * Bands from `keptBands` on are read, not made: their symbols are followed to the last, and nothing is computed from
 * them. Lower bands never need higher ones.
 */
import { BANDS, BITRES, costsOf, edge } from './tables';
import { balance, codedBands, intensityBand, isDual, shapeBits } from './allocation';
import { decodeRaw, tellEighths } from './range-decoder';
import { readPulses, skipPulses } from './pulses';
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

/** State of the noise, which every frame begins with the range decoder's. */
export let seed: u32 = 0;
let band: i32 = 0;
let spread: i32 = 0;
let change: i32 = 0;
let remaining: i32 = 0;
let isKept: bool = false;

export function setSeed(to: u32): void { seed = to; }

// @ts-ignore: decorator
@inline
export function nextNoise(): u32 { seed = 1664525 * seed + 1013904223; return seed; }

export function renormalize(x: usize, n: i32, gain: f32): void {
  let power: f32 = 1e-15;
  for (let i = 0; i < n; i++) power += load<f32>(x + (i << 2)) * load<f32>(x + (i << 2));
  scale(x, n, gain / sqrt<f32>(power));
}

// @ts-ignore: decorator
@inline
function scale(x: usize, n: i32, gain: f32): void {
  for (let i = 0; i < n; i++) store<f32>(x + (i << 2), load<f32>(x + (i << 2)) * gain);
}

/** The number of pulses, as an entry of the cost table, that comes nearest to `bits`. */
function pulseEntry(costs: usize, bits: i32): i32 {
  bits--;
  let low = 0, high: i32 = load<u8>(costs);
  for (let i = 0; i < 6; i++) {
    const mid = (low + high + 1) >> 1;
    if (<i32>load<u8>(costs + mid) >= bits) high = mid;
    else low = mid;
  }
  return bits - (low == 0 ? -1 : <i32>load<u8>(costs + low)) <= <i32>load<u8>(costs + high) - bits ? low : high;
}

// @ts-ignore: decorator
@inline
function costOf(costs: usize, entry: i32): i32 { return entry == 0 ? 0 : <i32>load<u8>(costs + entry) + 1; }

/** One channel's band or a part of it, in time order. `source` is 0 where there is nothing to fold from. */
function partition(x: usize, n: i32, bits: i32, blocks: i32, source: usize, lm: i32, gain: f32, fill: u32): u32 {
  const costs = costsOf(lm, band);
  if (lm != -1 && n > 2 && bits > <i32>load<u8>(costs + load<u8>(costs)) + 12) {
    return splitPartition(x, n >> 1, bits, blocks, source, lm - 1, gain, fill);
  }
  let entry = pulseEntry(costs, bits);
  let cost = costOf(costs, entry);
  remaining -= cost;
  while (remaining < 0 && entry > 0) {
    remaining += cost;
    cost = costOf(costs, --entry);
    remaining -= cost;
  }
  if (entry != 0) {
    const pulses = entry < 8 ? entry : (8 + (entry & 7)) << ((entry >> 3) - 1);
    if (isKept) return readPulses(x, n, pulses, spread, blocks, gain);
    skipPulses(n, pulses);
    return 0;
  }
  if (!isKept) return 0;
  const all: u32 = ((<u32>1) << blocks) - 1;
  fill &= all;
  if (!fill) {
    memory.fill(x, 0, n << 2);
    return 0;
  }
  if (source == 0) {
    for (let i = 0; i < n; i++) store<f32>(x + (i << 2), <f32>(<i32>nextNoise() >> 20));
    fill = all;
  } else {
    for (let i = 0; i < n; i++) {
      store<f32>(x + (i << 2), load<f32>(source + (i << 2)) + <f32>(nextNoise() & 0x8000 ? 1.0 / 256 : -1.0 / 256));
    }
  }
  renormalize(x, n, gain);
  return fill;
}

function splitPartition(x: usize, n: i32, bits: i32, blocks: i32, source: usize, lm: i32, gain: f32, fill: u32): u32 {
  const y = x + (n << 2);
  const blocksBefore = blocks;
  if (blocks == 1) fill = (fill & 1) | (fill << 1);
  blocks = (blocks + 1) >> 1;
  readTheta(band, n, bits, blocksBefore, lm, false, false, remaining);
  const theta = angle;
  bits -= angleBits;
  remaining -= angleBits;
  const first = gain * (<f32>firstLength / 32768), second = gain * (<f32>secondLength / 32768);
  let delta = imbalance;
  const all: u32 = ((<u32>1) << blocks) - 1;
  if (theta == 0) fill &= all;
  else if (theta == 16384) fill &= all << blocks;
  // Low energies get more than their share: they are masked by what comes before them, not after.
  if (blocksBefore > 1 && (theta & 0x3fff)) {
    if (theta > 8192) delta -= delta >> (4 - lm);
    else delta = min(0, delta + ((n << BITRES) >> (5 - lm)));
  }
  let firstBits = max(0, min(bits, (bits - delta) / 2));
  let secondBits = bits - firstBits;
  const sourceY: usize = source ? source + (n << 2) : 0;
  const shift = blocksBefore >> 1;
  const before = remaining;
  if (firstBits >= secondBits) {
    const mask = partition(x, n, firstBits, blocks, source, lm, first, fill);
    const over = firstBits - (before - remaining);
    if (over > 24 && theta != 0) secondBits += over - 24;
    return mask | (partition(y, n, secondBits, blocks, sourceY, lm, second, fill >> blocks) << shift);
  }
  const mask = partition(y, n, secondBits, blocks, sourceY, lm, second, fill >> blocks) << shift;
  const over = secondBits - (before - remaining);
  if (over > 24 && theta != 16384) firstBits += over - 24;
  return mask | partition(x, n, firstBits, blocks, source, lm, first, fill);
}

function readSign(x: usize): void {
  let sign = 0;
  if (remaining >= 8) {
    sign = <i32>decodeRaw(1);
    remaining -= 8;
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
    return partition(x, n, bits, blocks, 0, lm, gain, 0);
  }
  if (source && (joined || ((width & 1) == 0 && tf < 0) || blocks > 1)) {
    memory.copy(foldScratch, source, n << 2);
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
  if (target) {
    const up = sqrt<f32>(<f32>n);
    for (let i = 0; i < n; i++) store<f32>(target + (i << 2), up * load<f32>(x + (i << 2)));
  }
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
    remaining -= angleBits + sideBits;
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
    remaining -= angleBits;
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
  if (inverted) scale(y, n, -1);
  return mask;
}

/** Mid and side to left and right, each of length one. */
function merge(x: usize, y: usize, mid: f32, n: i32): void {
  let cross: f32 = 0, side: f32 = 0;
  for (let i = 0; i < n; i++) {
    const b = load<f32>(y + (i << 2));
    cross += load<f32>(x + (i << 2)) * b;
    side += b * b;
  }
  cross *= mid;
  const left = mid * mid + side - 2 * cross, right = mid * mid + side + 2 * cross;
  if (!(right >= 6e-4 && left >= 6e-4)) {
    memory.copy(y, x, n << 2);
    return;
  }
  const leftGain: f32 = 1 / sqrt<f32>(left), rightGain: f32 = 1 / sqrt<f32>(right);
  for (let i = 0; i < n; i++) {
    const m = mid * load<f32>(x + (i << 2)), s = load<f32>(y + (i << 2));
    store<f32>(x + (i << 2), leftGain * (m - s));
    store<f32>(y + (i << 2), rightGain * (m + s));
  }
}

/** Reads every band up to `end` and makes those below `keptBands`. */
export function readBands(end: i32, keptBands: i32, channels: i32, lm: i32, blocks: i32, spreading: i32, totalBits: i32): void {
  spread = spreading;
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
    remaining = totalBits - used - 1;
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
    if (isKept && foldFrom != 0 && (spread != 3 || blocks > 1 || change < 0)) {
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
