/**
 * The pitch filter and the de-emphasis (RFC 6716 sections 4.3.7.1 and 4.3.7.2) at a quarter of their rate. Both are
 * made of delays of whole samples at 48 kHz, here quarters of a sample: each delay becomes a windowed sinc, right to
 * 60 dB and more below 3.5 kHz. The pitch filter feeds back, so it reads only what lies before; the de-emphasis may
 * look five samples ahead, which is how much later its output is (`DELAY`).
 *
 * Samples stand at 4m + 1.5 of the 48 kHz grid until the de-emphasis, which moves them to 4m.
 */
import { OVERLAP, windowAt } from './imdct';

export const DELAY: i32 = 5;
/** The longest period is 1022, its filter reaches two beyond it, and the sinc six of ours. */
const HISTORY: i32 = 264;
const FRAME_MAX: i32 = 240;
const WIDTH_MIN: i32 = 3;
const WIDTH_MAX: i32 = 6;
const TAPS: i32 = 16;
const COMB_TAPS: i32 = 14;

const line = memory.data((HISTORY + FRAME_MAX + OVERLAP + 2) * 4, 16);
/** Where a frame's samples are put: at the start the end of the block before, to which the first block is added. */
export const frameSamples: usize = line + HISTORY * 4;

/** For each width from 3 to 6 and each eighth of a sample from 0 to 7: 2 × width taps. */
const sincs = memory.data(4 * 8 * 12 * 4, 16);
const emphasis = memory.data(TAPS * 4, 16);
const emphasisGain: f64 = 0.85000610351;
const emphasisPole: f32 = <f32>(emphasisGain * emphasisGain * emphasisGain * emphasisGain);
const gains = memory.data<f32>([0.306640625, 0.2170410156, 0.1296386719, 0.4638671875, 0.2680664062, 0, 0.7998046875, 0.1000976562, 0]);

/** For each tapset, width from 3 to 6 and period modulo 4: the pitch filter's taps at a gain of one. */
const combs = memory.data(3 * 4 * 4 * TAPS * 4, 16);
/** How far one pitch filter has given way to the next. */
const fades = memory.data(32 * 4, 16);
const combA = memory.data(TAPS * 4, 16);
const combB = memory.data(TAPS * 4, 16);
let startA: i32 = 0;
let startB: i32 = 0;

let period: i32 = 15, gain: f32 = 0, tapset: i32 = 0;
let periodBefore: i32 = 15, gainBefore: f32 = 0, tapsetBefore: i32 = 0;
let memory1: f32 = 0;

