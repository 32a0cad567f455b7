/**
 * How many bits each band gets (RFC 6716 section 4.3.3): a static table interpolated to what the frame holds, boosts,
 * tilt, bands skipped from the top, and of each band's bits those for fine energy. Integers throughout, in eighths of
 * a bit: encoder and decoder must agree on every one.
 */
import { ALLOCATION_ROWS, BANDS, BITRES, MAX_FINE_BITS, allocationRow, edge, widthLog } from './tables';
import { decodeBit, decodeUniform } from './range-decoder';

export const boosts = memory.data(BANDS * 4, 16);
export const capsNow = memory.data(BANDS * 4, 16);
/** Eighths of bits for a band's shape. */
export const shapeBits = memory.data(BANDS * 4, 16);
export const fineBits = memory.data(BANDS * 4, 16);
export const finePriorities = memory.data(BANDS * 4, 16);
export let codedBands: i32 = 0;
export let intensityBand: i32 = 0;
export let isDual: i32 = 0;
/** Bits over the caps, for the bands that follow. */
export let balance: i32 = 0;

const lower = memory.data(BANDS * 4, 16);
const rise = memory.data(BANDS * 4, 16);
const thresholds = memory.data(BANDS * 4, 16);
const tilts = memory.data(BANDS * 4, 16);
/** log2 of the number of choices for the intensity band. */
const choiceBits = memory.data<u8>([0, 8, 13, 16, 19, 21, 23, 24, 26, 27, 28, 29, 30, 31, 32, 32, 33, 34, 34, 35, 36, 36, 37, 37]);
const FINE_OFFSET: i32 = 21;
const STEPS: i32 = 6;

// @ts-ignore: decorator
@inline
function at(p: usize, band: i32): i32 { return load<i32>(p + (band << 2)); }
// @ts-ignore: decorator
@inline
function put(p: usize, band: i32, x: i32): void { store<i32>(p + (band << 2), x); }

// @ts-ignore: decorator
@inline
function rowBits(row: i32, band: i32, channels: i32, lm: i32): i32 {
  const bits = ((channels * (edge(band + 1) - edge(band)) * allocationRow(row, band)) << lm) >> 2;
  return bits > 0 ? max(0, bits + at(tilts, band)) : bits;
}

export function allocate(end: i32, trim: i32, total: i32, channels: i32, lm: i32): void {
  total = max(total, 0);
  const skipReserve = total >= 8 ? 8 : 0;
  total -= skipReserve;
  let intensityReserve = 0, dualReserve = 0;
  if (channels == 2) {
    intensityReserve = load<u8>(choiceBits + end);
    if (intensityReserve > total) {
      intensityReserve = 0;
    } else {
      total -= intensityReserve;
      dualReserve = total >= 8 ? 8 : 0;
      total -= dualReserve;
    }
  }
  for (let j = 0; j < end; j++) {
    const width = edge(j + 1) - edge(j);
    put(thresholds, j, max(channels << BITRES, ((3 * width) << lm << BITRES) >> 4));
    let tilt = (channels * width * (trim - 5 - lm) * (end - j - 1) * (1 << (lm + BITRES))) >> 6;
    if (width << lm == 1) tilt -= channels << BITRES;
    put(tilts, j, tilt);
  }
  let low = 1, high = ALLOCATION_ROWS - 1;
  do {
    const mid = (low + high) >> 1;
    let sum = 0, done = false;
    for (let j = end - 1; j >= 0; j--) {
      const bits = rowBits(mid, j, channels, lm) + at(boosts, j);
      if (bits >= at(thresholds, j) || done) {
        done = true;
        sum += min(bits, at(capsNow, j));
      } else if (bits >= channels << BITRES) {
        sum += channels << BITRES;
      }
    }
    if (sum > total) high = mid - 1;
    else low = mid + 1;
  } while (low <= high);
  high = low--;
  let skipStart = 0;
  for (let j = 0; j < end; j++) {
    let bits1 = rowBits(low, j, channels, lm);
    let bits2 = at(capsNow, j);
    if (high < ALLOCATION_ROWS) bits2 = rowBits(high, j, channels, lm);
    else if (bits2 > 0) bits2 = max(0, bits2 + at(tilts, j));
    const boost = at(boosts, j);
    if (low > 0) bits1 += boost;
    bits2 += boost;
    if (boost > 0) skipStart = j;
    put(lower, j, bits1);
    put(rise, j, max(0, bits2 - bits1));
  }
  interpolate(end, skipStart, total, skipReserve, intensityReserve, dualReserve, channels, lm);
}

