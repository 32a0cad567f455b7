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

const tellCorrections = memory.data<u16>([35733, 38967, 42495, 46340, 50535, 55109, 60097, 65535]);

export function rangeState(): u32 { return range; }
// @ts-ignore: decorator
@inline
export function ilog(x: u32): i32 { return 32 - <i32>clz<u32>(x); }
// @ts-ignore: decorator
@inline
function nextFront(): u32 { return front < byteCount ? <u32>load<u8>(bytes + front++) : 0; }

// @ts-ignore: decorator
@inline
function normalize(): void {
  while (range <= 0x800000) {
    totalBits += 8;
    range <<= 8;
    const before = left;
    left = nextFront();
    value = ((value << 8) + (255 & ~((before << 8 | left) >> 1))) & 0x7fffffff;
  }
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
// @ts-ignore: decorator
@inline
export function decodeFrequencyBits(bits: u32): u32 {
  unit = range >> bits;
  const total: u32 = 1 << bits;
  return total - min<u32>(value / unit + 1, total);
}

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

/** One of `count` equally likely numbers. */
export function decodeUniform(count: u32): u32 {
  const last = count - 1;
  const bits = ilog(last);
  if (bits <= 8) {
    const s = decodeFrequency(count);
    take(s, s + 1, count);
    return s;
  }
  const low = bits - 8;
  const total = (last >> low) + 1;
  const s = decodeFrequency(total);
  take(s, s + 1, total);
  return min<u32>((s << low) | decodeRaw(low), last);
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
