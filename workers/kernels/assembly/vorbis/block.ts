/**
 * One audio packet (Vorbis I, section 4.3) to the inverse MDCT's half block: floors, residues, inverse coupling, their
 * product, and the mix of all channels, all of it below the cut only and before the transform, of which there is one.
 */
import { inverseMdct } from '../imdct';
import { take } from './arena';
import { bitLength, isPastEnd, openPacket, read } from './bits';
import { readPosts, renderFloor } from './floor';
import { addResidue, classRoom, isInterleaved, slackValues } from './residue';
import {
  angleOf, couplingsOf, floorOf, getModeCount, magnitudeOf, modeIsLong, modeMapping, residueOf, submapOf, submapsOf,
} from './setup';

let channels: i32 = 0;
let decimation: i32 = 1;
/** Of a short and a long block: its points, and the coefficients that count, in whole vectors. */
const points = heap.alloc(8);
const cuts = heap.alloc(8);
let modeBits: u32 = 0;

/** Values from one channel's vector to the next one's. */
let stride: i32 = 0;
let vectors: usize = 0;
let curves: usize = 0;
let interleaved: usize = 0;
let classes: usize = 0;
let targets: usize = 0;
/** Of each channel, one byte: whether it has a floor; whether its residue is coded. */
let hasFloor: usize = 0;
let hasResidue: usize = 0;
let mix: usize = 0;

/** After the setup; false where it would take too much memory. */
export function openBlocks(
  channelCount: i32, shortPoints: i32, longPoints: i32, decimateBy: i32, cutShort: i32, cutLong: i32,
): bool {
  channels = channelCount;
  decimation = decimateBy;
  store<i32>(points, shortPoints);
  store<i32>(points, longPoints, 4);
  store<i32>(cuts, cutShort);
  store<i32>(cuts, cutLong, 4);
  modeBits = bitLength(getModeCount() - 1);
  const slack = slackValues();
  stride = (max(cutLong, cutShort) + slack + 3) & ~3;
  const row = <usize>stride << 2;
  vectors = take(row * channels);
  curves = take(row * channels);
  interleaved = take(row * channels);
  mix = take(<usize>longPoints << 1);
  classes = take(<usize>classRoom((longPoints >> 1) * channels) * channels);
  targets = take(channels << 2);
  hasFloor = take(channels);
  hasResidue = take(channels);
  return vectors != 0 && curves != 0 && interleaved != 0 && classes != 0 && targets != 0 && hasFloor != 0 && hasResidue != 0 && mix != 0;
}

/** Gives the half block's values, at `result`; 0 where the packet is none that can be decoded. */
export function decodeBlock(packet: usize, bytes: u32, result: usize): i32 {
  openPacket(packet, bytes);
  if (read(1) != 0) return 0;
  const mode = read(modeBits);
  if (isPastEnd() || <i32>mode >= getModeCount()) return 0;
  const isLong = modeIsLong(mode);
  // The shapes of the neighbours' windows, which the neighbours tell themselves.
  if (isLong) read(2);
  if (isPastEnd()) return 0;
  const mapping = modeMapping(mode);
  const size = load<i32>(points + (<usize>isLong << 2)), cut = load<i32>(cuts + (<usize>isLong << 2));
  readFloors(mapping, cut);
  readResidues(mapping, size, cut);
  for (let step = couplingsOf(mapping) - 1; step >= 0; step--) {
    decouple(vectorOf(magnitudeOf(mapping, step)), vectorOf(angleOf(mapping, step)), cut);
  }
  const half = size / decimation >> 1;
  memory.fill(mix, 0, <usize>max(half, cut) << 2);
  for (let channel = 0; channel < channels; channel++) {
    if (load<u8>(hasFloor + channel) != 0) mixIn(curveOf(channel), vectorOf(channel), cut);
  }
  inverseMdct(mix, result, half << 1);
  return half;
}

// @ts-ignore: decorator
@inline
function vectorOf(channel: i32): usize {
  return vectors + (<usize>(channel * stride) << 2);
}

// @ts-ignore: decorator
@inline
function curveOf(channel: i32): usize {
  return curves + (<usize>(channel * stride) << 2);
}