function interpolate(end: i32, skipStart: i32, total: i32, skipReserve: i32, intensityReserve: i32, dualReserve: i32, channels: i32, lm: i32): void {
  const floor = channels << BITRES;
  let low = 0, high = 1 << STEPS;
  for (let i = 0; i < STEPS; i++) {
    const mid = (low + high) >> 1;
    let sum = 0, done = false;
    for (let j = end - 1; j >= 0; j--) {
      const bits = at(lower, j) + ((mid * at(rise, j)) >> STEPS);
      if (bits >= at(thresholds, j) || done) {
        done = true;
        sum += min(bits, at(capsNow, j));
      } else if (bits >= floor) {
        sum += floor;
      }
    }
    if (sum > total) high = mid;
    else low = mid;
  }
  let sum = 0, done = false;
  for (let j = end - 1; j >= 0; j--) {
    let bits = at(lower, j) + ((low * at(rise, j)) >> STEPS);
    if (bits < at(thresholds, j) && !done) bits = bits >= floor ? floor : 0;
    else done = true;
    bits = min(bits, at(capsNow, j));
    put(shapeBits, j, bits);
    sum += bits;
  }
  // Bands are skipped from the top; none below one that was boosted, and never the first.
  let coded = end;
  for (; ; coded--) {
    const j = coded - 1;
    if (j <= skipStart) {
      total += skipReserve;
      break;
    }
    const left = total - sum;
    const each = left / edge(coded);
    const rest = max(left - edge(coded) * each - edge(j), 0);
    let bandBits = at(shapeBits, j) + each * (edge(coded) - edge(j)) + rest;
    if (bandBits >= max(at(thresholds, j), floor + 8)) {
      if (decodeBit(1)) break;
      sum += 8;
      bandBits -= 8;
    }
    sum -= at(shapeBits, j) + intensityReserve;
    if (intensityReserve > 0) intensityReserve = load<u8>(choiceBits + j);
    sum += intensityReserve;
    if (bandBits >= floor) {
      sum += floor;
      put(shapeBits, j, floor);
    } else {
      put(shapeBits, j, 0);
    }
  }
  codedBands = coded;
  intensityBand = intensityReserve > 0 ? <i32>decodeUniform(coded + 1) : 0;
  if (intensityBand <= 0) {
    total += dualReserve;
    dualReserve = 0;
  }
  isDual = dualReserve > 0 ? decodeBit(1) : 0;
  let left = total - sum;
  const each = left / edge(coded);
  left -= edge(coded) * each;
  for (let j = 0; j < coded; j++) {
    const width = edge(j + 1) - edge(j);
    const more = min(left, width);
    put(shapeBits, j, at(shapeBits, j) + each * width + more);
    left -= more;
  }
  splitFine(end, channels, lm);
}

/** Takes the bits for fine energy out of each band's. */
function splitFine(end: i32, channels: i32, lm: i32): void {
  const stereo = channels - 1;
  let over = 0, j = 0;
  for (; j < codedBands; j++) {
    const n = (edge(j + 1) - edge(j)) << lm;
    const all = at(shapeBits, j) + over;
    let excess = 0, fine = 0, priority = 1, bits = 0;
    if (n > 1) {
      excess = max(all - at(capsNow, j), 0);
      bits = all - excess;
      const freedom = channels * n + (channels == 2 && n > 2 && !isDual && j < intensityBand ? 1 : 0);
      const logs = freedom * (widthLog(j) + (lm << BITRES));
      let offset = (logs >> 1) - freedom * FINE_OFFSET;
      if (n == 2) offset += freedom << BITRES >> 2;
      if (bits + offset < freedom * 2 << BITRES) offset += logs >> 2;
      else if (bits + offset < freedom * 3 << BITRES) offset += logs >> 3;
      fine = max(0, bits + offset + (freedom << (BITRES - 1))) / freedom >> BITRES;
      if (channels * fine > bits >> BITRES) fine = bits >> stereo >> BITRES;
      fine = min(fine, MAX_FINE_BITS);
      priority = fine * (freedom << BITRES) >= bits + offset ? 1 : 0;
      bits -= channels * fine << BITRES;
    } else {
      excess = max(0, all - (channels << BITRES));
      bits = all - excess;
    }
    if (excess > 0) {
      const more = min(excess >> (stereo + BITRES), MAX_FINE_BITS - fine);
      fine += more;
      const moreBits = more * channels << BITRES;
      priority = moreBits >= excess - over ? 1 : 0;
      excess -= moreBits;
    }
    over = excess;
    put(shapeBits, j, bits);
    put(fineBits, j, fine);
    put(finePriorities, j, priority);
  }
  balance = over;
  for (; j < end; j++) {
    const fine = at(shapeBits, j) >> stereo >> BITRES;
    put(fineBits, j, fine);
    put(shapeBits, j, 0);
    put(finePriorities, j, fine < 1 ? 1 : 0);
  }
}