function bessel0(x: f64): f64 {
  let sum: f64 = 1, term: f64 = 1;
  for (let k: f64 = 1; k < 30; k++) {
    term *= (x / 2 / k) * (x / 2 / k);
    sum += term;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function sincAt(width: i32, eighth: i32): usize { return sincs + (((width - WIDTH_MIN) * 8 + eighth) * 12 << 2); }

// @ts-ignore: decorator
@inline
function combAt(tapset: i32, width: i32, phase: i32): usize {
  return combs + (((tapset * 4 + width - WIDTH_MIN) * 4 + phase) * TAPS << 2);
}

export function postFilterInit(): void {
  for (let width = WIDTH_MIN; width <= WIDTH_MAX; width++) {
    // Kaiser's formulas, for a transition from 3.5 to 8.5 kHz at 12 kHz.
    const attenuation = 12 * <f64>width + 8;
    const beta = attenuation > 50 ? 0.1102 * (attenuation - 8.7) : 0.5842 * Math.pow(attenuation - 21, 0.4) + 0.07886 * (attenuation - 21);
    for (let eighth = 0; eighth < 8; eighth++) {
      const p = sincAt(width, eighth);
      let sum: f64 = 0;
      for (let pass = 0; pass < 2; pass++) {
        for (let i = 0; i < 2 * width; i++) {
          const x = <f64>(i - width + 1) - <f64>eighth / 8, r = x / width;
          const a = Math.PI * x;
          const c = (Math.abs(a) < 1e-9 ? 1 : Math.sin(a) / a) * (Math.abs(r) >= 1 ? 0 : bessel0(beta * Math.sqrt(1 - r * r)) / bessel0(beta));
          if (pass == 0) sum += c;
          else store<f32>(p + (i << 2), <f32>(c / sum));
        }
      }
    }
  }
  for (let tapset = 0; tapset < 3; tapset++) {
    for (let width = WIDTH_MIN; width <= WIDTH_MAX; width++) {
      for (let phase = 0; phase < 4; phase++) {
        for (let j = -2; j <= 2; j++) {
          const weight = load<f32>(gains + ((tapset * 3 + abs(j)) << 2));
          addSinc(combAt(tapset, width, phase), 1 - width, width, 2 * (phase + 2 + j), weight);
        }
      }
    }
  }
  for (let i = 0; i < OVERLAP; i++) store<f32>(fades + (i << 2), windowAt(i) * windowAt(i));
  // 1 / (1 − a z⁻¹) is (1 + a z⁻¹ + a² z⁻² + a³ z⁻³) / (1 − a⁴ z⁻⁴).
  let weight: f64 = 1;
  for (let j = 0; j < 4; j++) {
    const eighths = 2 * j + 3;
    addSinc(emphasis, 1 - WIDTH_MAX, WIDTH_MAX, eighths, <f32>weight);
    weight *= emphasisGain;
  }
}

/** Adds a delay of so many eighths of a sample to taps of which the first is `start`. */
function addSinc(taps: usize, start: i32, width: i32, eighths: i32, weight: f32): void {
  const sinc = sincAt(width, eighths & 7);
  const at = (eighths >> 3) - width + 1 - start;
  for (let i = 0; i < 2 * width; i++) {
    const p = taps + ((at + i) << 2);
    store<f32>(p, load<f32>(p) + weight * load<f32>(sinc + (i << 2)));
  }
}

export function postFilterReset(): void {
  memory.fill(line, 0, (HISTORY + FRAME_MAX + OVERLAP + 2) * 4);
  period = periodBefore = 15;
  gain = gainBefore = 0;
  tapset = tapsetBefore = 0;
  memory1 = 0;
}

/** The taps of one pitch filter; answers the shortest delay. */
function makeComb(taps: usize, period: i32, gain: f32, tapset: i32): i32 {
  const shortest = (period - 2) >> 2;
  const width = min(WIDTH_MAX, shortest);
  const from = combAt(tapset, width, (period - 2) & 3);
  for (let i = 0; i < TAPS * 4; i += 16) v128.store(taps + i, f32x4.mul(v128.load(from + i), f32x4.splat(gain)));
  return shortest - width + 1;
}

/** Four samples' sums over the taps that reach back four or more: none of them is among the four. */
// @ts-ignore: decorator
@inline
function farSums(taps: usize, x: usize, start: i32): v128 {
  const near = max(0, 4 - start);
  let p = x - ((start + near) << 2), k = near, sum = f32x4.splat(0), sum2 = sum;
  for (; k + 2 <= COMB_TAPS; k += 2, p -= 8) {
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(taps + (k << 2)), v128.load(p)));
    sum2 = f32x4.add(sum2, f32x4.mul(v128.load32_splat(taps + (k << 2), 4), v128.load(p - 4)));
  }
  if (k < COMB_TAPS) sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(taps + (k << 2)), v128.load(p)));
  return f32x4.add(sum, sum2);
}

/** One sample's sum over `count` taps. */
// @ts-ignore: decorator
@inline
function sumOf(taps: usize, x: usize, start: i32, count: i32): f32 {
  let sum: f32 = 0;
  x -= start << 2;
  for (let k = 0; k < count; k++, x -= 4) sum += load<f32>(taps + (k << 2)) * load<f32>(x);
  return sum;
}

/** From one filter to the next over the first 30 of `count` samples. */
function comb(x: usize, count: i32, t0: i32, g0: f32, s0: i32, t1: i32, g1: f32, s1: i32): void {
  if (g0 == 0 && g1 == 0) return;
  let i = 0;
  if (g1 != 0) startB = makeComb(combB, t1, g1, s1);
  if (g0 != g1 || t0 != t1 || s0 != s1) {
    if (g0 != 0) startA = makeComb(combA, t0, g0, s0);
    fade(x, g0 != 0, g1 != 0);
    i = OVERLAP;
    x += OVERLAP << 2;
  }
  if (g1 == 0) return;
  const near = max(0, 4 - startB);
  for (; i + 4 <= count; i += 4, x += 16) {
    v128.store(x, f32x4.add(v128.load(x), farSums(combB, x, startB)));
    if (near == 0) continue;
    for (let p = x; p < x + 16; p += 4) store<f32>(p, load<f32>(p) + sumOf(combB, p, startB, near));
  }
  for (; i < count; i++, x += 4) store<f32>(x, load<f32>(x) + sumOf(combB, x, startB, COMB_TAPS));
}

