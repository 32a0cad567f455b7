/**
 * A pair of channels, whose spectra may be coded as sum and difference, or one by the other (ISO/IEC 14496-3, 4.6.8). Of
 * sum and difference the mix is the sum: the difference is then only passed over.
 */
import { bitsOpen, position, read } from '../msb-bits';
import { bandEdges, edge } from './bands';
import {
  Channel, groupStride, inPhaseBook, noiseBook, outOfPhaseBook, readSideInformation, readWindows,
} from './channel';
import { addToMix } from './overlap';
import { reachOfShaping, shape } from './shaping';
import { readSpectrum } from './spectrum';

const noMask: u32 = 0;
const maskPerBand: u32 = 1;
const maskReserved: u32 = 3;

/** A byte each band: whether it is coded as sum and difference. */
const mask = heap.alloc(<usize>(groupStride * 8));
/** Of these the difference need not be known. */
const midOnly = heap.alloc(<usize>(groupStride * 8));

export function readPair(
  left: Channel, right: Channel, top: usize, end: i32, longCut: i32, shortCut: i32, isLast: bool, share: f32,
): bool {
  const isCommon = read(1) != 0;
  let masked = noMask;
  if (isCommon) {
    if (!readWindows(left)) return false;
    masked = read(2);
    if (masked == maskReserved) return false;
    readMask(left, masked);
    right.sequence = left.sequence;
    right.shape = left.shape;
    right.maxBand = left.maxBand;
    right.groupCount = left.groupCount;
    right.groupWindows = left.groupWindows;
  }
  if (!readSideInformation(left, isCommon)) return false;
  const cut = left.isShort ? shortCut : longCut;
  const leftReach = reachOfShaping(left, cut), leftSpectrum = position();
  if (!readSpectrum(left, top, end, leftReach, 0, false)) return false;
  if (!readSideInformation(right, isCommon)) return false;
  const cutOfRight = right.isShort ? shortCut : longCut;
  const rightReach = reachOfShaping(right, cutOfRight);
  if (!isCommon) {
    if (!readSpectrum(right, top, end, rightReach, 0, isLast)) return false;
  } else {
    const reach = max(leftReach, rightReach);
    if (reach > leftReach) {
      const back = position();
      bitsOpen(top, leftSpectrum, end);
      if (!readSpectrum(left, top, end, reach, 0, false)) return false;
      bitsOpen(top, back, end);
    }
    const isMixable = (left.isShaped | right.isShaped) == 0 && left.shapeBefore == right.shapeBefore;
    if (isMixable && masked != noMask) findMidOnly(left, right);
    const passedOver = isMixable && masked != noMask ? midOnly : 0;
    if (!readSpectrum(right, top, end, reach, passedOver, isLast)) return false;
    if (isMixable) {
      eachBand(left, right, masked, reach, true);
      addToMix(left, share);
      return true;
    }
    eachBand(left, right, masked, reach, false);
  }
  if (left.isShaped != 0) shape(left, cut);
  if (right.isShaped != 0) shape(right, cutOfRight);
  addToMix(left, share);
  addToMix(right, share);
  return true;
}

function readMask(channel: Channel, masked: u32): void {
  for (let group = 0; group < channel.groupCount; group++) {
    const bands = mask + <usize>(group * groupStride);
    if (masked == maskPerBand) {
      for (let band = 0; band < channel.maxBand; band++) store<u8>(bands + band, <u8>read(1));
    } else {
      memory.fill(bands, masked == noMask ? 0 : 1, channel.maxBand);
    }
  }
}

// @ts-ignore: decorator
@inline
function isMid(left: Channel, right: Channel, slot: usize): bool {
  return load<u8>(mask + slot) != 0 && load<u8>(left.books + slot) < noiseBook && load<u8>(right.books + slot) < noiseBook;
}

function findMidOnly(left: Channel, right: Channel): void {
  for (let group = 0; group < left.groupCount; group++) {
    for (let band = 0; band < left.maxBand; band++) {
      const slot = <usize>(group * groupStride + band);
      store<u8>(midOnly + slot, isMid(left, right, slot) ? 1 : 0);
    }
  }
}

/** Makes left and right of what was coded; where they are to be mixed, their sum into the left. */
function eachBand(left: Channel, right: Channel, masked: u32, reach: i32, isSum: bool): void {
  const edges = bandEdges(left.isShort);
  let window = 0;
  for (let group = 0; group < left.groupCount; group++) {
    const windows = left.windowsOf(group);
    for (let band = 0; band < left.maxBand; band++) {
      const begin = edge(edges, band);
      if (begin >= reach) break;
      const slot = <usize>(group * groupStride + band);
      const width = edge(edges, band + 1) - begin;
      const ratio = ratioOf(left, right, slot, masked);
      const mid = isMid(left, right, slot);
      for (let i = 0; i < windows; i++) {
        const at = <usize>((window + i << 7) + begin) << 2;
        const l = left.spectrum + at, r = right.spectrum + at;
        if (isSum && mid) combine(l, r, width, 2, 0, 0, 1);
        else if (isSum && ratio != 0) combine(l, r, width, 1 + ratio, 0, 0, 1);
        else if (isSum) combine(l, r, width, 1, 1, 0, 1);
        else if (mid) combine(l, r, width, 1, 1, 1, -1);
        else if (ratio != 0) combine(l, r, width, 1, 0, ratio, 0);
      }
    }
    window += windows;
  }
}

/** How loud the right is of the left, where it is not coded itself; else 0. */
function ratioOf(left: Channel, right: Channel, slot: usize, masked: u32): f32 {
  const book = load<u8>(right.books + slot);
  const factor = load<i32>(right.factors + (slot << 2));
  if (book == inPhaseBook || book == outOfPhaseBook) {
    const isTurned = masked == maskPerBand && load<u8>(mask + slot) != 0;
    const loudness = <f32>Math.pow(0.5, 0.25 * <f64>factor);
    return (book == outOfPhaseBook) != isTurned ? -loudness : loudness;
  }
  const isSameNoise = book == noiseBook && load<u8>(left.books + slot) == noiseBook && load<u8>(mask + slot) != 0;
  if (!isSameNoise) return 0;
  return <f32>Math.pow(2, 0.25 * <f64>(factor - load<i32>(left.factors + (slot << 2))));
}

/** l = ll · l + lr · r, and r = rl · l + rr · r of what they were. */
// @ts-ignore: decorator
@inline
function combine(
  l: usize, r: usize, width: i32, ll: f32, lr: f32, rl: f32, rr: f32,
): void {
  for (let at: usize = 0; at < <usize>width << 2; at += 16) {
    const a = v128.load(l + at), b = v128.load(r + at);
    v128.store(l + at, f32x4.add(f32x4.mul(a, f32x4.splat(ll)), f32x4.mul(b, f32x4.splat(lr))));
    v128.store(r + at, f32x4.add(f32x4.mul(a, f32x4.splat(rl)), f32x4.mul(b, f32x4.splat(rr))));
  }
}
