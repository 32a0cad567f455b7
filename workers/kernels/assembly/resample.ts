/**
 * Any sample rate to 8 kHz: a windowed-sinc low-pass evaluated only where an output sample falls (polyphase).
 * Kaiser window, 60 dB; passband to 3.5 kHz, and what aliases stays above it. Phases are exact where the
 * ratio allows (44.1 kHz: 80, 48 kHz: 1), else the nearest of 512.
 */
import { SAMPLE_RATE_HZ } from './parameters';

const PHASES_MAX: i32 = 512;
const KAISER_BETA: f64 = 5.65;
/** Transition band, passband edge to where its alias would begin: 3.5 to 4.5 kHz. */
const TRANSITION_HZ: f64 = 1000;
/** Kaiser's length estimate at 60 dB: (A − 7.95) / 14.36. */
const LENGTH_FACTOR: f64 = 3.63;

/** The most samples one call takes. */
export const INPUT_MAX: i32 = 8192;
/** The longest filter, at the highest rate allowed, and so the most input carried over between calls. */
const TAPS_MAX: i32 = 1536;
/** The most samples one call gives: from the lowest rate, 1 kHz, each input sample becomes eight. */
export const OUTPUT_MAX: i32 = INPUT_MAX * 8 + 16;

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

/** Takes `count` samples from the input and says how many 8 kHz samples now lie in the output. */
export function resample(count: i32): i32 {
  const first = input - (carriedCount << 2);
  const available = carriedCount + count;
  let made = 0;
  let whole = <i32>(position / stepDenominator);
  while (whole + taps <= available) {
    const part = position % stepDenominator;
    const phase = <i32>(phaseCount == stepDenominator ? part : (part * phaseCount + stepDenominator / 2) / stepDenominator);
    let x = first + (whole << 2);
    let c = coefficients + ((phase * taps) << 2);
    let a = f32x4.splat(0), b = f32x4.splat(0);
    for (let i = 0; i < taps; i += 8) {
      a = f32x4.add(a, f32x4.mul(v128.load(x), v128.load(c)));
      b = f32x4.add(b, f32x4.mul(v128.load(x, 16), v128.load(c, 16)));
      x += 32; c += 32;
    }
    a = f32x4.add(a, b);
    store<f32>(output + (made << 2),
      f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3));
    made++;
    position += stepNumerator;
    whole = <i32>(position / stepDenominator);
  }
  // A step may be longer than what is left: then everything goes and the position reaches into the next call.
  const used = min(whole, available);
  carriedCount = available - used;
  position -= <i64>used * stepDenominator;
  memory.copy(input - (carriedCount << 2), first + (used << 2), carriedCount << 2);
  return made;
}

/** Samples of silence that push the last real sample through the filter. */
export function resamplerDelay(): i32 { return taps / 2; }
