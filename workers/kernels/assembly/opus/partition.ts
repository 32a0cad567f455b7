/**
 * One channel's band: pulses where there are bits for them, noise or folded lower bands where there are not. A band of
 * too many pulses is split in halves, and these again, by an angle that tells how loud each half is (RFC 6716 section
 * 4.3.4.4).
 *
 * A band that is not kept is read only. Noise goes on through it as if every part without pulses were filled, which
 * all are but those folded from nothing.
 */
import { BANDS, BITRES, COST_ROWS, costsOf, hasCosts, rowOfCosts } from './tables';
import { readPulses, skipPulses } from './pulses';
import { fillFolded, fillNoise, skipNoise } from './noise';
import { clear, renormalize } from './shape-vectors';
import { angle, angleBits, firstLength, imbalance, readTheta, secondLength } from './theta';

/** More bits than these buy no more pulses in one part: it is split, or cannot be. */
const BITS_MAX: i32 = 271;
/** For each row of costs and number of bits: the entry that comes nearest. */
const entries = memory.data(COST_ROWS * (BITS_MAX + 1));

export let spread: i32 = 0;
export let remaining: i32 = 0;
let band: i32 = 0;
let isKept: bool = false;

/** Before each band; `bits` is what the frame has left, in eighths. */
export function beginBand(at: i32, kept: bool, spreading: i32, bits: i32): void {
  band = at;
  isKept = kept;
  spread = spreading;
  remaining = bits;
}

// @ts-ignore: decorator
@inline
export function spend(bits: i32): void { remaining -= bits; }

export function partitionInit(): void {
  for (let lm = -1; lm < 4; lm++) {
    for (let at = 0; at < BANDS; at++) {
      const costs = costsOf(lm, at);
      if (!hasCosts(lm, at)) continue;
      for (let bits = 0; bits <= BITS_MAX; bits++) store<u8>(entriesOf(lm, at) + bits, <u8>nearestEntry(costs, bits));
    }
  }
}

// @ts-ignore: decorator
@inline
function entriesOf(lm: i32, at: i32): usize { return entries + rowOfCosts(lm, at) * (BITS_MAX + 1); }

/** The number of pulses, as an entry of the cost table, that comes nearest to `bits`. */
function nearestEntry(costs: usize, bits: i32): i32 {
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
export function partition(x: usize, n: i32, bits: i32, blocks: i32, source: usize, lm: i32, gain: f32, fill: u32): u32 {
  const costs = costsOf(lm, band);
  if (lm != -1 && n > 2 && bits > <i32>load<u8>(costs + load<u8>(costs)) + 12) {
    return splitPartition(x, n >> 1, bits, blocks, source, lm - 1, gain, fill);
  }
  let entry: i32 = load<u8>(entriesOf(lm, band) + min(max(bits, 0), BITS_MAX));
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
  const all: u32 = ((<u32>1) << blocks) - 1;
  fill &= all;
  if (!isKept) {
    if (fill) skipNoise(n);
    return 0;
  }
  if (!fill) {
    clear(x, n);
    return 0;
  }
  if (source == 0) {
    fillNoise(x, n);
    fill = all;
  } else {
    fillFolded(x, source, n);
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
