/**
 * A band's shape as pulses on a pyramid (RFC 6716 section 4.3.4): the index of a vector of N integers whose
 * magnitudes add up to K is turned into the vector (section 4.3.4.2), scaled, and rotated (4.3.4.3).
 */
import { decodeUniform } from './range-decoder';

/**
 * U(n, k), a row for each n. No band has more than 128 pulses, and no more than 13 where it has 15 values or more:
 * more vectors than those fit no 32 bits. Before each row stand zeros, so that four may be looked at at once.
 */
const LENGTH_MAX: i32 = 176;
const SHORT_ROWS: i32 = 15;
const SHORT_COLUMNS: i32 = 132;
const LONG_COLUMNS: i32 = 16;
const PADDING: i32 = 4;
const counts = memory.data((SHORT_ROWS * (SHORT_COLUMNS + PADDING) + (LENGTH_MAX + 1 - SHORT_ROWS) * (LONG_COLUMNS + PADDING)) * 4, 16);
const rows = memory.data((LENGTH_MAX + 1) * 4, 16);
const vector = memory.data(184 * 4, 16);

export function pulsesInit(): void {
  let row = counts;
  for (let n = 0; n <= LENGTH_MAX; n++) {
    row += PADDING << 2;
    store<u32>(rows + (n << 2), <u32>row);
    const columns = n < SHORT_ROWS ? SHORT_COLUMNS : LONG_COLUMNS;
    for (let k = 0; k < columns; k++, row += 4) {
      let u: u32 = 0;
      if (n == 0) u = k == 0 ? 1 : 0;
      else if (k > 0) u = load<u32>(rowAt(n - 1) + (k << 2)) + load<u32>(rowAt(n - 1) + ((k - 1) << 2)) + load<u32>(row - 4);
      store<u32>(row, u);
    }
  }
}

// @ts-ignore: decorator
@inline
function rowAt(n: i32): usize { return <usize>load<u32>(rows + (n << 2)); }

/** The number of vectors, V(n, k). */
// @ts-ignore: decorator
@inline
function vectorCount(n: i32, k: i32): u32 {
  const p = rowAt(n) + (k << 2);
  return load<u32>(p) + load<u32>(p, 4);
}

export function skipPulses(n: i32, k: i32): void { decodeUniform(vectorCount(n, k)); }

/** Writes the vector and answers its squared length. Signs and sizes are as good as random: nothing branches on them. */
function readVector(n: i32, k: i32): i32 {
  let i = decodeUniform(vectorCount(n, k));
  let y = vector;
  let power = 0;
  // Only what is not zero need be written below.
  for (let p = vector; p < vector + (n << 2); p += 16) v128.store(p, i32x4.splat(0));
  for (; n > 2; n--, y += 4) {
    if (k <= 1) {
      if (k == 0) return power;
      // Of one pulse's indices the first half is positive, rising, and the second half its mirror image.
      const mirrored = 2 * n - 1 - i, isPositive = i < <u32>n;
      store<i32>(y + ((isPositive ? i : mirrored) << 2), isPositive ? 1 : -1);
      return power + 1;
    }
    const from = rowAt(n) + (k << 2);
    const positives = load<u32>(from, 4);
    const negative = -<i32>(i >= positives);
    i -= positives & negative;
    let column = from, above = 0;
    do {
      above = popcnt<i32>(i32x4.bitmask(i32x4.gt_u(v128.load(column - 12), i32x4.splat(i))));
      column -= above << 2;
    } while (above == 4);
    i -= load<u32>(column);
    const size = <i32>(from - column) >> 2;
    k -= size;
    store<i32>(y, (size + negative) ^ negative);
    power += size * size;
  }
  const positives: u32 = 2 * k + 1;
  const negative = -<i32>(i >= positives);
  i -= positives & negative;
  const last = (i + 1) >> 1;
  const size = k - <i32>last;
  // Indices 0, 1 and 2, 3 and 4 … are of sizes 0, 1, 2 …: even ones but the first are negative.
  const isNegative = -<i32>((i & 1 ^ 1) & (last != 0 ? 1 : 0));
  store<i32>(y, (size + negative) ^ negative);
  store<i32>(y, (<i32>last + isNegative) ^ isNegative, 4);
  return power + size * size + <i32>(last * last);
}

