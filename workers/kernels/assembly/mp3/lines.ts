/**
 * Lines to their size (requantisation, ISO/IEC 11172-3 section 2.4.3.4), two channels to one, short blocks into the
 * order of frequency.
 *
 * Mono is (L + R) / 2, so each channel is made half as large. Of sum and difference the sum alone is it: M / √2. Of
 * intensity stereo L + R is what was coded, wherever it came from; with low sampling frequencies one of the two is
 * smaller.
 */
import { NO_POSITION, scaleFactors } from './scale-factors';
import { Granule, LINES } from './side-info';
import { LONG_BANDS, PRETAB, SHORT_BANDS } from './tables';

/** Exponents, in quarters of a power of two, from −OFFSET on. */
const OFFSET: i32 = 480;
const gains = heap.alloc(1024 * 4);
const ordered = heap.alloc((LINES + 4) * 4);
const NO_INTENSITY: i32 = -1;

export function linesInit(): void {
  for (let i = 0; i < 1024; i++) store<f32>(gains + (i << 2), <f32>Math.pow(2, <f64>(i - OFFSET) / 4));
}

function gain(quarters: i32): f32 { return load<f32>(gains + ((quarters + OFFSET) << 2)); }

/** Widths are even. */
// @ts-ignore: decorator
@inline
function scale(at: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  const last = at + (<usize>count << 2);
  for (; at + 16 <= last; at += 16) v128.store(at, f32x4.mul(v128.load(at), factors));
  if (at < last) v128.store64_lane(at, f32x4.mul(v128.load64_zero(at), factors), 0);
}

/** Long bands before the short ones of a mixed block: 36 lines. */
function longBandCount(g: Granule, isLsf: bool): i32 {
  return g.blockType != 2 ? 22 : !g.mixed ? 0 : isLsf ? 6 : 8;
}

/** The first `count` lines; `quarters` goes to every exponent. */
export function scaleLines(lines: usize, count: i32, g: Granule, channel: i32, rate: i32, quarters: i32): void {
  const base = g.gain - 210 + quarters;
  const shift = 1 + g.scaleShift;
  let factors = scaleFactors(channel);
  const longCount = longBandCount(g, rate > 2);
  for (let band = 0; band < longCount; band++) {
    const from = <i32>unchecked(LONG_BANDS[rate * 23 + band]);
    if (from >= count) return;
    const to = <i32>unchecked(LONG_BANDS[rate * 23 + band + 1]);
    const factor = <i32>load<u8>(factors++) + (g.preflag ? <i32>unchecked(PRETAB[band]) : 0);
    scale(lines + (from << 2), to - from, gain(base - (factor << shift)));
  }
  if (g.blockType != 2) return;
  for (let band = g.mixed ? 3 : 0; band < 13; band++) {
    const from = <i32>SHORT_BANDS[rate * 14 + band], width = <i32>SHORT_BANDS[rate * 14 + band + 1] - from;
    if (3 * from >= count) return;
    for (let window = 0; window < 3; window++) {
      const windowGain = window == 0 ? g.windowGain0 : window == 1 ? g.windowGain1 : g.windowGain2;
      const factor = <i32>load<u8>(factors++);
      scale(lines + ((3 * from + window * width) << 2), width, gain(base - 8 * windowGain - (factor << shift)));
    }
  }
}

/** The second added to the first. */
export function addLines(lines: usize, other: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2;
    v128.store(lines + at, f32x4.add(v128.load(lines + at), v128.load(other + at)));
  }
}

/** M and S to L and R. */
export function separateLines(lines: usize, other: usize): void {
  for (let i = 0; i < LINES; i += 4) {
    const at = <usize>i << 2;
    const m = v128.load(lines + at), s = v128.load(other + at);
    v128.store(lines + at, f32x4.add(m, s));
    v128.store(other + at, f32x4.sub(m, s));
  }
}

function isSilent(at: usize, count: i32): bool {
  for (let i = 0; i < count; i++) if (load<f32>(at + (i << 2)) != 0) return false;
  return true;
}

/** What one band of both channels is as one; `position` may be NO_INTENSITY. */
function mixBand(left: usize, right: usize, count: i32, position: i32, isLsf: bool, compress: i32, isMs: bool): void {
  if (position != NO_INTENSITY) {
    const step = compress & 1 ? 2 : 1;
    scale(left, count, isLsf ? (1 + gain(-step * ((position + 1) >> 1))) * 0.5 : 0.5);
  } else if (isMs) scale(left, count, gain(-2));
  else for (let i = 0; i < count; i++) {
    const at = <usize>i << 2;
    store<f32>(left + at, (load<f32>(left + at) + load<f32>(right + at)) * 0.5);
  }
}

function positionOf(factor: u8, isLsf: bool): i32 {
  return factor == (isLsf ? NO_POSITION : 7) ? NO_INTENSITY : <i32>factor;
}

/**
 * Intensity stereo: from the top of the right channel down, bands that are silent in it lie in the left one for both.
 * All lines of both channels are here, in their full size. The last band has no factor, but the one before it.
 */
export function mixIntensity(left: usize, right: usize, g: Granule, rate: i32, isMs: bool): void {
  const isLsf = rate > 2;
  const longCount = longBandCount(g, isLsf);
  const factors = scaleFactors(1);
  let silent0 = true, silent1 = true, silent2 = true;
  if (g.blockType == 2) {
    const firstBand = g.mixed ? 3 : 0;
    for (let band = 12; band >= firstBand; band--) {
      const from = <i32>SHORT_BANDS[rate * 14 + band], width = <i32>SHORT_BANDS[rate * 14 + band + 1] - from;
      for (let window = 2; window >= 0; window--) {
        const at = <usize>(3 * from + window * width) << 2;
        let silent = window == 0 ? silent0 : window == 1 ? silent1 : silent2;
        silent = silent && isSilent(right + at, width);
        if (window == 0) silent0 = silent; else if (window == 1) silent1 = silent; else silent2 = silent;
        const factor = load<u8>(factors + longCount + (min(band, 11) - firstBand) * 3 + window);
        mixBand(left + at, right + at, width, silent ? positionOf(factor, isLsf) : NO_INTENSITY, isLsf, g.compress, isMs);
      }
    }
  }
  let silent = silent0 && silent1 && silent2;
  for (let band = longCount - 1; band >= 0; band--) {
    const from = <i32>LONG_BANDS[rate * 23 + band], width = <i32>LONG_BANDS[rate * 23 + band + 1] - from;
    const at = <usize>from << 2;
    silent = silent && isSilent(right + at, width);
    const factor = load<u8>(factors + min(band, 20));
    mixBand(left + at, right + at, width, silent ? positionOf(factor, isLsf) : NO_INTENSITY, isLsf, g.compress, isMs);
  }
}

/** Short blocks: line 3f + w of a band is frequency f of window w. */
export function orderLines(lines: usize, g: Granule, rate: i32): void {
  if (g.blockType != 2) return;
  memory.copy(ordered, lines, LINES * 4);
  for (let band = g.mixed ? 3 : 0; band < 13; band++) {
    const from = <i32>SHORT_BANDS[rate * 14 + band], width = <i32>SHORT_BANDS[rate * 14 + band + 1] - from;
    for (let window = 0; window < 3; window++) {
      for (let f = 0; f < width; f++) {
        store<f32>(
          lines + ((3 * (from + f) + window) << 2),
          load<f32>(ordered + ((3 * from + window * width + f) << 2)),
        );
      }
    }
  }
}
