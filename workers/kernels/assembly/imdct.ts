/**
 * The inverse MDCT of N points, N a power of two from 4 to 8192, as its half that says everything: of N/2 coefficients
 * X[k] come the M = N/2 values
 *
 *     d[j] = Σ X[k] cos(π/M (j + ½)(k + ½)),   k and j from 0 to M − 1      (a DCT-IV, not scaled)
 *
 * of which the N points y[n] = Σ X[k] cos(2π/N (n + ½ + N/4)(k + ½)), not scaled and not windowed, are
 *
 *     y[n]         =  d[M/2 + n]           n from 0 to M/2 − 1
 *     y[M/2 + n]   = −d[M − 1 − n]         n from 0 to M/2 − 1
 *     y[M + n]     = −d[M/2 − 1 − n]       n from 0 to M/2 − 1
 *     y[3M/2 + n]  = −d[n]                 n from 0 to M/2 − 1
 *
 * so the overlap with the block before needs d from M/2 on, the overlap with the block behind d below M/2.
 * With an MDCT of the same form, X[k] = Σ w[n] x[n] cos(…), and w² + w'² = 1, overlapping gives M · x.
 *
 * Evaluated on a grid D times coarser (at t = (m + ½) D − ½), a block of N points whose coefficients from M/D on are
 * nothing is the block of N/D points of its first M/D coefficients, neither scaled nor shifted: that is how a
 * decoder of low frequencies uses this.
 *
 * An FFT of M/2 complex points with a twiddle before and after it (radix 4, self-sorting, four lanes); short ones are
 * summed as written. Tables are made on the first use of a size, here, so that they are the same bits everywhere.
 */
const maxHalf: i32 = 4096;
/** Up to this M the sum itself is used. */
const maxSummed: i32 = 16;

/** Of M = 2^i: the twiddles, or the cosines of the sum. */
const plans = heap.alloc(16 * 4);
memory.fill(plans, 0, 16 * 4);
const partBytes: usize = <usize>(maxHalf / 2) << 2;
const work = heap.alloc(4 * partBytes);

/** `spectrum` and `result` have N/2 values each, and may not overlap. */
export function inverseMdct(spectrum: usize, result: usize, points: i32): void {
  const half = points >> 1;
  const slot = plans + (ctz(half) << 2);
  let plan = <usize>load<u32>(slot);
  if (plan == 0) {
    plan = half <= maxSummed ? makeCosines(half) : makeTwiddles(half);
    store<u32>(slot, <u32>plan);
  }
  if (half <= maxSummed) {
    sum(plan, spectrum, result, half);
    return;
  }
  turnIn(plan, spectrum, half);
  const transformed = transform(plan + (<usize>half << 2), half >> 1);
  turnOut(plan, transformed, result, half);
}

function makeCosines(half: i32): usize {
  const plan = heap.alloc(<usize>(half * half) << 2);
  for (let j = 0; j < half; j++) {
    for (let k = 0; k < half; k++) {
      const cosine = Math.cos(Math.PI / half * (<f64>j + 0.5) * (<f64>k + 0.5));
      store<f32>(plan + (<usize>(j * half + k) << 2), <f32>cosine);
    }
  }
  return plan;
}

function sum(plan: usize, spectrum: usize, result: usize, half: i32): void {
  for (let j = 0; j < half; j++) {
    let total: f32 = 0;
    for (let k = 0; k < half; k++) {
      total += load<f32>(spectrum + (<usize>k << 2)) * load<f32>(plan + (<usize>(j * half + k) << 2));
    }
    store<f32>(result + (<usize>j << 2), total);
  }
}

/**
 * With K = M/2, arrays of K floats each: cos and sin of π(k + ⅛)/M, then cos and sin of 2πk/K; then for the first stage
 * cos and sin of 2πpr/K, K/4 of each, for r = 1, 2, 3.
 */
function makeTwiddles(half: i32): usize {
  const size = half >> 1, quarter = size >> 2, row = <usize>size << 2;
  const plan = heap.alloc(4 * row + (<usize>(6 * quarter) << 2));
  for (let k = 0; k < size; k++) {
    const at = plan + (<usize>k << 2);
    const turn = Math.PI * (<f64>k + 0.125) / half;
    store<f32>(at, <f32>Math.cos(turn));
    store<f32>(at + row, <f32>Math.sin(turn));
    const angle = 2 * Math.PI * <f64>k / size;
    store<f32>(at + 2 * row, <f32>Math.cos(angle));
    store<f32>(at + 3 * row, <f32>Math.sin(angle));
  }
  for (let r = 1; r <= 3; r++) {
    for (let p = 0; p < quarter; p++) {
      const angle = 2 * Math.PI * <f64>(p * r) / size;
      const at = plan + 4 * row + (<usize>((2 * r - 2) * quarter + p) << 2);
      store<f32>(at, <f32>Math.cos(angle));
      store<f32>(at + (<usize>quarter << 2), <f32>Math.sin(angle));
    }
  }
  return plan;
}

