/**
 * The range decoder (RFC 6716 section 4.1). Every symbol has to be read exactly as it was written: one that is not
 * leaves the rest of the frame to chance. Past the end of a frame it reads zeros.
 */

let bytes: usize = 0;
let byteCount: i32 = 0;
let front: i32 = 0;
let back: i32 = 0;
let backWindow: u32 = 0;
let backBits: i32 = 0;
let totalBits: i32 = 0;
let range: u32 = 0;
let value: u32 = 0;
let left: u32 = 0;
let unit: u32 = 0;

/** 2^(32 + L) / d, rounded up, for 2^L the next power of two from d: with it, numbers below 2^31 divide exactly. */
const RECIPROCALS: i32 = 520;
const reciprocals = memory.data(RECIPROCALS * 8, 16);
const tellCorrections = memory.data<u16>([35733, 38967, 42495, 46340, 50535, 55109, 60097, 65535]);

export function rangeState(): u32 { return range; }
// @ts-ignore: decorator
@inline
export function ilog(x: u32): i32 { return 32 - <i32>clz<u32>(x); }

export function rangeInit(): void {
  for (let d = 2; d < RECIPROCALS; d++) {
    const power = (<u64>1) << (32 + ilog(d - 1));
    store<u64>(reciprocals + (d << 3), (power + d - 1) / d);
  }
}

/** `x` below 2^31 by `d` from 2 to 519. */
// @ts-ignore: decorator
@inline
export function divide(x: u32, d: u32): u32 {
  return <u32>((<u64>x * load<u64>(reciprocals + (d << 3))) >> (32 + ilog(d - 1)));
}

// @ts-ignore: decorator
@inline
function nextFront(): u32 { return front < byteCount ? <u32>load<u8>(bytes + front++) : 0; }

// @ts-ignore: decorator
@inline
function normalize(): void {
  if (range <= 0x800000) refill();
}

function refill(): void {
  let r = range, v = value, l = left;
  do {
    totalBits += 8;
    r <<= 8;
    const before = l;
    l = nextFront();
    v = ((v << 8) + (255 & ~((before << 8 | l) >> 1))) & 0x7fffffff;
  } while (r <= 0x800000);
  range = r;
  value = v;
  left = l;
}

export function rangeStart(from: usize, count: i32): void {
  bytes = from;
  byteCount = count;
  front = 0;
  back = 0;
  backWindow = 0;
  backBits = 0;
  totalBits = 9;
  range = 128;
  left = nextFront();
  value = 127 - (left >> 1);
  normalize();
}

/** Whole bits used so far, rounded up. */
// @ts-ignore: decorator
@inline
export function tell(): i32 { return totalBits - ilog(range); }

/** The same in eighths of a bit. */
export function tellEighths(): i32 {
  const l = ilog(range);
  const r = range >> (l - 16);
  let b = (r >> 12) - 8;
  b += r > <u32>load<u16>(tellCorrections + (b << 1)) ? 1 : 0;
  return (totalBits << 3) - ((l << 3) + <i32>b);
}

/** Lets all bits count as used. */
export function useUp(): void { totalBits += byteCount * 8 - tell(); }

// @ts-ignore: decorator
@inline
export function decodeFrequency(total: u32): u32 {
  unit = range / total;
  return total - min<u32>(value / unit + 1, total);
}
/** The same for a total from 2 to 519. */
// @ts-ignore: decorator
@inline
export function decodeFrequencyOfFew(total: u32): u32 {
  unit = divide(range, total);
  return total - min<u32>(value / unit + 1, total);
}
/** Of 2^`bits` frequencies, to be compared by `liesBelow` without a division. */
// @ts-ignore: decorator
@inline
export function beginFrequency(bits: u32): void { unit = range >> bits; }
/** Whether the frequency lies below `total - fromTop`. */
// @ts-ignore: decorator
@inline
export function liesBelow(fromTop: u32): bool { return value >= unit * fromTop; }
// @ts-ignore: decorator
@inline
export function frequencyBegun(total: u32): u32 { return total - min<u32>(value / unit + 1, total); }

/** Takes the symbol between `low` and `high` of `total` frequencies. */
// @ts-ignore: decorator
@inline
export function take(low: u32, high: u32, total: u32): void {
  const s = unit * (total - high);
  value -= s;
  range = low > 0 ? unit * (high - low) : range - s;
  normalize();
}

/** A bit that is one with probability 1 / 2^`log`. */
export function decodeBit(log: u32): i32 {
  const s = range >> log;
  const one = value < s;
  if (one) {
    range = s;
  } else {
    value -= s;
    range -= s;
  }
  normalize();
  return one ? 1 : 0;
}

/** A symbol of an inverse cumulative distribution that ends with zero, out of 2^`bits`. */
export function decodeIcdf(icdf: usize, bits: u32): i32 {
  let s = range, before: u32 = 0;
  const r = range >> bits;
  let symbol = -1;
  do {
    before = s;
    s = r * <u32>load<u8>(icdf + ++symbol);
  } while (value < s);
  value -= s;
  range = before - s;
  normalize();
  return symbol;
}

/** One of `count` equally likely numbers, of which there are two or more. */
export function decodeUniform(count: u32): u32 {
  const last = count - 1;
  const bits = ilog(last);
  if (bits <= 8) return decodeOfFew(count);
  const low = bits - 8;
  return min<u32>((decodeOfFew((last >> low) + 1) << low) | decodeRaw(low), last);
}

// @ts-ignore: decorator
@inline
function decodeOfFew(total: u32): u32 {
  const r = divide(range, total);
  const fromTop = min<u32>(value / r + 1, total);
  const s = r * (fromTop - 1);
  value -= s;
  range = fromTop < total ? r : range - s;
  normalize();
  return total - fromTop;
}

/** Bits from the end of the frame. */
export function decodeRaw(count: i32): u32 {
  if (backBits < count) {
    do {
      backWindow |= (back < byteCount ? <u32>load<u8>(bytes + byteCount - ++back) : 0) << backBits;
      backBits += 8;
    } while (backBits <= 24);
  }
  const bits = backWindow & ((<u32>1 << count) - 1);
  backWindow >>= count;
  backBits -= count;
  totalBits += count;
  return bits;
}
