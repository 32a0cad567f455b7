/**
 * The inverse MDCT (RFC 6716 section 4.3.7) evaluated on every fourth sample: a transform of 30, 60, 120 or 240
 * coefficients where the full one has 120 to 960, because those above 6 kHz are zero. Windows overlap over 2.5 ms,
 * 30 samples here, and are the same function on the coarser grid, so overlapping halves still add up.
 *
 * A DCT-IV by a complex FFT of half its size, whose radices are 4, 2, 3 and 5.
 */

export const OVERLAP: i32 = 30;
const SIZES: i32 = 4;
const FFT_MAX: i32 = 120;

const window = memory.data(32 * 4, 16);
const turns = memory.data(SIZES * FFT_MAX * 8, 16);
const roots = memory.data(SIZES * FFT_MAX * 8, 16);
const workA = memory.data(FFT_MAX * 8, 16);
const workB = memory.data(FFT_MAX * 8, 16);
const dct = memory.data(256 * 4, 16);

/** Squared, it fades one post-filter into the next. */
// @ts-ignore: decorator
@inline
export function windowAt(i: i32): f32 { return load<f32>(window + (i << 2)); }

export function imdctInit(): void {
  for (let i = 0; i < OVERLAP; i++) {
    const s = Math.sin(0.5 * Math.PI * (<f64>i + 0.5) / OVERLAP);
    store<f32>(window + (i << 2), <f32>Math.sin(0.5 * Math.PI * s * s));
  }
  for (let size = 0; size < SIZES; size++) {
    const m = OVERLAP << size, half = m >> 1;
    for (let j = 0; j < half; j++) {
      const p = (size * FFT_MAX + j) << 3;
      const turn = Math.PI * <f64>(4 * j + 1) / <f64>(4 * m), root = 2 * Math.PI * <f64>j / half;
      store<f32>(turns + p, <f32>Math.cos(turn));
      store<f32>(turns + p, <f32>-Math.sin(turn), 4);
      store<f32>(roots + p, <f32>Math.cos(root));
      store<f32>(roots + p, <f32>-Math.sin(root), 4);
    }
  }
}

// @ts-ignore: decorator
@inline
function writeTurned(p: usize, re: f32, im: f32, root: usize): void {
  const c = load<f32>(root), s = load<f32>(root, 4);
  store<f32>(p, re * c - im * s);
  store<f32>(p, re * s + im * c, 4);
}

/** One step of a self-sorting FFT: `n` is what is left to split, `s` what has been split, `step` = size / n. */
function radix2(x: usize, y: usize, n: i32, s: i32, root: usize): void {
  const m = n >> 1;
  for (let p = 0; p < m; p++) {
    const w = root + (p * s << 3);
    for (let q = 0; q < s; q++) {
      const a = x + ((q + s * p) << 3), b = a + (s * m << 3), t = y + ((q + s * 2 * p) << 3);
      const ar = load<f32>(a), ai = load<f32>(a, 4), br = load<f32>(b), bi = load<f32>(b, 4);
      store<f32>(t, ar + br);
      store<f32>(t, ai + bi, 4);
      writeTurned(t + (s << 3), ar - br, ai - bi, w);
    }
  }
}

function radix4(x: usize, y: usize, n: i32, s: i32, root: usize): void {
  const m = n >> 2, far = <usize>(s * m) << 3, next = <usize>s << 3;
  for (let p = 0; p < m; p++) {
    const w1 = root + (p * s << 3), w2 = root + (2 * p * s << 3), w3 = root + (3 * p * s << 3);
    for (let q = 0; q < s; q++) {
      const a = x + ((q + s * p) << 3), b = a + far, c = b + far, d = c + far, t = y + ((q + s * 4 * p) << 3);
      const acr = load<f32>(a) + load<f32>(c), aci = load<f32>(a, 4) + load<f32>(c, 4);
      const acR = load<f32>(a) - load<f32>(c), acI = load<f32>(a, 4) - load<f32>(c, 4);
      const bdr = load<f32>(b) + load<f32>(d), bdi = load<f32>(b, 4) + load<f32>(d, 4);
      const bdR = load<f32>(b) - load<f32>(d), bdI = load<f32>(b, 4) - load<f32>(d, 4);
      store<f32>(t, acr + bdr);
      store<f32>(t, aci + bdi, 4);
      writeTurned(t + next, acR + bdI, acI - bdR, w1);
      writeTurned(t + 2 * next, acr - bdr, aci - bdi, w2);
      writeTurned(t + 3 * next, acR - bdI, acI + bdR, w3);
    }
  }
}

const sin60: f32 = 0.86602540378;
function radix3(x: usize, y: usize, n: i32, s: i32, root: usize): void {
  const m = n / 3, far = <usize>(s * m) << 3, next = <usize>s << 3;
  for (let p = 0; p < m; p++) {
    const w1 = root + (p * s << 3), w2 = root + (2 * p * s << 3);
    for (let q = 0; q < s; q++) {
      const a = x + ((q + s * p) << 3), b = a + far, c = b + far, t = y + ((q + s * 3 * p) << 3);
      const ar = load<f32>(a), ai = load<f32>(a, 4);
      const sr = load<f32>(b) + load<f32>(c), si = load<f32>(b, 4) + load<f32>(c, 4);
      const dr = sin60 * (load<f32>(b) - load<f32>(c)), di = sin60 * (load<f32>(b, 4) - load<f32>(c, 4));
      const hr = ar - 0.5 * sr, hi = ai - 0.5 * si;
      store<f32>(t, ar + sr);
      store<f32>(t, ai + si, 4);
      writeTurned(t + next, hr + di, hi - dr, w1);
      writeTurned(t + 2 * next, hr - di, hi + dr, w2);
    }
  }
}

