/**
 * Noise, and what stands in for it: shapes of bands that no bits were spent on (RFC 6716 section 4.3.4). A linear
 * congruential generator, every frame's begun with the state of the range decoder before it; four lanes step it
 * by four.
 */

const LENGTH_MAX: i32 = 176;
/** After n steps the seed is factor n times itself plus addend n. */
const factors = memory.data((LENGTH_MAX + 1) * 4, 16);
const addends = memory.data((LENGTH_MAX + 1) * 4, 16);

let seed: u32 = 0;

export function noiseInit(): void {
  let factor: u32 = 1, addend: u32 = 0;
  for (let n = 0; n <= LENGTH_MAX; n++) {
    store<u32>(factors + (n << 2), factor);
    store<u32>(addends + (n << 2), addend);
    factor *= 1664525;
    addend = addend * 1664525 + 1013904223;
  }
}

export function setSeed(to: u32): void { seed = to; }

// @ts-ignore: decorator
@inline
export function nextNoise(): u32 { seed = 1664525 * seed + 1013904223; return seed; }

/** `n` numbers that nobody hears. */
export function skipNoise(n: i32): void { seed = seed * load<u32>(factors + (n << 2)) + load<u32>(addends + (n << 2)); }

// @ts-ignore: decorator
@inline
function firstLanes(): v128 {
  return i32x4.add(i32x4.mul(i32x4.splat(seed), v128.load(factors + 4)), v128.load(addends + 4));
}
// @ts-ignore: decorator
@inline
function nextLanes(lanes: v128): v128 {
  return i32x4.add(i32x4.mul(lanes, v128.load32_splat(factors + 16)), v128.load32_splat(addends + 16));
}

export function fillNoise(x: usize, n: i32): void {
  let i = 0, lanes = firstLanes();
  for (; i + 4 <= n; i += 4, x += 16) {
    v128.store(x, f32x4.convert_i32x4_s(i32x4.shr_s(lanes, 20)));
    lanes = nextLanes(lanes);
  }
  skipNoise(i);
  for (; i < n; i++, x += 4) store<f32>(x, <f32>(<i32>nextNoise() >> 20));
}

/** `source` with a little noise, 48 dB below the mean of a band. */
export function fillFolded(x: usize, source: usize, n: i32): void {
  let i = 0, lanes = firstLanes();
  for (; i + 4 <= n; i += 4, x += 16, source += 16) {
    const sign = v128.andnot(i32x4.splat(0x80000000), i32x4.shl(lanes, 16));
    v128.store(x, f32x4.add(v128.load(source), v128.or(f32x4.splat(1.0 / 256), sign)));
    lanes = nextLanes(lanes);
  }
  skipNoise(i);
  for (; i < n; i++, x += 4, source += 4) {
    store<f32>(x, load<f32>(source) + <f32>(nextNoise() & 0x8000 ? 1.0 / 256 : -1.0 / 256));
  }
}
