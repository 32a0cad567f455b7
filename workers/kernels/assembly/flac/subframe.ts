/**
 * The subframes of a frame (RFC 9639 section 9.2): first all are read, residuals left as they are, and when the frame's
 * checksum has proved right all are restored.
 */
import { bitPosition, lastBit, signed, unary, unsigned } from './bits';
import { COEFFICIENTS, largest, LEAD, pairs, restoreNarrow, restorePair, restoreWide, unrestore } from './predict';
import { readResidual } from './residual';

export const BLOCK_MAX: i32 = 65536;
export const CHANNELS_MAX: i32 = 8;
const CHANNEL_SAMPLES: i32 = LEAD + BLOCK_MAX + 8;

const samples = heap.alloc(CHANNELS_MAX * CHANNEL_SAMPLES * 4);
const coefficients = memory.data(CHANNELS_MAX * COEFFICIENTS * 4, 16);
/** Of each channel, as it was read last. */
const orders = new StaticArray<i32>(CHANNELS_MAX);
const shifts = new StaticArray<i32>(CHANNELS_MAX);
const wastedBits = new StaticArray<i32>(CHANNELS_MAX);
/** Of the coefficients without their signs. */
const coefficientSums = new StaticArray<i64>(CHANNELS_MAX);

export function channelSamples(channel: i32): usize {
  return samples + ((channel * CHANNEL_SAMPLES + LEAD) << 2);
}

// @ts-ignore: decorator
@inline
function coefficientsOf(channel: i32): usize {
  return coefficients + ((channel * COEFFICIENTS) << 2);
}

/** False where the bits are no subframe of `count` samples of `channelBits` bits. */
export function readSubframe(channel: i32, count: i32, channelBits: i32): bool {
  const head = unsigned(8);
  if (head & 0x80) return false;
  const type = <i32>(head >> 1) & 63;
  const wasted = head & 1 ? unary() + 1 : 0;
  if (head & 1 && wasted == 0) return false;
  const sampleBits = channelBits - wasted;
  if (sampleBits < 1 || sampleBits > 32) return false;
  const out = channelSamples(channel);
  orders[channel] = 0;
  wastedBits[channel] = wasted;
  if (type == 0) {
    const value = signed(sampleBits);
    for (let i = 0; i < count; i++) store<i32>(out + (i << 2), value);
    return bitPosition() <= lastBit();
  }
  if (type == 1) return readPlain(out, count, sampleBits);
  const isFixed = type >= 8 && type <= 12;
  if (!isFixed && type < 32) return false;
  const order = isFixed ? type - 8 : type - 31;
  if (order > count || !readPlain(out, order, sampleBits)) return false;
  const c = coefficientsOf(channel);
  memory.fill(c, 0, COEFFICIENTS << 2);
  let shift = 0;
  if (isFixed) {
    setFixed(c, order);
  } else {
    const precision = unsigned(4) + 1;
    shift = signed(5);
    if (precision == 16 || shift < 0) return false;
    for (let i = 0; i < order; i++) store<i32>(c + (i << 2), signed(precision));
  }
  orders[channel] = order;
  shifts[channel] = shift;
  let coefficientSum: i64 = 0;
  for (let i = 0; i < order; i++) coefficientSum += abs(load<i32>(c + (i << 2)));
  coefficientSums[channel] = coefficientSum;
  return readResidual(out, order, count);
}

function readPlain(out: usize, count: i32, sampleBits: i32): bool {
  if (<i64>bitPosition() + <i64>count * sampleBits > lastBit()) return false;
  for (let i = 0; i < count; i++) store<i32>(out + (i << 2), signed(sampleBits));
  return true;
}

/** Differences of the first to fourth degree, as predictors. */
function setFixed(c: usize, order: i32): void {
  let term = 1;
  for (let i = 0; i < order; i++) {
    term = (term * (order - i)) / (i + 1);
    store<i32>(c + (i << 2), i & 1 ? -term : term);
  }
}

/** Makes samples of what was read. */
export function restoreChannels(channelCount: i32, count: i32): void {
  if (channelCount == 2 && count > 2 * LEAD && pairs(orders[0]) && pairs(orders[1])) {
    const order = max(orders[0], orders[1]);
    restoreExactly(0, orders[0], order);
    restoreExactly(1, orders[1], order);
    restorePair(
      channelSamples(0), coefficientsOf(0), shifts[0], channelSamples(1), coefficientsOf(1), shifts[1],
      order, order, count,
    );
    proveOrRepeat(0, order, count);
    proveOrRepeat(1, order, count);
  } else {
    for (let channel = 0; channel < channelCount; channel++) restore(channel, count);
  }
  for (let channel = 0; channel < channelCount; channel++) shiftUp(channelSamples(channel), wastedBits[channel], count);
}

function restore(channel: i32, count: i32): void {
  const order = orders[channel];
  if (order == 0) return;
  // A few samples only are restored one by one: whole fours would write over residuals that are still needed.
  if (count <= 2 * LEAD) {
    restoreExactly(channel, order, count);
  } else {
    restoreNarrow(channelSamples(channel), coefficientsOf(channel), order, shifts[channel], order, count);
    proveOrRepeat(channel, order, count);
  }
}

function restoreExactly(channel: i32, from: i32, to: i32): void {
  restoreWide(channelSamples(channel), coefficientsOf(channel), orders[channel], shifts[channel], from, to);
}

/**
 * Samples from `from` on were restored in 32 bits. No sum left them if the largest of the samples that came out could not
 * make one do so: by induction from the first on, each is then the right one. Otherwise residuals are made of them again.
 */
function proveOrRepeat(channel: i32, from: i32, count: i32): void {
  const out = channelSamples(channel);
  if (<i64>largest(out, count) * coefficientSums[channel] < <i64>1 << 31) return;
  unrestore(out, coefficientsOf(channel), orders[channel], shifts[channel], from, count);
  restoreExactly(channel, from, count);
}

function shiftUp(out: usize, wasted: i32, count: i32): void {
  if (wasted > 0) for (let i = 0; i < count; i++) store<i32>(out + (i << 2), load<i32>(out + (i << 2)) << wasted);
}
