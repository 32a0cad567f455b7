/**
 * Log power spectra of eight frames at once: Hann window, radix-4 decimation in frequency over four SIMD
 * lanes (twice as long, a radix-2 step before it), two real frames packed into each lane's complex one.
 * Tables are made here, in WASM, so that they are the same bits on every machine.
 */
import { BATCH, FFT_SIZE, FINER, HOP, LEVEL_FLOOR, LEVEL_STEPS, ROW, STANDARD_SIZE, WINDOW } from './parameters';

/** Samples that eight frames span. */
export const BATCH_SPAN: i32 = FFT_SIZE + (BATCH - 1) * HOP;

const window = heap.alloc(FFT_SIZE * 4);
const twiddles = heap.alloc(FFT_SIZE * 8);
const reversed = heap.alloc(FFT_SIZE * 2);
const real = heap.alloc(FFT_SIZE * 16);
const imaginary = heap.alloc(FFT_SIZE * 16);

export function spectrumInit(): void {
  // A tone's power goes with the sum of the window: scaled, it is the same in every one.
  const scale = <f64>STANDARD_SIZE / WINDOW;
  memory.fill(window, 0, FFT_SIZE * 4);
  for (let i = 0; i < WINDOW; i++) {
    const hann = 0.5 - 0.5 * Math.cos(2 * Math.PI * <f64>i / WINDOW);
    store<f32>(window + (((FFT_SIZE - WINDOW) / 2 + i) << 2), <f32>(scale * hann));
  }
  for (let i = 0; i < FFT_SIZE; i++) {
    const angle = 2 * Math.PI * <f64>i / FFT_SIZE;
    store<f32>(twiddles + (i << 3), <f32>Math.cos(angle));
    store<f32>(twiddles + (i << 3), <f32>-Math.sin(angle), 4);
    let r = FINER == 2 ? i & 1 : 0, x = i / FINER;
    for (let d = 0; d < 5; d++) { r = (r << 2) | (x & 3); x >>= 2; }
    store<u16>(reversed + (i << 1), <u16>r);
  }
}

/** Four frames' samples, one to a lane, windowed. */
// @ts-ignore: decorator
@inline
function loadLanes(samples: usize, target: usize): void {
  const s1 = HOP * 2 * 4, s2 = HOP * 4 * 4, s3 = HOP * 6 * 4;
  for (let n = 0; n < FFT_SIZE; n += 4) {
    const p = samples + (n << 2);
    const a = v128.load(p), b = v128.load(p + s1), c = v128.load(p + s2), d = v128.load(p + s3);
    const w = v128.load(window + (n << 2));
    const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    const t = target + (n << 4);
    v128.store(t, f32x4.mul(v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5), v128.shuffle<f32>(w, w, 0, 0, 0, 0)));
    v128.store(t, f32x4.mul(v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7), v128.shuffle<f32>(w, w, 1, 1, 1, 1)), 16);
    v128.store(t, f32x4.mul(v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5), v128.shuffle<f32>(w, w, 2, 2, 2, 2)), 32);
    v128.store(t, f32x4.mul(v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7), v128.shuffle<f32>(w, w, 3, 3, 3, 3)), 48);
  }
}

/** Radix-2: even bins into the lower half, odd ones into the upper. */
function halve(): void {
  const h = <usize>(FFT_SIZE / 2) << 4;
  for (let j = 0; j < FFT_SIZE / 2; j++) {
    const r = real + (j << 4), m = imaginary + (j << 4);
    const c = v128.load32_splat(twiddles + (j << 3)), s = v128.load32_splat(twiddles + (j << 3) + 4);
    const ar = v128.load(r), br = v128.load(r + h), ai = v128.load(m), bi = v128.load(m + h);
    v128.store(r, f32x4.add(ar, br));
    v128.store(m, f32x4.add(ai, bi));
    const xr = f32x4.sub(ar, br), xi = f32x4.sub(ai, bi);
    v128.store(r + h, f32x4.sub(f32x4.mul(xr, c), f32x4.mul(xi, s)));
    v128.store(m + h, f32x4.add(f32x4.mul(xr, s), f32x4.mul(xi, c)));
  }
}

/** In place, four transforms side by side; results come out in digit-reversed order. */
function transform(): void {
  if (FINER == 2) halve();
  // One half after the other: both together are more than the L1 cache.
  for (let from = 0; from < FFT_SIZE; from += STANDARD_SIZE) transformPart(from);
}