function fade(x: usize, hasA: bool, hasB: bool): void {
  const nearA = hasA ? max(0, 4 - startA) : 0, nearB = hasB ? max(0, 4 - startB) : 0;
  let i = 0;
  for (; i + 4 <= OVERLAP; i += 4, x += 16) {
    const f = v128.load(fades + (i << 2));
    let sum = v128.load(x);
    if (hasA) sum = f32x4.add(sum, f32x4.mul(f32x4.sub(f32x4.splat(1), f), farSums(combA, x, startA)));
    if (hasB) sum = f32x4.add(sum, f32x4.mul(f, farSums(combB, x, startB)));
    v128.store(x, sum);
    if ((nearA | nearB) == 0) continue;
    for (let j: usize = 0; j < 16; j += 4) fadeOne(x + j, load<f32>(fades + (i << 2) + j), nearA, nearB);
  }
  for (; i < OVERLAP; i++, x += 4) fadeOne(x, load<f32>(fades + (i << 2)), hasA ? COMB_TAPS : 0, hasB ? COMB_TAPS : 0);
}

// @ts-ignore: decorator
@inline
function fadeOne(x: usize, f: f32, tapsA: i32, tapsB: i32): void {
  store<f32>(x, load<f32>(x) + (1 - f) * sumOf(combA, x, startA, tapsA) + f * sumOf(combB, x, startB, tapsB));
}

/** Filters a frame of 30 × 2^`lm` samples and writes it to `out`; false where the state was no number any more. */
export function finishFrame(lm: i32, newPeriod: i32, newGain: f32, newTapset: i32, out: usize, scale: f32): bool {
  const count = OVERLAP << lm;
  comb(frameSamples, OVERLAP, periodBefore, gainBefore, tapsetBefore, period, gain, tapset);
  if (lm) comb(frameSamples + OVERLAP * 4, count - OVERLAP, period, gain, tapset, newPeriod, newGain, newTapset);
  periodBefore = lm ? newPeriod : period;
  gainBefore = lm ? newGain : gain;
  tapsetBefore = lm ? newTapset : tapset;
  period = newPeriod;
  gain = newGain;
  tapset = newTapset;
  deemphasize(count, out, scale);
  memory.copy(line, line + (count << 2), (HISTORY + OVERLAP) * 4);
  if (abs<f32>(memory1) < 1e30) return true;
  postFilterReset();
  memory.fill(out, 0, count << 2);
  return false;
}

// @ts-ignore: decorator
@inline
function emphasized(x: usize): v128 {
  let sum = f32x4.splat(0);
  for (let k = 0; k < 2 * WIDTH_MAX + 1; k++, x -= 4) {
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(emphasis + (k << 2)), v128.load(x)));
  }
  return sum;
}

/** The pole over four samples at once: each takes from those before it in two steps, and from the last four. */
function deemphasize(count: i32, out: usize, scale: f32): void {
  const a = emphasisPole, a2 = a * a, zero = f32x4.splat(0);
  const powers = f32x4(a, a2, a2 * a, a2 * a2);
  let last = f32x4.splat(memory1), i = 0;
  for (; i + 4 <= count; i += 4) {
    let y = emphasized(frameSamples + (i << 2));
    y = f32x4.add(y, f32x4.mul(f32x4.splat(a), v128.shuffle<f32>(zero, y, 0, 4, 5, 6)));
    y = f32x4.add(y, f32x4.mul(f32x4.splat(a2), v128.shuffle<f32>(zero, y, 0, 1, 4, 5)));
    y = f32x4.add(y, f32x4.mul(powers, last));
    last = v128.shuffle<f32>(y, y, 3, 3, 3, 3);
    v128.store(out + (i << 2), f32x4.mul(y, f32x4.splat(scale)));
  }
  memory1 = f32x4.extract_lane(last, 0);
  if (i < count) {
    const y = emphasized(frameSamples + (i << 2));
    memory1 = f32x4.extract_lane(y, 0) + a * memory1;
    store<f32>(out + (i << 2), memory1 * scale);
    memory1 = f32x4.extract_lane(y, 1) + a * memory1;
    store<f32>(out + (i << 2), memory1 * scale, 4);
  }
  // What fades out would otherwise do so for ever, in numbers that are slow to compute with.
  if (abs<f32>(memory1) < 1e-15) memory1 = 0;
}
