/**
 * The angle between two halves of a band, or between mid and side (RFC 6716 section 4.3.4.4), and what follows from
 * it: how much of the length each half has and how the bits are shared. Integers, the same in every decoder.
 */
import { BITRES, widthLog } from './tables';
import { decodeBit, decodeFrequency, decodeFrequencyOfFew, decodeUniform, divide, ilog, take, tellEighths } from './range-decoder';

/** Of the last angle read: 0 is all in the first half, 16384 all in the second. */
export let angle: i32 = 0;
/** Lengths of the first and second half, in 32768ths. */
export let firstLength: i32 = 0;
export let secondLength: i32 = 0;
/** Bits the first half gets less than the second. */
export let imbalance: i32 = 0;
export let angleBits: i32 = 0;
/** The right channel of an intensity band is turned over. */
export let isInverted: i32 = 0;

const powers = memory.data<u16>([16384, 17866, 19483, 21247, 23170, 25267, 27554, 30048]);

// @ts-ignore: decorator
@inline
function multiply(a: i32, b: i32): i32 { return (16384 + <i32><i16>a * <i32><i16>b) >> 15; }

function cosine(x: i32): i32 {
  const x2 = (4096 + x * x) >> 13;
  return 1 + (32767 - x2) + multiply(x2, -7651 + multiply(x2, 8277 + multiply(-626, x2)));
}

function logTangent(sine: i32, cosine: i32): i32 {
  const lc = ilog(cosine), ls = ilog(sine);
  const c = cosine << (15 - lc), s = sine << (15 - ls);
  return ((ls - lc) << 11) + multiply(s, multiply(s, -2597) + 7932) - multiply(c, multiply(c, -2597) + 7932);
}

function levels(n: i32, bits: i32, offset: i32, cap: i32, stereo: bool): i32 {
  let freedom = 2 * n - 1;
  if (stereo && n == 2) freedom--;
  const all = bits + freedom * offset;
  // Fewer than four eighths of a bit come to one level.
  if (all < 4 * freedom) return 1;
  const bitsEach = <i32>divide(all, freedom);
  const q = min(8 << BITRES, min(bits - cap - (4 << BITRES), bitsEach));
  if (q < 4) return 1;
  return ((<i32>load<u16>(powers + ((q & 7) << 1)) >> (14 - (q >> BITRES))) + 1) >> 1 << 1;
}

function readAngle(n: i32, q: i32, stereo: bool, blocks: i32): i32 {
  if (stereo && n > 2) {
    const middle = q >> 1;
    const total = 3 * (middle + 1) + middle;
    const f = <i32>decodeFrequencyOfFew(total);
    const x = f < (middle + 1) * 3 ? f / 3 : middle + 1 + (f - (middle + 1) * 3);
    if (x <= middle) take(3 * x, 3 * (x + 1), total);
    else take(x - 1 - middle + (middle + 1) * 3, x - middle + (middle + 1) * 3, total);
    return x;
  }
  if (blocks > 1 || stereo) return <i32>decodeUniform(q + 1);
  const half = q >> 1;
  const total = (half + 1) * (half + 1);
  const f = <i32>decodeFrequency(total);
  if (f < (half * (half + 1)) >> 1) {
    const x = (root(8 * f + 1) - 1) >> 1;
    const low = (x * (x + 1)) >> 1;
    take(low, low + x + 1, total);
    return x;
  }
  const x = (2 * (q + 1) - root(8 * (total - f - 1) + 1)) >> 1;
  const low = total - (((q + 1 - x) * (q + 2 - x)) >> 1);
  take(low, low + q + 1 - x, total);
  return x;
}

/** Whole part of a square root; exact below 2^24. */
// @ts-ignore: decorator
@inline
function root(x: i32): i32 { return <i32>sqrt<f32>(<f32>x); }

/** Reads the angle of a split into two times `n` coefficients out of `bits`. */
export function readTheta(band: i32, n: i32, bits: i32, blocks: i32, lm: i32, stereo: bool, isIntensity: bool, remaining: i32): void {
  const cap = widthLog(band) + (lm << BITRES);
  const offset = (cap >> 1) - (stereo && n == 2 ? 16 : 4);
  const q = isIntensity ? 1 : levels(n, bits, offset, cap, stereo);
  const before = tellEighths();
  angle = 0;
  isInverted = 0;
  if (q != 1) angle = divide(readAngle(n, q, stereo, blocks) << 14, q);
  else if (stereo && bits > 16 && remaining > 16) isInverted = decodeBit(2);
  angleBits = tellEighths() - before;
  if (angle == 0) {
    firstLength = 32767;
    secondLength = 0;
    imbalance = -16384;
  } else if (angle == 16384) {
    firstLength = 0;
    secondLength = 32767;
    imbalance = 16384;
  } else {
    firstLength = cosine(angle);
    secondLength = cosine(16384 - angle);
    imbalance = multiply((n - 1) << 7, logTangent(secondLength, firstLength));
  }
}
