/**
 * A band's shape as pulses on a pyramid (RFC 6716 section 4.3.4): the index of a vector of N integers whose
 * magnitudes add up to K is turned into the vector (section 4.3.4.2), scaled, and rotated (4.3.4.3).
 */
import { decodeUniform } from './range-decoder';

/** U(n, k) is symmetric: rows for the smaller number to 14, columns for the larger one. Larger ones fit no 32 bits. */
const COLUMNS: i32 = 180;
const counts = memory.data(15 * COLUMNS * 4, 16);
const vector = memory.data(184 * 4, 16);

export function pulsesInit(): void {
  for (let n = 0; n < 15; n++) {
    for (let k = 0; k < COLUMNS; k++) {
      let u: u32 = 0;
      if (n == 0) u = k == 0 ? 1 : 0;
      else if (k > 0) u = at(n - 1, k) + at(n, k - 1) + at(n - 1, k - 1);
      store<u32>(counts + ((n * COLUMNS + k) << 2), u);
    }
  }
}

// @ts-ignore: decorator
@inline
function at(row: i32, column: i32): u32 { return load<u32>(counts + ((row * COLUMNS + column) << 2)); }
// @ts-ignore: decorator
@inline
function count(n: i32, k: i32): u32 { return at(min(n, k), max(n, k)); }

/** The number of vectors, V(n, k). */
// @ts-ignore: decorator
@inline
export function vectorCount(n: i32, k: i32): u32 { return count(n, k) + count(n, k + 1); }

export function skipPulses(n: i32, k: i32): void { decodeUniform(vectorCount(n, k)); }

/** Writes the vector and answers its squared length. */
function readVector(n: i32, k: i32): i32 {
  let i = decodeUniform(vectorCount(n, k));
  let y = vector;
  let power = 0;
  while (n > 2) {
    if (k == 0) {
      memory.fill(y, 0, n << 2);
      return power;
    }
    const before = k;
    let p: u32 = 0, negative = 0;
    if (k >= n) {
      p = at(n, k + 1);
      if (i >= p) { negative = -1; i -= p; }
      if (at(n, n) > i) {
        k = n;
        do p = at(--k, n); while (p > i);
      } else {
        for (p = at(n, k); p > i; p = at(n, k)) k--;
      }
      i -= p;
    } else {
      p = at(k, n);
      const q = at(k + 1, n);
      if (p <= i && i < q) {
        i -= p;
        store<i32>(y, 0);
        y += 4;
        n--;
        continue;
      }
      if (i >= q) { negative = -1; i -= q; }
      do p = at(--k, n); while (p > i);
      i -= p;
    }
    const x = (before - k + negative) ^ negative;
    store<i32>(y, x);
    power += x * x;
    y += 4;
    n--;
  }
  const p: u32 = 2 * k + 1;
  let negative = 0;
  if (i >= p) { negative = -1; i -= p; }
  const before = k;
  k = (i + 1) >> 1;
  if (k) i -= 2 * k - 1;
  const x = (before - k + negative) ^ negative;
  const s = -<i32>i;
  const last = (k + s) ^ s;
  store<i32>(y, x);
  store<i32>(y, last, 4);
  return power + x * x + last * last;
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

function rotateBy(x: usize, n: i32, step: i32, c: f32, s: f32): void {
  const far = <usize>step << 2;
  let p = x;
  for (let i = 0; i < n - step; i++, p += 4) {
    const a = load<f32>(p), b = load<f32>(p + far);
    store<f32>(p + far, c * b + s * a);
    store<f32>(p, c * a - s * b);
  }
  p = x + ((n - 2 * step - 1) << 2);
  for (let i = n - 2 * step - 1; i >= 0; i--, p -= 4) {
    const a = load<f32>(p), b = load<f32>(p + far);
    store<f32>(p + far, c * b + s * a);
    store<f32>(p, c * a - s * b);
  }
}
