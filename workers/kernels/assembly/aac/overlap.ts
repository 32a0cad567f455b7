/**
 * From spectra to samples (ISO/IEC 14496-3, 4.6.11). What is mixed is spectra: channels whose blocks have the same windows
 * are added up before the transform, and as a rule that is all of them. The overlap is that of the mix.
 *
 * With a decimation of D, blocks have 1024/D and 128/D coefficients, and windows are read where the coarser grid lies.
 */
import { inverseMdct } from '../imdct';
import { Channel, shortSequence, startSequence, stopSequence } from './channel';

const coefficients: i32 = 1024;
const keyCount: i32 = 16;

let longHalf: i32 = 0;
let shortHalf: i32 = 0;
let longCut: i32 = 0;
let shortCut: i32 = 0;

/** The sum of the channels of one sequence, shape and shape before; which there are is a bit each. */
const mixes = heap.alloc(<usize>(keyCount * coefficients) << 2);
let mixed: u32 = 0;
const overlap = heap.alloc(<usize>coefficients << 2);
const transformed = heap.alloc(<usize>coefficients << 2);
const shortBlocks = heap.alloc(<usize>coefficients << 3);
/** Rising halves: of long blocks [next to a long one or a short one][shape], of short ones [shape]. */
const longWindows = heap.alloc(<usize>(4 * coefficients) << 2);
const shortWindows = heap.alloc(<usize>(2 * 128) << 2);

export function openOverlap(decimation: i32, cut: i32, cutOfShort: i32): void {
  longHalf = coefficients / decimation;
  shortHalf = longHalf >> 3;
  longCut = cut;
  shortCut = cutOfShort;
  memory.fill(overlap, 0, <usize>coefficients << 2);
  mixed = 0;
  for (let shape = 0; shape < 2; shape++) {
    makeWindow(longWindow(0, shape), coefficients, decimation, shape);
    makeWindow(shortWindow(shape), 128, decimation, shape);
    const flat = <usize>(longHalf - shortHalf) << 1, edge = longWindow(1, shape);
    memory.fill(edge, 0, flat);
    memory.copy(edge + flat, shortWindow(shape), <usize>shortHalf << 2);
    for (let i = (longHalf + shortHalf) >> 1; i < longHalf; i++) store<f32>(edge + (<usize>i << 2), 1);
  }
}

function longWindow(isNextToShort: i32, shape: i32): usize {
  return longWindows + (<usize>((isNextToShort << 1 | shape) * coefficients) << 2);
}
function shortWindow(shape: i32): usize { return shortWindows + (<usize>(shape << 7) << 2); }

/** Shape 0 is a sine; shape 1 Kaiser-Bessel derived, of which half-way between two samples the square is interpolated. */
function makeWindow(target: usize, size: i32, decimation: i32, shape: i32): void {
  const squares = heap.alloc(<usize>(size + 4) << 3);
  if (shape != 0) kaiserSums(squares, size);
  for (let m = 0; m < size / decimation; m++) {
    const at = target + (<usize>m << 2);
    const place = (<f64>m + 0.5) * decimation;
    if (shape == 0) store<f32>(at, <f32>Math.sin(Math.PI / 2 * place / size));
    else if (decimation == 1) store<f32>(at, <f32>Math.sqrt(load<f64>(squares + (<usize>(m + 2) << 3))));
    else {
      const f = squares + (<usize>(<i32>place + 1) << 3);
      const between = 9 * (load<f64>(f) + load<f64>(f, 8)) - load<f64>(f - 8) - load<f64>(f, 16);
      store<f32>(at, <f32>Math.sqrt(Math.max(between / 16, 0)));
    }
  }
  heap.free(squares);
}

/** Squares of the window's samples, from 2 on; before them 0, behind them 1. */
function kaiserSums(target: usize, size: i32): void {
  const alpha = size == coefficients ? 4.0 : 6.0;
  let sum = 0.0;
  for (let p = -2; p < size + 2; p++) {
    if (p >= 0 && p < size) sum += kaiser(<f64>p / size, alpha);
    store<f64>(target + (<usize>(p + 2) << 3), sum);
  }
  const total = sum + kaiser(1, alpha);
  for (let p = 0; p < size + 4; p++) {
    const at = target + (<usize>p << 3);
    store<f64>(at, p < size + 2 ? load<f64>(at) / total : 1);
  }
}

function kaiser(place: f64, alpha: f64): f64 {
  const x = 2 * place - 1;
  const half = Math.PI * alpha * Math.sqrt(1 - x * x) / 2;
  let term = 1.0, sum = 1.0;
  for (let k = 1; k < 60; k++) {
    term *= half / k * (half / k);
    sum += term;
  }
  return sum;
}

export function beginMix(): void { mixed = 0; }