/** z[k] = (X[2k] + i X[M − 1 − 2k]) · e^(−iπ(k + ⅛)/M) into the first work array. */
function turnIn(plan: usize, spectrum: usize, half: i32): void {
  const row = <usize>half << 1;
  let front = spectrum, back = spectrum + (<usize>half << 2) - 32;
  for (let at: usize = 0; at < row; at += 16, front += 32, back -= 32) {
    const even = v128.shuffle<f32>(v128.load(front), v128.load(front, 16), 0, 2, 4, 6);
    const odd = v128.shuffle<f32>(v128.load(back), v128.load(back, 16), 7, 5, 3, 1);
    const c = v128.load(plan + at), s = v128.load(plan + row + at);
    v128.store(work + at, f32x4.add(f32x4.mul(even, c), f32x4.mul(odd, s)));
    v128.store(work + partBytes + at, f32x4.sub(f32x4.mul(odd, c), f32x4.mul(even, s)));
  }
}

/** y[k] = Z[k] · e^(−iπ(k + ⅛)/M); d[2k] is its real part, d[M − 1 − 2k] its imaginary one, negated. */
function turnOut(plan: usize, z: usize, result: usize, half: i32): void {
  const row = <usize>half << 1;
  let front = result, back = result + (<usize>half << 2) - 32;
  let there = row - 16;
  for (let here: usize = 0; here < row >> 1; here += 16, there -= 16, front += 32, back -= 32) {
    const ar = v128.load(z + here), ai = v128.load(z + partBytes + here);
    const ac = v128.load(plan + here), as_ = v128.load(plan + row + here);
    const br = v128.load(z + there), bi = v128.load(z + partBytes + there);
    const bc = v128.load(plan + there), bs = v128.load(plan + row + there);
    const aRe = f32x4.add(f32x4.mul(ar, ac), f32x4.mul(ai, as_));
    const aIm = f32x4.sub(f32x4.mul(ar, as_), f32x4.mul(ai, ac));
    const bRe = f32x4.add(f32x4.mul(br, bc), f32x4.mul(bi, bs));
    const bIm = f32x4.sub(f32x4.mul(br, bs), f32x4.mul(bi, bc));
    // In front a's real parts with b's imaginary ones from the end, behind the other way round.
    v128.store(front, v128.shuffle<f32>(aRe, bIm, 0, 7, 1, 6));
    v128.store(front, v128.shuffle<f32>(aRe, bIm, 2, 5, 3, 4), 16);
    v128.store(back, v128.shuffle<f32>(bRe, aIm, 0, 7, 1, 6));
    v128.store(back, v128.shuffle<f32>(bRe, aIm, 2, 5, 3, 4), 16);
  }
}

/** FFT (e^−i) of `size` points, real parts and imaginary ones `partBytes` apart; gives the array with the result. */
function transform(twiddles: usize, size: i32): usize {
  const other = work + 2 * partBytes;
  first(twiddles + (<usize>size << 3), work, other, size);
  let from = other, to = work;
  let stride = 4;
  for (let length = size >> 2; length > 1; length >>= 2, stride <<= 2) {
    if (length == 2) last2(from, to, stride);
    else if (length == 4) last4(from, to, stride);
    else middle(twiddles, from, to, length, stride, size);
    const swap = from;
    from = to;
    to = swap;
  }
  return from;
}

/** Radix 4 with neighbours in the lanes. */
function first(twiddles: usize, x: usize, y: usize, size: i32): void {
  const q = <usize>size;
  for (let at: usize = 0; at < q; at += 16) {
    const a = x + at, t = twiddles + at;
    const ar = v128.load(a), br = v128.load(a + q), cr = v128.load(a + 2 * q), dr = v128.load(a + 3 * q);
    const i = a + partBytes;
    const ai = v128.load(i), bi = v128.load(i + q), ci = v128.load(i + 2 * q), di = v128.load(i + 3 * q);
    const apcR = f32x4.add(ar, cr), apcI = f32x4.add(ai, ci), amcR = f32x4.sub(ar, cr), amcI = f32x4.sub(ai, ci);
    const bpdR = f32x4.add(br, dr), bpdI = f32x4.add(bi, di), bmdR = f32x4.sub(br, dr), bmdI = f32x4.sub(bi, di);
    const y1r = f32x4.add(amcR, bmdI), y1i = f32x4.sub(amcI, bmdR);
    const y2r = f32x4.sub(apcR, bpdR), y2i = f32x4.sub(apcI, bpdI);
    const y3r = f32x4.sub(amcR, bmdI), y3i = f32x4.add(amcI, bmdR);
    const c1 = v128.load(t), s1 = v128.load(t + q), c2 = v128.load(t + 2 * q), s2 = v128.load(t + 3 * q);
    const c3 = v128.load(t + 4 * q), s3 = v128.load(t + 5 * q);
    const to = y + (at << 2);
    storeTransposed(to, f32x4.add(apcR, bpdR), timesRe(y1r, y1i, c1, s1), timesRe(y2r, y2i, c2, s2), timesRe(y3r, y3i, c3, s3));
    storeTransposed(to + partBytes, f32x4.add(apcI, bpdI), timesIm(y1r, y1i, c1, s1), timesIm(y2r, y2i, c2, s2), timesIm(y3r, y3i, c3, s3));
  }
}

