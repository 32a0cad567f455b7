/**
 * Temporal noise shaping (ISO/IEC 14496-3, 4.6.9): filters that run over the coefficients, upwards or downwards. One that
 * runs downwards needs all there is above the cut; one that runs upwards, nothing.
 */
import { overrun, read } from '../msb-bits';
import { bandCount, bandEdges, edge, shapedBands } from './bands';
import { Channel } from './channel';

const filterBytes: usize = 64;
const maxLongOrder: u32 = 12;
const maxShortOrder: u32 = 7;

/**
 * The coefficients a filter's numbers stand for: [4 bits or 3 of resolution][number + 8]. As f64, of which a filter of
 * order 12 is made.
 */
const reflections = heap.alloc(2 * 16 * 8);
for (let fine = 0; fine < 2; fine++) {
  const half = fine != 0 ? 8.0 : 4.0;
  for (let n = -8; n < 8; n++) {
    const step = Math.PI / 2 / (n >= 0 ? half - 0.5 : half + 0.5);
    store<f64>(reflections + (<usize>(fine * 16 + n + 8) << 3), Math.sin(<f64>n * step));
  }
}

const before = heap.alloc(13 * 8);
const after = heap.alloc(13 * 8);

/** A filter in memory: order, direction, first band, band behind the last, then 12 floats. An order of 0 is none. */
export function readShaping(channel: Channel): bool {
  const isShort = channel.isShort;
  const windows = isShort ? 8 : 1;
  memory.fill(channel.shaping, 0, 8 * 4 * filterBytes);
  for (let window = 0; window < windows; window++) {
    const count = read(isShort ? 1 : 2);
    const isFine = count != 0 ? read(1) : 0;
    let top = bandCount(isShort);
    for (let i: u32 = 0; i < count; i++) {
      const filter = channel.shaping + <usize>(window * 4 + i) * filterBytes;
      const bottom = max(top - <i32>read(isShort ? 4 : 6), 0);
      const order = read(isShort ? 3 : 5);
      if (order > (isShort ? maxShortOrder : maxLongOrder) || overrun()) return false;
      if (order != 0) {
        const limit = min(shapedBands(isShort), channel.maxBand);
        store<i32>(filter, order);
        store<i32>(filter, read(1), 4);
        store<i32>(filter, min(bottom, limit), 8);
        store<i32>(filter, min(top, limit), 12);
        readCoefficients(filter + 16, order, isFine, read(1));
      }
      top = bottom;
    }
  }
  return true;
}

function readCoefficients(target: usize, order: u32, isFine: u32, isCompressed: u32): void {
  const bits = 3 + isFine - isCompressed;
  for (let m: u32 = 1; m <= order; m++) {
    const number = <i32>(read(bits) << (32 - bits)) >> (32 - bits);
    const reflection = load<f64>(reflections + (<usize>(isFine * 16 + number + 8) << 3));
    for (let i: u32 = 1; i < m; i++) {
      const at = <usize>i << 3, mirrored = <usize>(m - i) << 3;
      store<f64>(after + at, load<f64>(before + at) + reflection * load<f64>(before + mirrored));
    }
    store<f64>(after + (<usize>m << 3), reflection);
    memory.copy(before + 8, after + 8, <usize>m << 3);
  }
  for (let i: u32 = 1; i <= order; i++) {
    store<f32>(target + (<usize>(i - 1) << 2), <f32>load<f64>(before + (<usize>i << 3)));
  }
}

/** How far a window's spectrum is needed, where it is wanted up to `cut`. */
export function reachOfShaping(channel: Channel, cut: i32): i32 {
  if (channel.isShaped == 0) return cut;
  const edges = bandEdges(channel.isShort);
  let reach = cut;
  for (let i = 0; i < 32; i++) {
    const filter = channel.shaping + <usize>i * filterBytes;
    const isDownwards = load<i32>(filter, 4) != 0;
    if (load<i32>(filter) == 0 || !isDownwards || edge(edges, load<i32>(filter, 8)) >= cut) continue;
    reach = max(reach, edge(edges, load<i32>(filter, 12)));
  }
  return reach;
}

/** Up to `cut`, from what there is up to `reachOfShaping`. */
export function shape(channel: Channel, cut: i32): void {
  const isShort = channel.isShort;
  const edges = bandEdges(isShort);
  const windows = isShort ? 8 : 1;
  for (let window = 0; window < windows; window++) {
    const spectrum = channel.spectrum + <usize>(window << 9);
    for (let i = 0; i < 4; i++) {
      const filter = channel.shaping + <usize>(window * 4 + i) * filterBytes;
      const order = load<i32>(filter);
      if (order == 0) continue;
      const begin = edge(edges, load<i32>(filter, 8)), end = edge(edges, load<i32>(filter, 12));
      if (begin >= end || begin >= cut) continue;
      if (load<i32>(filter, 4) == 0) run(filter + 16, order, spectrum + (<usize>begin << 2), min(end, cut) - begin, 4);
      else run(filter + 16, order, spectrum + (<usize>(end - 1) << 2), end - begin, -4);
    }
  }
}

function run(coefficients: usize, order: i32, first: usize, count: i32, step: isize): void {
  let at = first;
  for (let n = 0; n < count; n++, at += step) {
    let sum = load<f32>(at);
    const known = min(n, order);
    let past = at - step;
    for (let i = 0; i < known; i++, past -= step) {
      sum -= load<f32>(coefficients + (<usize>i << 2)) * load<f32>(past);
    }
    store<f32>(at, sum);
  }
}
