/**
 * Spectra to peaks. A frame is whitened once the frames its mean needs are there, and searched once its
 * neighbours are whitened: a peak comes out 81 frames (1.6 s) after its sound went in.
 * Levels are integers, so running sums are exact and every machine finds the same peaks.
 */
import {
  BIN_HIGH, BIN_LOW, LEVEL_FLOOR, MEAN_REACH, MEAN_SHARE, RING, ROW, STEPS_PER_OCTAVE, STRONG_FLAG,
  STRONG_REACH_FRAMES, STRONG_REACH_FREQUENCY, WEAK_REACH_FRAMES, WEAK_REACH_FREQUENCY,
} from './parameters';

/** The most peaks held between two calls; a frame cannot have more than one in every five bins. */
export const PEAKS_MAX: i32 = 32768;

const levels = heap.alloc(RING * ROW * 2);
const white = heap.alloc(RING * ROW * 2);
const sums = heap.alloc(ROW * 4);
const strongReach = heap.alloc(ROW * 2);
const weakReach = heap.alloc(ROW * 2);
/** Per peak: frame u32, frequency step with its flag u16, whitened level i16. */
const found = heap.alloc(PEAKS_MAX * 8);

let frameCount: i32 = 0;
let whiteCount: i32 = 0;
let searchedCount: i32 = 0;
let foundCount: i32 = 0;

export function peaksInit(): void {
  memory.fill(sums, 0, ROW * 4);
  for (let bin = 0; bin < ROW; bin++) {
    store<u16>(strongReach + (bin << 1), <u16>max(2, <i32>Math.floor(<f64>bin * STRONG_REACH_FREQUENCY)));
    store<u16>(weakReach + (bin << 1), <u16>max(1, <i32>Math.floor(<f64>bin * WEAK_REACH_FREQUENCY)));
  }
}

export function peaksFound(): usize { return found; }
export function takePeaks(): i32 { const n = foundCount; foundCount = 0; return n; }

// @ts-ignore: decorator
@inline
function row(base: usize, frame: i32): usize { return base + (<usize>(frame & (RING - 1)) * ROW << 1); }

/** Where the next spectrum is to be written; eight fit in a row, because rings and batches are powers of two. */
export function nextRow(): usize { return row(levels, frameCount); }

function addToSums(from: usize, sign: i32): void {
  for (let bin = 0; bin < ROW; bin += 8) {
    const x = v128.load(from + (bin << 1));
    let low = i32x4.extend_low_i16x8_s(x), high = i32x4.extend_high_i16x8_s(x);
    const s = sums + (bin << 2);
    if (sign < 0) { low = i32x4.neg(low); high = i32x4.neg(high); }
    v128.store(s, i32x4.add(v128.load(s), low));
    v128.store(s, i32x4.add(v128.load(s, 16), high), 16);
  }
}

/** Takes the share of the mean over `count` frames off the levels of `frame`. */
function whiten(frame: i32, count: i32): void {
  const from = row(levels, frame), to = row(white, frame);
  const share = f32x4.splat(MEAN_SHARE / <f32>count);
  for (let bin = 0; bin < ROW; bin += 8) {
    const x = v128.load(from + (bin << 1));
    const s = sums + (bin << 2);
    const low = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(v128.load(s)), share));
    const high = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(v128.load(s, 16)), share));
    const mean = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(low), i32x4.trunc_sat_f32x4_s(high));
    v128.store(to + (bin << 1), i16x8.sub_sat_s(x, mean));
  }
}

// @ts-ignore: decorator
@inline
function at(base: usize, bin: i32): i32 { return <i32>load<i16>(base + (bin << 1)); }

/** Whether any level of bins low…high is above `value` (`strict`) or reaches it. */
function exceeded(base: usize, low: i32, high: i32, value: i32, strict: bool): bool {
  const limit = i16x8.splat(<i16>(strict ? value : value - 1));
  let bin = low;
  for (; bin + 7 <= high; bin += 8) {
    if (v128.any_true(i16x8.gt_s(v128.load(base + (bin << 1)), limit))) return true;
  }
  for (; bin <= high; bin++) if (at(base, bin) > (strict ? value : value - 1)) return true;
  return false;
}

/** Ties go to the earlier frame and the lower bin, so that the same audio always gives the same peaks. */
function isPeak(frame: i32, last: i32, bin: i32, value: i32, reachBins: usize, reachFrames: i32): bool {
  const r = <i32>load<u16>(reachBins + (bin << 1));
  const low = max(bin - r, 1), high = min(bin + r, ROW - 1);
  const here = row(white, frame);
  if (exceeded(here, low, bin - 1, value, false) || exceeded(here, bin + 1, high, value, true)) return false;
  for (let d = 1; d <= reachFrames; d++) {
    if (frame - d >= 0 && exceeded(row(white, frame - d), low, high, value, false)) return false;
    if (frame + d <= last && exceeded(row(white, frame + d), low, high, value, true)) return false;
  }
  return true;
}