function middle(twiddles: usize, x: usize, y: usize, length: i32, stride: i32, size: i32): void {
  const quarter = length >> 2;
  const s = <usize>stride << 2, q = s * quarter, sines = <usize>size << 2;
  for (let p = 0; p < quarter; p++) {
    const step = <usize>(p * stride) << 2;
    const t1 = twiddles + step, t2 = t1 + step, t3 = t2 + step;
    const c1 = v128.load32_splat(t1), s1 = v128.load32_splat(t1 + sines);
    const c2 = v128.load32_splat(t2), s2 = v128.load32_splat(t2 + sines);
    const c3 = v128.load32_splat(t3), s3 = v128.load32_splat(t3 + sines);
    let a = x + s * p, to = y + s * (4 * p);
    for (const end = a + s; a < end; a += 16, to += 16) {
      const ar = v128.load(a), br = v128.load(a + q), cr = v128.load(a + 2 * q), dr = v128.load(a + 3 * q);
      const i = a + partBytes;
      const ai = v128.load(i), bi = v128.load(i + q), ci = v128.load(i + 2 * q), di = v128.load(i + 3 * q);
      const apcR = f32x4.add(ar, cr), apcI = f32x4.add(ai, ci), amcR = f32x4.sub(ar, cr), amcI = f32x4.sub(ai, ci);
      const bpdR = f32x4.add(br, dr), bpdI = f32x4.add(bi, di), bmdR = f32x4.sub(br, dr), bmdI = f32x4.sub(bi, di);
      const y1r = f32x4.add(amcR, bmdI), y1i = f32x4.sub(amcI, bmdR);
      const y2r = f32x4.sub(apcR, bpdR), y2i = f32x4.sub(apcI, bpdI);
      const y3r = f32x4.sub(amcR, bmdI), y3i = f32x4.add(amcI, bmdR);
      const j = to + partBytes;
      v128.store(to, f32x4.add(apcR, bpdR));
      v128.store(j, f32x4.add(apcI, bpdI));
      v128.store(to + s, timesRe(y1r, y1i, c1, s1));
      v128.store(j + s, timesIm(y1r, y1i, c1, s1));
      v128.store(to + 2 * s, timesRe(y2r, y2i, c2, s2));
      v128.store(j + 2 * s, timesIm(y2r, y2i, c2, s2));
      v128.store(to + 3 * s, timesRe(y3r, y3i, c3, s3));
      v128.store(j + 3 * s, timesIm(y3r, y3i, c3, s3));
    }
  }
}

function last4(x: usize, y: usize, stride: i32): void {
  const s = <usize>stride << 2;
  for (let at: usize = 0; at < s; at += 16) {
    const a = x + at, i = a + partBytes, to = y + at, j = to + partBytes;
    const ar = v128.load(a), br = v128.load(a + s), cr = v128.load(a + 2 * s), dr = v128.load(a + 3 * s);
    const ai = v128.load(i), bi = v128.load(i + s), ci = v128.load(i + 2 * s), di = v128.load(i + 3 * s);
    const apcR = f32x4.add(ar, cr), apcI = f32x4.add(ai, ci), amcR = f32x4.sub(ar, cr), amcI = f32x4.sub(ai, ci);
    const bpdR = f32x4.add(br, dr), bpdI = f32x4.add(bi, di), bmdR = f32x4.sub(br, dr), bmdI = f32x4.sub(bi, di);
    v128.store(to, f32x4.add(apcR, bpdR));
    v128.store(j, f32x4.add(apcI, bpdI));
    v128.store(to + s, f32x4.add(amcR, bmdI));
    v128.store(j + s, f32x4.sub(amcI, bmdR));
    v128.store(to + 2 * s, f32x4.sub(apcR, bpdR));
    v128.store(j + 2 * s, f32x4.sub(apcI, bpdI));
    v128.store(to + 3 * s, f32x4.sub(amcR, bmdI));
    v128.store(j + 3 * s, f32x4.add(amcI, bmdR));
  }
}

function last2(x: usize, y: usize, stride: i32): void {
  const s = <usize>stride << 2;
  for (let part: usize = 0; part <= partBytes; part += partBytes) {
    for (let at: usize = part; at < part + s; at += 16) {
      const a = v128.load(x + at), b = v128.load(x + at + s);
      v128.store(y + at, f32x4.add(a, b));
      v128.store(y + at + s, f32x4.sub(a, b));
    }
  }
}

/** Real part of (r + i·m) · (c − i·s). */
// @ts-ignore: decorator
@inline
function timesRe(r: v128, m: v128, c: v128, s: v128): v128 {
  return f32x4.add(f32x4.mul(r, c), f32x4.mul(m, s));
}

// @ts-ignore: decorator
@inline
function timesIm(r: v128, m: v128, c: v128, s: v128): v128 {
  return f32x4.sub(f32x4.mul(m, c), f32x4.mul(r, s));
}

// @ts-ignore: decorator
@inline
function storeTransposed(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7), 16);
  v128.store(to, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5), 32);
  v128.store(to, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7), 48);
}
