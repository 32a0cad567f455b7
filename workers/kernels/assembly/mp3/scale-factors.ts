/**
 * Scale factors, ISO/IEC 11172-3 section 2.4.2.7 and 13818-3 section 2.4.3.2. They lie in the order in which they are
 * read: long bands, or three windows of each short band, or (mixed) the long ones before the short ones.
 */
import { read } from '../msb-bits';
import { Granule } from './side-info';

const PER_CHANNEL: usize = 64;
/** An intensity position that says: no intensity stereo here. */
export const NO_POSITION: u8 = 255;

const factors = heap.alloc(2 * PER_CHANNEL);

export function scaleFactors(channel: i32): usize { return factors + <usize>channel * PER_CHANNEL; }

const LENGTHS: StaticArray<u8> = [0, 0, 0, 0, 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 0, 1, 2, 3, 0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 2, 3];

/** How many factors each of four lengths is for: six rows by `compress`, each long, short, mixed. */
const LSF_COUNTS: StaticArray<u8> = [
  6, 5, 5, 5, 9, 9, 9, 9, 6, 9, 9, 9,
  6, 5, 7, 3, 9, 9, 12, 6, 6, 9, 12, 6,
  11, 10, 0, 0, 18, 18, 0, 0, 15, 18, 0, 0,
  7, 7, 7, 0, 12, 12, 12, 0, 6, 15, 12, 0,
  6, 6, 6, 3, 12, 9, 9, 6, 6, 12, 9, 6,
  8, 8, 5, 0, 15, 12, 9, 0, 6, 18, 9, 0,
];

function readMany(target: usize, count: i32, bits: i32): void {
  if (bits == 0) memory.fill(target, 0, count);
  else for (let i = 0; i < count; i++) store<u8>(target + i, <u8>read(bits));
}

export function readScaleFactors(g: Granule, channel: i32): void {
  const f = scaleFactors(channel);
  const first = <i32>LENGTHS[g.compress], second = <i32>LENGTHS[16 + g.compress];
  if (g.blockType == 2) {
    const early = g.mixed ? 17 : 18;
    readMany(f, early, first);
    readMany(f + early, 18, second);
    memory.fill(f + early + 18, 0, 3);
    return;
  }
  if (!(g.shared & 8)) readMany(f, 6, first);
  if (!(g.shared & 4)) readMany(f + 6, 5, first);
  if (!(g.shared & 2)) readMany(f + 11, 5, second);
  if (!(g.shared & 1)) readMany(f + 16, 5, second);
  store<u8>(f, 0, 21);
}

/** `isPosition` for the right channel of intensity stereo, whose factors are positions. */
export function readLsfScaleFactors(g: Granule, channel: i32, isPosition: bool): void {
  let a = 0, b = 0, c = 0, d = 0, row = 0;
  let code = g.compress;
  g.preflag = 0;
  if (isPosition) {
    code >>= 1;
    if (code < 180) { row = 3; a = code / 36; b = code % 36 / 6; c = code % 6; }
    else if (code < 244) { row = 4; code -= 180; a = code >> 4; b = code >> 2 & 3; c = code & 3; }
    else { row = 5; code -= 244; a = code / 3; b = code % 3; }
  } else if (code < 400) { a = (code >> 4) / 5; b = (code >> 4) % 5; c = code >> 2 & 3; d = code & 3; }
  else if (code < 500) { row = 1; code -= 400; a = (code >> 2) / 5; b = (code >> 2) % 5; c = code & 3; }
  else { row = 2; code -= 500; a = code / 3; b = code % 3; g.preflag = 1; }
  const counts = row * 12 + (g.blockType != 2 ? 0 : g.mixed ? 8 : 4);
  let at = scaleFactors(channel);
  at = readLsfGroup(at, LSF_COUNTS[counts], a, isPosition);
  at = readLsfGroup(at, LSF_COUNTS[counts + 1], b, isPosition);
  at = readLsfGroup(at, LSF_COUNTS[counts + 2], c, isPosition);
  at = readLsfGroup(at, LSF_COUNTS[counts + 3], d, isPosition);
  memory.fill(at, 0, 3);
}

function readLsfGroup(target: usize, count: i32, bits: i32, isPosition: bool): usize {
  readMany(target, count, bits);
  if (isPosition && bits > 0) {
    for (let i = 0; i < count; i++) {
      if (<i32>load<u8>(target + i) == (1 << bits) - 1) store<u8>(target + i, NO_POSITION);
    }
  }
  return target + count;
}