const cos72: f32 = 0.30901699437;
const sin72: f32 = 0.95105651629;
const cos144: f32 = -0.80901699437;
const sin144: f32 = 0.58778525229;
/** The last step: there is nothing left to turn. */
function radix5(x: usize, y: usize, s: i32): void {
  const far = <usize>s << 3;
  for (let q = 0; q < s; q++) {
    const a = x + (q << 3), b = a + far, c = b + far, d = c + far, e = d + far, t = y + (q << 3);
    const ar = load<f32>(a), ai = load<f32>(a, 4);
    const s1r = load<f32>(b) + load<f32>(e), s1i = load<f32>(b, 4) + load<f32>(e, 4);
    const d1r = load<f32>(b) - load<f32>(e), d1i = load<f32>(b, 4) - load<f32>(e, 4);
    const s2r = load<f32>(c) + load<f32>(d), s2i = load<f32>(c, 4) + load<f32>(d, 4);
    const d2r = load<f32>(c) - load<f32>(d), d2i = load<f32>(c, 4) - load<f32>(d, 4);
    const p1r = ar + cos72 * s1r + cos144 * s2r, p1i = ai + cos72 * s1i + cos144 * s2i;
    const p2r = ar + cos144 * s1r + cos72 * s2r, p2i = ai + cos144 * s1i + cos72 * s2i;
    const m1r = sin72 * d1r + sin144 * d2r, m1i = sin72 * d1i + sin144 * d2i;
    const m2r = sin144 * d1r - sin72 * d2r, m2i = sin144 * d1i - sin72 * d2i;
    store<f32>(t, ar + s1r + s2r);
    store<f32>(t, ai + s1i + s2i, 4);
    store<f32>(t + far, p1r + m1i);
    store<f32>(t + far, p1i - m1r, 4);
    store<f32>(t + 2 * far, p2r + m2i);
    store<f32>(t + 2 * far, p2i - m2r, 4);
    store<f32>(t + 3 * far, p2r - m2i);
    store<f32>(t + 3 * far, p2i + m2r, 4);
    store<f32>(t + 4 * far, p1r - m1i);
    store<f32>(t + 4 * far, p1i + m1r, 4);
  }
}

/** FFT of `workA`, 15 × 2^`size` values; answers where the result lies. */
function transform(size: i32): usize {
  const root = roots + (size * FFT_MAX << 3);
  let x = workA, y = workB, n = 15 << size, s = 1;
  if (size >= 2) {
    radix4(x, y, n, s, root);
    n >>= 2;
    s <<= 2;
    x = workB;
    y = workA;
  }
  if (size & 1) {
    radix2(x, y, n, s, root);
    n >>= 1;
    s <<= 1;
    const t = x;
    x = y;
    y = t;
  }
  radix3(x, y, n, s, root);
  radix5(y, x, s * 3);
  return x;
}

/**
 * Adds a block of 30 × 2^`size` coefficients, `stride` apart, to `out`, whose first 30 values hold the end of the
 * block before. The block's own end follows behind its last value.
 */
export function addBlock(coefficients: usize, stride: i32, size: i32, out: usize): void {
  const m = OVERLAP << size, pairs = m >> 1;
  const turn = turns + (size * FFT_MAX << 3);
  const step = <usize>stride << 2;
  let a = coefficients, b = coefficients + <usize>(m - 1) * step;
  for (let j = 0; j < pairs; j++, a += 2 * step, b -= 2 * step) writeTurned(workA + (j << 3), load<f32>(a), load<f32>(b), turn + (j << 3));
  const x = transform(size);
  for (let k = 0; k < pairs; k++) {
    const re = load<f32>(x + (k << 3)), im = load<f32>(x + (k << 3), 4);
    const c = load<f32>(turn + (k << 3)), s = load<f32>(turn + (k << 3), 4);
    store<f32>(dct + (2 * k << 2), re * c - im * s);
    store<f32>(dct + ((m - 1 - 2 * k) << 2), -(re * s + im * c));
  }
  const half = OVERLAP / 2;
  // The block begins in the middle of the DCT's first quarter and goes up, then comes all the way down.
  for (let i = 0; i < half; i++) {
    const u = load<f32>(dct + ((m - half + i) << 2));
    const p = out + (i << 2), q = out + ((OVERLAP - 1 - i) << 2);
    store<f32>(p, load<f32>(p) + windowAt(i) * u);
    store<f32>(q, load<f32>(q) - windowAt(OVERLAP - 1 - i) * u);
    const v = -load<f32>(dct + (i << 2));
    store<f32>(out + ((m + half - 1 - i) << 2), windowAt(half + i) * v);
    store<f32>(out + ((m + half + i) << 2), windowAt(half - 1 - i) * v);
  }
  for (let i = OVERLAP; i < m; i++) store<f32>(out + (i << 2), -load<f32>(dct + ((m - 1 - i + half) << 2)));
}