function readFloors(mapping: usize, cut: i32): void {
  for (let channel = 0; channel < channels; channel++) {
    const floor = floorOf(mapping, submapOf(mapping, channel));
    const isThere = readPosts(floor);
    store<u8>(hasFloor + channel, isThere);
    store<u8>(hasResidue + channel, isThere);
    if (isThere) renderFloor(floor, curveOf(channel), cut);
  }
  // Of a pair both are coded or neither (section 4.3.3).
  for (let step = 0; step < couplingsOf(mapping); step++) {
    const magnitude = hasResidue + magnitudeOf(mapping, step), angle = hasResidue + angleOf(mapping, step);
    const either = load<u8>(magnitude) | load<u8>(angle);
    store<u8>(magnitude, either);
    store<u8>(angle, either);
  }
}

function readResidues(mapping: usize, size: i32, cut: i32): void {
  const submaps = submapsOf(mapping);
  for (let submap = 0; submap < submaps; submap++) {
    const residue = residueOf(mapping, submap);
    const isLast = submap == submaps - 1;
    let count = 0, coded = 0;
    for (let channel = 0; channel < channels; channel++) {
      if (submapOf(mapping, channel) != submap) continue;
      memory.fill(vectorOf(channel), 0, <usize>cut << 2);
      const isCoded = load<u8>(hasResidue + channel) != 0;
      coded += <i32>isCoded;
      if (!isInterleaved(residue) && !isCoded) continue;
      store<u32>(targets + (<usize>count << 2), <u32>vectorOf(channel));
      count++;
    }
    if (coded == 0) continue;
    if (!isInterleaved(residue) || count == 1) {
      addResidue(residue, targets, count, size >> 1, cut, classes, isLast);
      continue;
    }
    const first = load<u32>(targets);
    memory.fill(interleaved, 0, <usize>(cut * count) << 2);
    store<u32>(targets, <u32>interleaved);
    addResidue(residue, targets, 1, (size >> 1) * count, cut * count, classes, isLast);
    store<u32>(targets, first);
    separate(count, cut);
  }
}

/** Takes interleaved vectors apart, to `targets`. */
function separate(count: i32, cut: i32): void {
  if (count == 2) {
    const first = <usize>load<u32>(targets), second = <usize>load<u32>(targets, 4);
    for (let at: usize = 0, end = <usize>cut << 2; at < end; at += 16) {
      const low = v128.load(interleaved + 2 * at), high = v128.load(interleaved + 2 * at, 16);
      v128.store(first + at, v128.shuffle<f32>(low, high, 0, 2, 4, 6));
      v128.store(second + at, v128.shuffle<f32>(low, high, 1, 3, 5, 7));
    }
    return;
  }
  for (let i = 0; i < count; i++) {
    let from = interleaved + (<usize>i << 2);
    const to = <usize>load<u32>(targets + (<usize>i << 2));
    for (let x = 0; x < cut; x++, from += <usize>count << 2) store<f32>(to + (<usize>x << 2), load<f32>(from));
  }
}

/** Square polar mapping to two channels (section 4.3.5). */
function decouple(magnitudes: usize, angles: usize, cut: i32): void {
  const zero = f32x4.splat(0);
  for (let at: usize = 0, end = <usize>cut << 2; at < end; at += 16) {
    const magnitude = v128.load(magnitudes + at), angle = v128.load(angles + at);
    const off = v128.bitselect(angle, f32x4.neg(angle), f32x4.gt(magnitude, zero));
    const isRight = f32x4.gt(angle, zero);
    v128.store(magnitudes + at, f32x4.add(magnitude, v128.andnot(off, isRight)));
    v128.store(angles + at, f32x4.sub(magnitude, v128.and(off, isRight)));
  }
}

function mixIn(curve: usize, vector: usize, cut: i32): void {
  for (let at: usize = 0, end = <usize>cut << 2; at < end; at += 16) {
    v128.store(mix + at, f32x4.add(v128.load(mix + at), f32x4.mul(v128.load(curve + at), v128.load(vector + at))));
  }
}