/** Adds a channel's spectrum to the mix. */
export function addToMix(channel: Channel, share: f32): void {
  const key = channel.sequence << 2 | channel.shape << 1 | channel.shapeBefore;
  const mix = mixes + (<usize>(key * coefficients) << 2);
  const bit: u32 = 1 << key;
  if ((mixed & bit) == 0) memory.fill(mix, 0, <usize>longHalf << 2);
  mixed |= bit;
  if (!channel.isShort) {
    add(channel.spectrum, mix, longCut, share);
    return;
  }
  for (let window: usize = 0; window < 8; window++) {
    add(channel.spectrum + (window << 9), mix + (window * shortHalf << 2), shortCut, share);
  }
}

function add(from: usize, to: usize, count: i32, share: f32): void {
  const shares = f32x4.splat(share);
  for (let at: usize = 0; at < <usize>count << 2; at += 16) {
    v128.store(to + at, f32x4.add(v128.load(to + at), f32x4.mul(v128.load(from + at), shares)));
  }
}

/** The samples of this frame; false where they are not finite, and then the overlap is silence. */
export function endMix(output: usize): bool {
  memory.copy(output, overlap, <usize>longHalf << 2);
  memory.fill(overlap, 0, <usize>longHalf << 2);
  for (let key = 0; key < keyCount; key++) {
    if ((mixed >> key & 1) == 0) continue;
    const mix = mixes + (<usize>(key * coefficients) << 2);
    const sequence = key >> 2, shape = key >> 1 & 1, shapeBefore = key & 1;
    if (sequence == shortSequence) {
      addShortBlocks(mix, output, shape, shapeBefore);
      continue;
    }
    inverseMdct(mix, transformed, longHalf << 1);
    addRising(transformed, output, longHalf, longWindow(sequence == stopSequence ? 1 : 0, shapeBefore));
    addFalling(transformed, overlap, longHalf, longWindow(sequence == startSequence ? 1 : 0, shape));
  }
  if (isSound(output) && isSound(overlap)) return true;
  memory.fill(output, 0, <usize>longHalf << 2);
  memory.fill(overlap, 0, <usize>longHalf << 2);
  return false;
}

function addShortBlocks(mix: usize, output: usize, shape: i32, shapeBefore: i32): void {
  const bytes = <usize>longHalf << 2;
  memory.fill(shortBlocks, 0, 2 * bytes);
  for (let window = 0; window < 8; window++) {
    const step = <usize>(window * shortHalf) << 2;
    const target = shortBlocks + (<usize>(longHalf - shortHalf) << 1) + step;
    inverseMdct(mix + step, transformed, shortHalf << 1);
    addRising(transformed, target, shortHalf, shortWindow(window == 0 ? shapeBefore : shape));
    addFalling(transformed, target + (<usize>shortHalf << 2), shortHalf, shortWindow(shape));
  }
  add(shortBlocks, output, longHalf, 1);
  add(shortBlocks + bytes, overlap, longHalf, 1);
}

// @ts-ignore: decorator
@inline
function reversed(lanes: v128): v128 { return v128.shuffle<f32>(lanes, lanes, 3, 2, 1, 0); }

/** The first half of a block, of the second half of what the transform gives (`imdct.ts`). */
function addRising(d: usize, target: usize, half: i32, window: usize): void {
  const middle = <usize>half << 1;
  let back = (<usize>half << 2) - 16;
  for (let at: usize = 0; at < middle; at += 16, back -= 16) {
    const values = v128.load(d + middle + at);
    const front = f32x4.mul(values, v128.load(window + at));
    v128.store(target + at, f32x4.add(v128.load(target + at), front));
    const rear = f32x4.mul(reversed(values), v128.load(window + back));
    v128.store(target + back, f32x4.sub(v128.load(target + back), rear));
  }
}

/** The second half of a block, under the rising window read backwards. */
function addFalling(d: usize, target: usize, half: i32, window: usize): void {
  const middle = <usize>half << 1;
  let back = middle - 16;
  for (let at: usize = 0; at < middle; at += 16, back -= 16) {
    const values = v128.load(d + at);
    const rear = f32x4.mul(values, reversed(v128.load(window + back)));
    v128.store(target + middle + at, f32x4.sub(v128.load(target + middle + at), rear));
    const front = f32x4.mul(reversed(values), reversed(v128.load(window + middle + at)));
    v128.store(target + back, f32x4.sub(v128.load(target + back), front));
  }
}

/** Neither infinite nor out of all proportion. */
function isSound(samples: usize): bool {
  const most = f32x4.splat(1e6);
  let sound = i32x4.splat(-1);
  for (let at: usize = 0; at < <usize>longHalf << 2; at += 16) {
    sound = v128.and(sound, f32x4.le(f32x4.abs(v128.load(samples + at)), most));
  }
  return i32x4.all_true(sound);
}