/** Of eight bins those above their three neighbours in an earlier frame. */
// @ts-ignore: decorator
@inline
function abovePast(value: v128, here: usize): v128 {
  return v128.and(
    i16x8.gt_s(value, v128.load(here)),
    v128.and(i16x8.gt_s(value, v128.load(here - 2)), i16x8.gt_s(value, v128.load(here + 2))),
  );
}

// @ts-ignore: decorator
@inline
function reachesNext(value: v128, here: usize): v128 {
  return v128.and(
    i16x8.ge_s(value, v128.load(here)),
    v128.and(i16x8.ge_s(value, v128.load(here - 2)), i16x8.ge_s(value, v128.load(here + 2))),
  );
}

/**
 * Which of the eight bins from `bin` on may be peaks: a bit for each that its nearest neighbours leave. Every reach
 * includes them, so what fails here would fail in `isPeak`, bin by bin.
 */
// @ts-ignore: decorator
@inline
function candidates(frame: i32, last: i32, bin: i32): i32 {
  const at = bin << 1;
  const here = row(white, frame) + at;
  const value = v128.load(here);
  let mask = v128.and(
    v128.and(i16x8.gt_s(value, v128.load(here - 2)), i16x8.ge_s(value, v128.load(here + 2))),
    i16x8.gt_s(v128.load(row(levels, frame) + at), i16x8.splat(<i16>LEVEL_FLOOR)),
  );
  if (frame > 0) mask = v128.and(mask, abovePast(value, row(white, frame - 1) + at));
  if (frame < last) mask = v128.and(mask, reachesNext(value, row(white, frame + 1) + at));
  if (frame > 1) mask = v128.and(mask, abovePast(value, row(white, frame - 2) + at));
  if (frame + 1 < last) mask = v128.and(mask, reachesNext(value, row(white, frame + 2) + at));
  return i16x8.bitmask(mask);
}

function search(frame: i32, last: i32): void {
  const here = row(white, frame);
  for (let block = BIN_LOW; block < BIN_HIGH; block += 8) {
    let mask = candidates(frame, last, block);
    for (; mask != 0; mask &= mask - 1) {
      const bin = block + ctz(mask);
      if (bin >= BIN_HIGH) return;
      const value = at(here, bin);
      if (foundCount == PEAKS_MAX || !isPeak(frame, last, bin, value, weakReach, WEAK_REACH_FRAMES)) continue;
      const isStrong = isPeak(frame, last, bin, value, strongReach, STRONG_REACH_FRAMES);
      const before = at(here, bin - 1), after = at(here, bin + 1);
      // Parabola through three log levels: to a tenth of a bin for a Hann-windowed tone (Smith, Spectral Audio Signal Processing).
      const bend = before - 2 * value + after;
      const shift = bend == 0 ? 0.0 : 0.5 * <f64>(before - after) / <f64>bend;
      const steps = Math.round(STEPS_PER_OCTAVE * Math.log2((<f64>bin + shift) / BIN_LOW));
      const p = found + (foundCount << 3);
      store<u32>(p, frame);
      store<u16>(p, <u16>max(0.0, steps) | <u16>(isStrong ? STRONG_FLAG : 0), 4);
      store<i16>(p, <i16>value, 6);
      foundCount++;
    }
  }
}

/** Takes in `count` frames written from `nextRow` on; with `last`, finishes all that waits for neighbours. */
export function addFrames(count: i32, last: bool): void {
  for (let i = 0; i < count; i++) {
    addToSums(row(levels, frameCount), 1);
    frameCount++;
    if (frameCount > MEAN_REACH) advance(frameCount - 1 - MEAN_REACH);
  }
  if (!last) return;
  const end = frameCount;
  for (let frame = max(0, end - MEAN_REACH); frame < end; frame++) advance(frame);
  while (searchedCount < end) search(searchedCount++, end - 1);
}

/** Whitens `frame`, whose window now ends at the newest frame there is, and searches what that completes. */
function advance(frame: i32): void {
  const oldest = frame - MEAN_REACH;
  if (oldest > 0) addToSums(row(levels, oldest - 1), -1);
  whiten(frame, frameCount - max(0, oldest));
  whiteCount = frame + 1;
  const ready = frame - STRONG_REACH_FRAMES;
  if (ready >= searchedCount) search(searchedCount++, frame);
}
