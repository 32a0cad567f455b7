/**
 * Any sample rate to 8 kHz: a windowed-sinc low-pass evaluated only where an output sample falls (polyphase).
 * Kaiser window, 60 dB; passband to 3.5 kHz, and what aliases stays above it. Phases are exact where the
 * ratio allows (44.1 kHz: 80, 48 kHz: 1), else the nearest of 512.
 */
import { INPUT_MAX, OUTPUT_MAX, SAMPLE_RATE_HZ } from './parameters';

const PHASES_MAX: i32 = 512;
const KAISER_BETA: f64 = 5.65;
/** Transition band, passband edge to where its alias would begin: 3.5 to 4.5 kHz. */
const TRANSITION_HZ: f64 = 1000;
/** Kaiser's length estimate at 60 dB: (A − 7.95) / 14.36. */
const LENGTH_FACTOR: f64 = 3.63;

/** The longest filter, at the highest rate allowed, and so the most input carried over between calls. */
const TAPS_MAX: i32 = 1536;

const carried = heap.alloc((TAPS_MAX + INPUT_MAX + 16) * 4);
/** Where the caller puts samples; what is carried over lies just before it. */
const input = carried + TAPS_MAX * 4;
const output = heap.alloc(OUTPUT_MAX * 4);
let coefficients: usize = 0;

let taps: i32 = 0;
let phaseCount: i32 = 1;
let stepNumerator: i64 = 1;
let stepDenominator: i64 = 1;
/** Position of the next output sample, in input samples × stepDenominator, against the start of `carried` data. */
let position: i64 = 0;
let carriedCount: i32 = 0;

export function resamplerInput(): usize { return input; }
export function resamplerOutput(): usize { return output; }

function bessel0(x: f64): f64 {
  let sum: f64 = 1, term: f64 = 1;
  for (let k: f64 = 1; k < 40; k++) {
    term *= (x / 2 / k) * (x / 2 / k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: i64, b: i64): i64 {
  while (b) { const t = a % b; a = b; b = t; }
  return a;
}

/** Begins a stream at this rate. The first output sample lies on the first input sample. */
export function resamplerStart(rateHz: i32): void {
  const d = greatestCommonDivisor(rateHz, SAMPLE_RATE_HZ);
  stepNumerator = <i64>rateHz / d;
  stepDenominator = <i64>SAMPLE_RATE_HZ / d;
  phaseCount = stepDenominator <= PHASES_MAX ? <i32>stepDenominator : PHASES_MAX;
  const rate = <f64>rateHz;
  // Below 8 kHz there is nothing to take away: the filter only interpolates, and passes all there is.
  const down = rate > SAMPLE_RATE_HZ;
  const transition = down ? TRANSITION_HZ : rate * 0.125;
  const cutoff = down ? 4000.0 : rate * 0.5;
  taps = <i32>Math.ceil(LENGTH_FACTOR * rate / transition);
  taps = min(TAPS_MAX, (taps + 7) & ~7);
  if (coefficients) heap.free(coefficients);
  coefficients = heap.alloc(<usize>(phaseCount + 1) * taps * 4);
  const half = <f64>taps / 2;
  const w = 2 * cutoff / rate;
  for (let p = 0; p <= phaseCount; p++) {
    let sum: f64 = 0;
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < taps; i++) {
        const x = <f64>i - half + 1 - <f64>p / phaseCount;
        const r = x / half;
        const window = Math.abs(r) >= 1 ? 0 : bessel0(KAISER_BETA * Math.sqrt(1 - r * r)) / bessel0(KAISER_BETA);
        const a = Math.PI * w * x;
        const c = (Math.abs(a) < 1e-9 ? 1 : Math.sin(a) / a) * window;
        // The second pass makes every phase pass a constant unchanged.
        if (pass == 0) sum += c;
        else store<f32>(coefficients + ((p * taps + i) << 2), <f32>(c / sum));
      }
    }
  }
  carriedCount = taps / 2 - 1;
  memory.fill(input - (carriedCount << 2), 0, carriedCount << 2);
  position = 0;
}

/** Filter of the output sample that lies `part` steps behind an input sample. */
// @ts-ignore: decorator
@inline
function filterOf(part: i64): usize {
  const phase = phaseCount == stepDenominator ? part : (part * phaseCount + stepDenominator / 2) / stepDenominator;
  return coefficients + ((<i32>phase * taps) << 2);
}

// @ts-ignore: decorator
@inline
function sumOf(a: v128, b: v128): f32 {
  const c = f32x4.add(a, b);
  return f32x4.extract_lane(c, 0) + f32x4.extract_lane(c, 1) + f32x4.extract_lane(c, 2) + f32x4.extract_lane(c, 3);
}

