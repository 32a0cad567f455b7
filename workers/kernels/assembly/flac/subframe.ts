/**
 * The subframes of a frame (RFC 9639 section 9.2): first all are read, residuals left as they are, and when the frame's
 * checksum has proved right all are restored.
 */
import { bitPosition, lastBit, signed, unary, unsigned } from './bits';
import { COEFFICIENTS, LEAD, pairs, restoreNarrow, restorePair, restoreWide } from './predict';
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
const narrow = new StaticArray<bool>(CHANNELS_MAX);

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
  narrow[channel] = coefficientSum << (sampleBits - 1) < <i64>1 << 31;
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
  if (channelCount == 2 && narrow[0] && narrow[1] && pairs(orders[0]) && pairs(orders[1])) {
    const from = min(count, max(orders[0], orders[1]));
    restore(0, from);
    restore(1, from);
    restorePair(
      channelSamples(0), coefficientsOf(0), shifts[0], channelSamples(1), coefficientsOf(1), shifts[1],
      max(orders[0], orders[1]), from, count,
    );
  } else {
    for (let channel = 0; channel < channelCount; channel++) restore(channel, count);
  }
  for (let channel = 0; channel < channelCount; channel++) shiftUp(channelSamples(channel), wastedBits[channel], count);
}

function restore(channel: i32, count: i32): void {
  const order = orders[channel], shift = shifts[channel];
  if (order == 0) return;
  // A few samples only are restored one by one: whole fours would write over residuals that are still needed.
  if (!narrow[channel] || count <= 2 * LEAD) {
    restoreWide(channelSamples(channel), coefficientsOf(channel), order, shift, order, count);
  } else {
    restoreNarrow(channelSamples(channel), coefficientsOf(channel), order, shift, order, count);
  }
}

function shiftUp(out: usize, wasted: i32, count: i32): void {
  if (wasted > 0) for (let i = 0; i < count; i++) store<i32>(out + (i << 2), load<i32>(out + (i << 2)) << wasted);
}
