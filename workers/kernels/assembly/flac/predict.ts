/**
 * Restores samples from residuals (RFC 9639 sections 9.2.5 and 9.2.6); a fixed predictor is a linear one without a shift.
 * Four samples at a time: what they owe to the samples before them is summed in four lanes, what they owe to each other one
 * after the other. Each waits for the one before, so two channels go side by side. Coefficients are padded with
 * zeros to a multiple of four, for which before each channel lie `LEAD` samples, and behind the last four more.
 */

/** Samples before a channel, all of them finite numbers of no meaning. */
export const LEAD: i32 = 32;
/** Coefficients of one channel, zeros behind them. */
export const COEFFICIENTS: i32 = 40;

/** Longer predictors are summed in a loop. */
const UNROLLED_MAX: i32 = 12;

/** What samples `s` and the three after it owe to those before `s`. */
// @ts-ignore: decorator
@inline
function before(s: usize, c: usize, order: i32): v128 {
  let sum = i32x4.splat(0);
  if (order > UNROLLED_MAX) {
    for (let m = order; m > UNROLLED_MAX; m--) {
      sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - (m << 2)), v128.load(c + (m << 2) - 4)));
    }
  }
  if (order > 8) {
    sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 48), v128.load(c, 44)));
    sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 44), v128.load(c, 40)));
    sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 40), v128.load(c, 36)));
    sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 36), v128.load(c, 32)));
  }
  if (order > 4) {
    sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 32), v128.load(c, 28)));
    sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 28), v128.load(c, 24)));
    sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 24), v128.load(c, 20)));
    sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 20), v128.load(c, 16)));
  }
  sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 16), v128.load(c, 12)));
  sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 12), v128.load(c, 8)));
  sum = i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 8), v128.load(c, 4)));
  return i32x4.add(sum, i32x4.mul(v128.load32_splat(s - 4), v128.load(c)));
}

/** In 32 bits, round and round: whether sums fitted them the caller finds out afterwards. */
// @ts-ignore: decorator
@inline
function restoreFour(s: usize, c: usize, order: i32, shift: i32): void {
  const sum = before(s, c, order);
  const c1 = load<i32>(c), c2 = load<i32>(c, 4), c3 = load<i32>(c, 8);
  const s0 = load<i32>(s) + (i32x4.extract_lane(sum, 0) >> shift);
  const s1 = load<i32>(s, 4) + ((i32x4.extract_lane(sum, 1) + c1 * s0) >> shift);
  const s2 = load<i32>(s, 8) + ((i32x4.extract_lane(sum, 2) + c2 * s0 + c1 * s1) >> shift);
  const s3 = load<i32>(s, 12) + ((i32x4.extract_lane(sum, 3) + (c3 * s0 + c2 * s1) + c1 * s2) >> shift);
  store<i32>(s, s0);
  store<i32>(s, s1, 4);
  store<i32>(s, s2, 8);
  store<i32>(s, s3, 12);
}

/** Samples `from` to `count - 1`, and up to three more of no meaning. */
export function restoreNarrow(samples: usize, c: usize, order: i32, shift: i32, from: i32, count: i32): void {
  const end = samples + (count << 2);
  let s = samples + (from << 2);
  if (order <= 4) for (; s < end; s += 16) restoreFour(s, c, 4, shift);
  else if (order <= 8) for (; s < end; s += 16) restoreFour(s, c, 8, shift);
  else if (order <= UNROLLED_MAX) for (; s < end; s += 16) restoreFour(s, c, UNROLLED_MAX, shift);
  else for (; s < end; s += 16) restoreFour(s, c, order, shift);
}

/** The same of two channels at once, from one sample on. */
export function restorePair(
  a: usize, aC: usize, aShift: i32, b: usize, bC: usize, bShift: i32, order: i32, from: i32, count: i32,
): void {
  const end = a + (count << 2);
  const apart = b - a;
  let s = a + (from << 2);
  if (order <= 4) for (; s < end; s += 16) { restoreFour(s, aC, 4, aShift); restoreFour(s + apart, bC, 4, bShift); }
  else if (order <= 8) for (; s < end; s += 16) { restoreFour(s, aC, 8, aShift); restoreFour(s + apart, bC, 8, bShift); }
  else for (; s < end; s += 16) {
    restoreFour(s, aC, UNROLLED_MAX, aShift);
    restoreFour(s + apart, bC, UNROLLED_MAX, bShift);
  }
}

export function pairs(order: i32): bool { return order > 0 && order <= UNROLLED_MAX; }

/** What samples were made of in 32 bits, from the last to the one at `from`. */
export function unrestore(samples: usize, c: usize, order: i32, shift: i32, from: i32, count: i32): void {
  for (let s = samples + (count << 2) - 4; s >= samples + (from << 2); s -= 4) {
    let sum = 0;
    for (let m = order; m > 0; m--) sum += load<i32>(c + (m << 2) - 4) * load<i32>(s - (m << 2));
    store<i32>(s, load<i32>(s) - (sum >> shift));
  }
}

/** No sample is further from zero. */
export function largest(samples: usize, count: i32): u32 {
  const whole = samples + ((count & ~3) << 2), end = samples + (count << 2);
  let most = i32x4.splat(0);
  let s = samples;
  for (; s < whole; s += 16) most = i32x4.max_u(most, i32x4.abs(v128.load(s)));
  for (; s < end; s += 4) most = i32x4.max_u(most, i32x4.abs(v128.load32_splat(s)));
  return max(
    max(<u32>i32x4.extract_lane(most, 0), <u32>i32x4.extract_lane(most, 1)),
    max(<u32>i32x4.extract_lane(most, 2), <u32>i32x4.extract_lane(most, 3)),
  );
}

/** In 64 bits and one sample after the other: any sample and any coefficient the format allows. */
export function restoreWide(samples: usize, c: usize, order: i32, shift: i32, from: i32, count: i32): void {
  const end = samples + (count << 2);
  for (let s = samples + (from << 2); s < end; s += 4) {
    let sum: i64 = 0;
    for (let m = order; m > 0; m--) {
      sum += <i64>load<i32>(c + (m << 2) - 4) * <i64>load<i32>(s - (m << 2));
    }
    store<i32>(s, load<i32>(s) + <i32>(sum >> shift));
  }
}
