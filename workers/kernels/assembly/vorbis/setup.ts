/**
 * The setup header (Vorbis I, section 4.2.4): codebooks, floors, residues, then mappings and modes. A mapping is
 *
 *     0  4  submaps
 *     4  4  coupling steps
 *     8  4  submap of each channel, one byte each
 *    12  4  magnitude and angle channel of each step, one byte each
 *    16  16 × 4  floor of each submap
 *    80  16 × 4  residue of each submap
 */
import { take } from './arena';
import { bitLength, isPastEnd, read } from './bits';
import { readCodebooks } from './codebook';
import { getFloor, readFloors } from './floor';
import { getResidue, readResidues } from './residue';

const mappingBytes: usize = 144;

let mappings: usize = 0;
let mappingCount: i32 = 0;
/** Of each mode: whether its block is a long one, and its mapping. */
const modes = heap.alloc(64 * 8);
let modeCount: i32 = 0;

export function getModeCount(): i32 {
  return modeCount;
}
export function modeIsLong(mode: i32): bool {
  return load<i32>(modes + (<usize>mode << 3)) != 0;
}
export function modeMapping(mode: i32): usize {
  return load<u32>(modes + (<usize>mode << 3), 4);
}
// @ts-ignore: decorator
@inline
export function submapsOf(mapping: usize): i32 {
  return load<i32>(mapping);
}
// @ts-ignore: decorator
@inline
export function couplingsOf(mapping: usize): i32 {
  return load<i32>(mapping, 4);
}
// @ts-ignore: decorator
@inline
export function submapOf(mapping: usize, channel: i32): i32 {
  return load<u8>(<usize>load<u32>(mapping, 8) + channel);
}
// @ts-ignore: decorator
@inline
export function magnitudeOf(mapping: usize, step: i32): i32 {
  return load<u8>(<usize>load<u32>(mapping, 12) + (step << 1));
}
// @ts-ignore: decorator
@inline
export function angleOf(mapping: usize, step: i32): i32 {
  return load<u8>(<usize>load<u32>(mapping, 12) + (step << 1), 1);
}
// @ts-ignore: decorator
@inline
export function floorOf(mapping: usize, submap: i32): usize {
  return load<u32>(mapping + (<usize>submap << 2), 16);
}
// @ts-ignore: decorator
@inline
export function residueOf(mapping: usize, submap: i32): usize {
  return load<u32>(mapping + (<usize>submap << 2), 80);
}

/** From behind "\x05vorbis". False where the header contradicts itself or asks for too much. */
export function readSetup(channels: i32): bool {
  if (!readCodebooks()) return false;
  for (let left = read(6) + 1; left > 0; left--) if (read(16) != 0) return false;
  if (!readFloors(1 / <f64>channels) || !readResidues()) return false;
  mappingCount = read(6) + 1;
  mappings = take(<usize>mappingCount * mappingBytes);
  for (let i = 0; i < mappingCount; i++) {
    if (!readMapping(mappings + <usize>i * mappingBytes, channels)) return false;
  }
  modeCount = read(6) + 1;
  for (let i = 0; i < modeCount; i++) {
    const isLong = read(1);
    if (read(32) != 0) return false;
    const mapping = <i32>read(8);
    if (mapping >= mappingCount) return false;
    store<u32>(modes + (<usize>i << 3), isLong);
    store<u32>(modes + (<usize>i << 3), <u32>(mappings + <usize>mapping * mappingBytes), 4);
  }
  return read(1) == 1 && !isPastEnd();
}

function readMapping(mapping: usize, channels: i32): bool {
  if (read(16) != 0) return false;
  const submaps = read(1) != 0 ? read(4) + 1 : 1;
  const couplings = read(1) != 0 ? read(8) + 1 : 0;
  const submapOfChannel = take(channels), coupled = take(couplings << 1);
  if (submapOfChannel == 0 || (couplings > 0 && coupled == 0)) return false;
  store<u32>(mapping, submaps);
  store<u32>(mapping, couplings, 4);
  store<u32>(mapping, <u32>submapOfChannel, 8);
  store<u32>(mapping, <u32>coupled, 12);
  const channelBits = bitLength(channels - 1);
  for (let i: u32 = 0; i < couplings; i++) {
    const magnitude = <i32>read(channelBits), angle = <i32>read(channelBits);
    if (magnitude == angle || magnitude >= channels || angle >= channels) return false;
    store<u8>(coupled + (i << 1), <u8>magnitude);
    store<u8>(coupled + (i << 1), <u8>angle, 1);
  }
  if (read(2) != 0) return false;
  if (submaps > 1) {
    for (let i = 0; i < channels; i++) {
      const submap = read(4);
      if (submap >= submaps) return false;
      store<u8>(submapOfChannel + i, <u8>submap);
    }
  }
  for (let i: u32 = 0; i < submaps; i++) {
    read(8);
    const floor = getFloor(read(8)), residue = getResidue(read(8));
    if (floor == 0 || residue == 0) return false;
    store<u32>(mapping + (i << 2), <u32>floor, 16);
    store<u32>(mapping + (i << 2), <u32>residue, 80);
  }
  return !isPastEnd();
}