/** Four output samples that have one filter, each summed in its own order; `x` and `target` are the first one's. */
// @ts-ignore: decorator
@inline
function resampleFour(x: usize, inputStep: usize, c: usize, target: usize, outputStep: usize): void {
  let a0 = f32x4.splat(0), b0 = f32x4.splat(0), a1 = f32x4.splat(0), b1 = f32x4.splat(0);
  let a2 = f32x4.splat(0), b2 = f32x4.splat(0), a3 = f32x4.splat(0), b3 = f32x4.splat(0);
  let x1 = x + inputStep, x2 = x + 2 * inputStep, x3 = x + 3 * inputStep;
  for (let i = 0; i < taps; i += 8) {
    const ca = v128.load(c), cb = v128.load(c, 16);
    a0 = f32x4.add(a0, f32x4.mul(v128.load(x), ca));
    b0 = f32x4.add(b0, f32x4.mul(v128.load(x, 16), cb));
    a1 = f32x4.add(a1, f32x4.mul(v128.load(x1), ca));
    b1 = f32x4.add(b1, f32x4.mul(v128.load(x1, 16), cb));
    a2 = f32x4.add(a2, f32x4.mul(v128.load(x2), ca));
    b2 = f32x4.add(b2, f32x4.mul(v128.load(x2, 16), cb));
    a3 = f32x4.add(a3, f32x4.mul(v128.load(x3), ca));
    b3 = f32x4.add(b3, f32x4.mul(v128.load(x3, 16), cb));
    x += 32; x1 += 32; x2 += 32; x3 += 32; c += 32;
  }
  store<f32>(target, sumOf(a0, b0));
  store<f32>(target + outputStep, sumOf(a1, b1));
  store<f32>(target + 2 * outputStep, sumOf(a2, b2));
  store<f32>(target + 3 * outputStep, sumOf(a3, b3));
}

/**
 * Takes `count` samples from the input and says how many 8 kHz samples now lie in the output.
 * Several are summed side by side, each in its own order: one alone would wait for its own additions.
 */
export function resample(count: i32): i32 {
  const first = input - (carriedCount << 2);
  const available = carriedCount + count;
  const stepWhole = <i32>(stepNumerator / stepDenominator), stepPart = stepNumerator % stepDenominator;
  let whole = <i32>(position / stepDenominator);
  let part = position % stepDenominator;
  // Whole rounds through the phases, four at a time, each phase in all four at once: the filters of 44.1 kHz are 51 KB,
  // more than the L1 cache, and are read a quarter as often. What is left goes three output samples at a time.
  const roundSamples = <i32>stepNumerator, roundOutputs = <i32>stepDenominator;
  let made = 0;
  if (phaseCount == stepDenominator) {
    while (whole + 4 * roundSamples + taps <= available) {
      for (let i = 0; i < roundOutputs; i++) {
        resampleFour(first + (whole << 2), roundSamples << 2, filterOf(part), output + ((made + i) << 2), roundOutputs << 2);
        whole += stepWhole; part += stepPart;
        if (part >= stepDenominator) { part -= stepDenominator; whole++; }
      }
      whole += 3 * roundSamples;
      made += 4 * roundOutputs;
    }
  }
  while (whole + taps <= available) {
    let x0 = first + (whole << 2), c0 = filterOf(part);
    whole += stepWhole; part += stepPart;
    if (part >= stepDenominator) { part -= stepDenominator; whole++; }
    let x1 = x0, c1 = c0, x2 = x0, c2 = c0;
    let side = 1;
    if (whole + taps <= available) {
      x1 = first + (whole << 2); c1 = filterOf(part); side = 2;
      whole += stepWhole; part += stepPart;
      if (part >= stepDenominator) { part -= stepDenominator; whole++; }
      if (whole + taps <= available) {
        x2 = first + (whole << 2); c2 = filterOf(part); side = 3;
        whole += stepWhole; part += stepPart;
        if (part >= stepDenominator) { part -= stepDenominator; whole++; }
      }
    }
    let a0 = f32x4.splat(0), b0 = f32x4.splat(0), a1 = f32x4.splat(0), b1 = f32x4.splat(0);
    let a2 = f32x4.splat(0), b2 = f32x4.splat(0);
    for (let i = 0; i < taps; i += 8) {
      a0 = f32x4.add(a0, f32x4.mul(v128.load(x0), v128.load(c0)));
      b0 = f32x4.add(b0, f32x4.mul(v128.load(x0, 16), v128.load(c0, 16)));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(x1), v128.load(c1)));
      b1 = f32x4.add(b1, f32x4.mul(v128.load(x1, 16), v128.load(c1, 16)));
      a2 = f32x4.add(a2, f32x4.mul(v128.load(x2), v128.load(c2)));
      b2 = f32x4.add(b2, f32x4.mul(v128.load(x2, 16), v128.load(c2, 16)));
      x0 += 32; c0 += 32; x1 += 32; c1 += 32; x2 += 32; c2 += 32;
    }
    // Where fewer than three were left, the others are written over by what comes next.
    const target = output + (made << 2);
    store<f32>(target, sumOf(a0, b0));
    store<f32>(target, sumOf(a1, b1), 4);
    store<f32>(target, sumOf(a2, b2), 8);
    made += side;
  }
  // A step may be longer than what is left: then everything goes and the position reaches into the next call.
  const used = min(whole, available);
  position = <i64>(whole - used) * stepDenominator + part;
  carriedCount = available - used;
  memory.copy(input - (carriedCount << 2), first + (used << 2), carriedCount << 2);
  return made;
}

/** Samples of silence that push the last real sample through the filter. */
export function resamplerDelay(): i32 { return taps / 2; }