/** Radix-4, the `STANDARD_SIZE` values from `from` on. */
function transformPart(from: i32): void {
  for (let length = STANDARD_SIZE; length >= 4; length >>= 2) {
    const quarter = length >> 2;
    const stride = FFT_SIZE / length;
    const q = <usize>quarter << 4;
    for (let j = 0; j < quarter; j++) {
      const t1 = twiddles + (j * stride << 3), t2 = twiddles + (j * stride * 2 << 3), t3 = twiddles + (j * stride * 3 << 3);
      const c1 = v128.load32_splat(t1), s1 = v128.load32_splat(t1 + 4);
      const c2 = v128.load32_splat(t2), s2 = v128.load32_splat(t2 + 4);
      const c3 = v128.load32_splat(t3), s3 = v128.load32_splat(t3 + 4);
      for (let start = from + j; start < from + STANDARD_SIZE; start += length) {
        const r = real + (start << 4), m = imaginary + (start << 4);
        const ar = v128.load(r), br = v128.load(r + q), cr = v128.load(r + 2 * q), dr = v128.load(r + 3 * q);
        const ai = v128.load(m), bi = v128.load(m + q), ci = v128.load(m + 2 * q), di = v128.load(m + 3 * q);
        const acr = f32x4.add(ar, cr), aci = f32x4.add(ai, ci), acR = f32x4.sub(ar, cr), acI = f32x4.sub(ai, ci);
        const bdr = f32x4.add(br, dr), bdi = f32x4.add(bi, di), bdR = f32x4.sub(br, dr), bdI = f32x4.sub(bi, di);
        v128.store(r, f32x4.add(acr, bdr));
        v128.store(m, f32x4.add(aci, bdi));
        // (a − c) − i (b − d), turned by W^j
        const xr = f32x4.add(acR, bdI), xi = f32x4.sub(acI, bdR);
        v128.store(r + q, f32x4.sub(f32x4.mul(xr, c1), f32x4.mul(xi, s1)));
        v128.store(m + q, f32x4.add(f32x4.mul(xr, s1), f32x4.mul(xi, c1)));
        const yr = f32x4.sub(acr, bdr), yi = f32x4.sub(aci, bdi);
        v128.store(r + 2 * q, f32x4.sub(f32x4.mul(yr, c2), f32x4.mul(yi, s2)));
        v128.store(m + 2 * q, f32x4.add(f32x4.mul(yr, s2), f32x4.mul(yi, c2)));
        const zr = f32x4.sub(acR, bdI), zi = f32x4.add(acI, bdR);
        v128.store(r + 3 * q, f32x4.sub(f32x4.mul(zr, c3), f32x4.mul(zi, s3)));
        v128.store(m + 3 * q, f32x4.add(f32x4.mul(zr, s3), f32x4.mul(zi, c3)));
      }
    }
  }
}

/** 256 × log2 of the power, to 0.01 of a step: exponent, and t + t(1 − t)·cubic for the mantissa (least squares). */
// @ts-ignore: decorator
@inline
function level(power: v128): v128 {
  const exponent = i32x4.sub(i32x4.shr_u(power, 23), i32x4.splat(127));
  const t = f32x4.sub(v128.or(v128.and(power, i32x4.splat(0x7fffff)), i32x4.splat(0x3f800000)), f32x4.splat(1));
  let cubic = f32x4.add(f32x4.mul(t, f32x4.splat(-0.045301245)), f32x4.splat(0.15026751));
  cubic = f32x4.add(f32x4.mul(t, cubic), f32x4.splat(-0.26888419));
  cubic = f32x4.add(f32x4.mul(t, cubic), f32x4.splat(0.44225185));
  const log = f32x4.add(f32x4.add(f32x4.convert_i32x4_s(exponent), t), f32x4.mul(f32x4.mul(t, f32x4.sub(f32x4.splat(1), t)), cubic));
  return i32x4.max_s(i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(log, f32x4.splat(LEVEL_STEPS)))), i32x4.splat(LEVEL_FLOOR));
}

// @ts-ignore: decorator
@inline
function storeLanes(levels: v128, row: usize, bin: i32): void {
  const step = ROW * 2 * 2;
  const p = row + (bin << 1);
  v128.store_lane<i16>(p, levels, 0);
  v128.store_lane<i16>(p + step, levels, 2);
  v128.store_lane<i16>(p + step * 2, levels, 4);
  v128.store_lane<i16>(p + step * 3, levels, 6);
}

/**
 * Eight frames from `samples` on, 160 samples apart, to eight rows of levels (i16) at `rows`.
 * Frames 0, 2, 4, 6 are the real parts of the four lanes, 1, 3, 5, 7 the imaginary ones.
 */
export function spectra(samples: usize, rows: usize): void {
  loadLanes(samples, real);
  loadLanes(samples + HOP * 4, imaginary);
  transform();
  for (let bin = 0; bin < ROW; bin++) {
    const here = <usize>load<u16>(reversed + (bin << 1)) << 4;
    const there = <usize>load<u16>(reversed + (((FFT_SIZE - bin) & (FFT_SIZE - 1)) << 1)) << 4;
    const ar = v128.load(real + here), ai = v128.load(imaginary + here);
    const br = v128.load(real + there), bi = v128.load(imaginary + there);
    const er = f32x4.add(ar, br), ei = f32x4.sub(ai, bi);
    const or = f32x4.add(ai, bi), oi = f32x4.sub(br, ar);
    storeLanes(level(f32x4.add(f32x4.mul(er, er), f32x4.mul(ei, ei))), rows, bin);
    storeLanes(level(f32x4.add(f32x4.mul(or, or), f32x4.mul(oi, oi))), rows + ROW * 2, bin);
  }
}
