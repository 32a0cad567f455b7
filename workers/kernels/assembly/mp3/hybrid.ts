/**
 * Lines to subband samples: alias reduction, inverse MDCT, window and overlap (ISO/IEC 11172-3 section 2.4.3.4), of
 * the lowest subbands only. Four subbands lie side by side in a vector. What two channels overlap is added up, for the
 * sum is all that is heard; so channels with different block types share one state.
 */
import { Granule } from './side-info';

const SIZE: i32 = 18;

const aliases = heap.alloc(8 * 8);
/** The DCT-IV of 18: cos(π/72 (2j + 1)(2k + 1)), row j. */
const cosines = heap.alloc(SIZE * SIZE * 4);
/** Windows of the four types over 36 samples, with the sign that unfolding the DCT gives. Type 2 has none. */
const windows = heap.alloc(4 * 36 * 4);
/** Short blocks: 36 samples from 18 lines, three windows in their places. */
const shorts = heap.alloc(36 * SIZE * 4);

const group = heap.alloc(SIZE * 16);
const folded = heap.alloc(SIZE * 16);
const samples = heap.alloc(36 * 16);
const overlap = heap.alloc(SIZE * 32 * 4);
const output = heap.alloc(SIZE * 32 * 4);

export function hybridInit(): void {
  const c: StaticArray<f64> = [-0.6, -0.535, -0.33, -0.185, -0.095, -0.041, -0.0142, -0.0037];
  for (let i = 0; i < 8; i++) {
    store<f32>(aliases + (i << 3), <f32>(1 / Math.sqrt(1 + c[i] * c[i])));
    store<f32>(aliases + (i << 3), <f32>(c[i] / Math.sqrt(1 + c[i] * c[i])), 4);
  }
  for (let j = 0; j < SIZE; j++) {
    for (let k = 0; k < SIZE; k++) {
      store<f32>(cosines + ((j * SIZE + k) << 2), <f32>Math.cos(Math.PI / 72 * <f64>((2 * j + 1) * (2 * k + 1))));
    }
  }
  for (let i = 0; i < 36; i++) {
    const long = Math.sin(Math.PI / 36 * (<f64>i + 0.5));
    const start = i < 18 ? long : i < 24 ? 1 : i < 30 ? Math.sin(Math.PI / 12 * (<f64>(i - 18) + 0.5)) : 0;
    const stop = i >= 18 ? long : i >= 12 ? 1 : i >= 6 ? Math.sin(Math.PI / 12 * (<f64>(i - 6) + 0.5)) : 0;
    const sign: f64 = i < 9 ? 1 : -1;
    store<f32>(windows + (i << 2), <f32>(sign * long));
    store<f32>(windows + ((36 + i) << 2), <f32>(sign * start));
    store<f32>(windows + ((108 + i) << 2), <f32>(sign * stop));
    for (let k = 0; k < SIZE; k++) {
      const n = i - 6 - 6 * (k % 3);
      const value = n < 0 || n >= 12 ? 0
        : Math.sin(Math.PI / 12 * (<f64>n + 0.5)) * Math.cos(Math.PI / 24 * <f64>((2 * n + 7) * (2 * (k / 3) + 1)));
      store<f32>(shorts + ((i * SIZE + k) << 2), <f32>value);
    }
  }
}

export function hybridStart(): void { memory.fill(overlap, 0, SIZE * 32 * 4); }

/** Rows of `bandCount` subbands, 18 of them. */
export function hybridOutput(): usize { return output; }

function reduceAliases(lines: usize, borderCount: i32): void {
  for (let border = 1; border <= borderCount; border++) {
    const at = lines + (border * SIZE << 2);
    for (let i = 0; i < 8; i++) {
      const s = load<f32>(aliases + (i << 3)), a = load<f32>(aliases + (i << 3), 4);
      const up = at - ((i + 1) << 2), down = at + (i << 2);
      const u = load<f32>(up), d = load<f32>(down);
      store<f32>(up, u * s - d * a);
      store<f32>(down, d * s + u * a);
    }
  }
}

/** Lines of four subbands, from the first one's on, to vectors. */
function gather(lines: usize): void {
  for (let k = 0; k < SIZE; k++) {
    const at = lines + (k << 2);
    let v = v128.load32_zero(at);
    v = v128.load32_lane(at + SIZE * 4, v, 1);
    v = v128.load32_lane(at + SIZE * 8, v, 2);
    v128.store(group + (k << 4), v128.load32_lane(at + SIZE * 12, v, 3));
  }
}