/** Sets `n` values at `x` to a vector of length `gain`; answers which of `blocks` parts hold a pulse. */
export function readPulses(x: usize, n: i32, k: i32, spread: i32, blocks: i32, gain: f32): u32 {
  const scale = gain / sqrt<f32>(<f32>readVector(n, k));
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    v128.store(x + (i << 2), f32x4.mul(f32x4.convert_i32x4_s(v128.load(vector + (i << 2))), f32x4.splat(scale)));
  }
  for (; i < n; i++) store<f32>(x + (i << 2), <f32>load<i32>(vector + (i << 2)) * scale);
  rotate(x, n, blocks, k, spread);
  if (blocks <= 1) return 1;
  const part = n / blocks;
  let mask: u32 = 0, p = vector;
  for (let block = 0; block < blocks; block++) {
    let any = 0;
    for (let j = 0; j < part; j++, p += 4) any |= load<i32>(p);
    if (any) mask |= 1 << block;
  }
  return mask;
}

function rotate(x: usize, n: i32, stride: i32, k: i32, spread: i32): void {
  if (2 * k >= n || spread == 0) return;
  const factor = spread == 1 ? 15 : spread == 2 ? 10 : 5;
  const gain = <f32>n / <f32>(n + factor * k);
  const angle = <f32>(Math.PI / 4) * gain * gain;
  const a2 = angle * angle;
  // At most an eighth of a turn: four terms are right to 24 bits.
  const c: f32 = 1 - a2 * (0.5 - a2 * (<f32>(1 / 24.0) - a2 * (<f32>(1 / 720.0) - a2 * <f32>(1 / 40320.0))));
  const s: f32 = angle * (1 - a2 * (<f32>(1 / 6.0) - a2 * (<f32>(1 / 120.0) - a2 * <f32>(1 / 5040.0))));
  let second = 0;
  if (n >= 8 * stride) {
    second = 1;
    while ((second * second + second) * stride + (stride >> 2) < n) second++;
  }
  const part = n / stride;
  for (let i = 0; i < stride; i++) {
    const p = x + (i * part << 2);
    if (second) rotateBy(p, part, second, s, c);
    rotateBy(p, part, 1, c, s);
  }
}

/** Turns all pairs `step` apart, upwards and down again. */
function rotateBy(x: usize, n: i32, step: i32, c: f32, s: f32): void {
  if (n <= step) return;
  const far = <usize>step << 2;
  const last = n - 2 * step - 1;
  let p = x, i = 0;
  if (step == 1) {
    let a = load<f32>(x);
    for (; i < n - 1; i++, p += 4) {
      const b = load<f32>(p, 4);
      store<f32>(p, c * a - s * b);
      a = c * b + s * a;
    }
    store<f32>(p, a);
    p = x + (last << 2);
    let b = load<f32>(p, 4);
    for (i = last; i >= 0; i--, p -= 4) {
      const a = load<f32>(p);
      store<f32>(p, c * b + s * a, 4);
      b = c * a - s * b;
    }
    store<f32>(x, b);
    return;
  }
  if (step >= 4) {
    for (; i + 4 <= n - step; i += 4, p += 16) turnFour(p, far, c, s);
  }
  for (; i < n - step; i++, p += 4) turn(p, far, c, s);
  p = x + (last << 2);
  i = last;
  if (step >= 4) {
    for (; i >= 3; i -= 4, p -= 16) turnFour(p - 12, far, c, s);
  }
  for (; i >= 0; i--, p -= 4) turn(p, far, c, s);
}

// @ts-ignore: decorator
@inline
function turn(p: usize, far: usize, c: f32, s: f32): void {
  const a = load<f32>(p), b = load<f32>(p + far);
  store<f32>(p + far, c * b + s * a);
  store<f32>(p, c * a - s * b);
}

// @ts-ignore: decorator
@inline
function turnFour(p: usize, far: usize, c: f32, s: f32): void {
  const a = v128.load(p), b = v128.load(p + far), cc = f32x4.splat(c), ss = f32x4.splat(s);
  v128.store(p + far, f32x4.add(f32x4.mul(cc, b), f32x4.mul(ss, a)));
  v128.store(p, f32x4.sub(f32x4.mul(cc, a), f32x4.mul(ss, b)));
}