function transformLong(): void {
  for (let j = 0; j < SIZE; j += 6) {
    let a = f32x4.splat(0), b = a, c = a, d = a, e = a, f = a;
    const row = cosines + (j * SIZE << 2);
    for (let k = 0; k < SIZE; k++) {
      const x = v128.load(group + (k << 4)), at = row + (k << 2);
      a = f32x4.add(a, f32x4.mul(x, v128.load32_splat(at)));
      b = f32x4.add(b, f32x4.mul(x, v128.load32_splat(at, SIZE * 4)));
      c = f32x4.add(c, f32x4.mul(x, v128.load32_splat(at, SIZE * 8)));
      d = f32x4.add(d, f32x4.mul(x, v128.load32_splat(at, SIZE * 12)));
      e = f32x4.add(e, f32x4.mul(x, v128.load32_splat(at, SIZE * 16)));
      f = f32x4.add(f, f32x4.mul(x, v128.load32_splat(at, SIZE * 20)));
    }
    const to = folded + (j << 4);
    v128.store(to, a); v128.store(to, b, 16); v128.store(to, c, 32);
    v128.store(to, d, 48); v128.store(to, e, 64); v128.store(to, f, 80);
  }
}

/** Sample i of 36 in the folded 18. */
// @ts-ignore: decorator
@inline
function foldedAt(i: i32): usize { return folded + (<usize>(i < 9 ? i + 9 : i < 27 ? 26 - i : i - 27) << 4); }

function windowLong(type: i32): void {
  const window = windows + (type * 36 << 2);
  for (let i = 0; i < 36; i++) {
    v128.store(samples + (i << 4), f32x4.mul(v128.load(foldedAt(i)), v128.load32_splat(window + (i << 2))));
  }
}

/** `keeps` masks the lanes that stay as they are. */
function transformShort(keeps: v128): void {
  for (let i = 0; i < 36; i++) {
    let sum = f32x4.splat(0);
    for (let k = 0; k < SIZE; k++) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(group + (k << 4)), v128.load32_splat(shorts + ((i * SIZE + k) << 2))));
    }
    v128.store(samples + (i << 4), v128.bitselect(v128.load(samples + (i << 4)), sum, keeps));
  }
}

/** Samples 36 long onto what the last granule left; odd samples of odd subbands are turned over. */
function overlapAdd(at: usize, rowBytes: usize, adds: bool): void {
  const turned = i32x4(0, 0x80000000, 0, 0x80000000);
  for (let i = 0; i < SIZE; i++) {
    const early = v128.load(samples + (i << 4)), late = v128.load(samples + ((i + SIZE) << 4));
    const kept = overlap + at, out = output + at;
    const sum = adds ? early : f32x4.add(early, v128.load(kept));
    const value = i & 1 ? v128.xor(sum, turned) : sum;
    v128.store(out, adds ? f32x4.add(v128.load(out), value) : value);
    v128.store(kept, adds ? f32x4.add(v128.load(kept), late) : late);
    at += rowBytes;
  }
}

/**
 * One channel, or one that stands for both: the first `lineCount` lines are not zero. `adds` to what the other one of
 * this granule gave. Changes the lines.
 */
export function hybrid(lines: usize, lineCount: i32, g: Granule, bandCount: i32, adds: bool): void {
  const isShort = g.blockType == 2;
  // Of the border above the last band the half below it counts.
  const borders = lineCount == 0 ? 0 : isShort ? g.mixed : min(31, min(bandCount, lineCount / SIZE + 1));
  reduceAliases(lines, borders);
  const used = isShort ? lineCount : lineCount + 8;
  for (let band = 0; band < bandCount; band += 4) {
    if (lineCount == 0 || band * SIZE >= used) memory.fill(samples, 0, 36 * 16);
    else {
      gather(lines + (band * SIZE << 2));
      if (!isShort) {
        transformLong();
        windowLong(g.blockType);
      } else if (g.mixed && band == 0) {
        transformLong();
        windowLong(0);
        transformShort(i32x4(-1, -1, 0, 0));
      } else transformShort(i32x4(0, 0, 0, 0));
    }
    overlapAdd(<usize>band << 2, <usize>bandCount << 2, adds);
  }
}
