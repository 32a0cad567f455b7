/**
 * Decodes the low frequencies of an AAC stream of the low-complexity profile (ISO/IEC 14496-3, subpart 4), mixed to mono, at
 * a whole part of its rate. Below the cut it is what a whole decoder, mixing and low-pass filtering give; above it there is
 * nothing. Spectral band replication and parametric stereo add to that what is not heard here.
 *
 * The host puts frames into the room at `reserve`, and for each its offset and its length into `frameTable`; `decode` goes
 * on from one of them as far as the output reaches. Every frame gives 1024 samples, decimated: one that cannot be decoded
 * gives what the one before left to overlap, and silence.
 */
import { reverse, reversedBytes } from '../msb-bits';
import { openBands } from './bands';
import { channelsKnown, openFrames, readFrame } from './frame';
import { beginMix, endMix, openOverlap } from './overlap';
import { openNoise } from './spectrum';

export const maxFrames: i32 = 256;
export const outputMax: i32 = 16384;
/** 6144 bits for each of 16 channels, twice. */
export const maxFrameBytes: i32 = 24576;
/** Coefficients from here on are not decoded. */
const cutHz: f64 = 5000;
/** A section that overruns is noticed when it is through, at worst this many bytes behind the end. */
const overrunBytes: usize = 8192;

const table = heap.alloc(<usize>maxFrames * 8);
const output = heap.alloc(<usize>outputMax << 2);
const frame = heap.alloc(overrunBytes + reversedBytes(maxFrameBytes));
let room: usize = 0;
let roomBytes: usize = 0;
let frameSamples: i32 = 0;
let sampleCount: i32 = 0;
let badFrames: i32 = 0;

/** Room for frames; what was in it is lost. The host bounds how much it asks for. */
export function reserve(bytes: i32): usize {
  if (<usize>bytes > roomBytes) {
    if (room != 0) heap.free(room);
    roomBytes = max(<usize>bytes, 1 << 17);
    room = heap.alloc(roomBytes);
  }
  return room;
}

export function frameTable(): usize { return table; }
export function samples(): usize { return output; }
export function samplesDecoded(): i32 { return sampleCount; }
/** Frames since the last question that could not be decoded. */
export function takeBadFrames(): i32 {
  const count = badFrames;
  badFrames = 0;
  return count;
}
/** 0 before the first frame of a stream that does not say. */
export function channels(): i32 { return channelsKnown(); }

/** `rateIndex` is that of the standard's table of sample rates, 0 to 12; 0 channels are counted in the first frame. */
export function open(rateHz: i32, rateIndex: i32, channelCount: i32, decimation: i32): void {
  frameSamples = 1024 / decimation;
  const cut = cutOf(1024, rateHz, decimation), shortCut = cutOf(128, rateHz, decimation);
  openBands(rateIndex);
  openNoise();
  openFrames(channelCount, cut, shortCut);
  openOverlap(decimation, cut, shortCut);
  memory.fill(frame, 0, overrunBytes);
}

/** In whole vectors. */
function cutOf(size: i32, rateHz: i32, decimation: i32): i32 {
  return (min(<i32>Math.ceil(2 * cutHz * size / rateHz), size / decimation) + 3) & ~3;
}

/** Decodes frames from number `from` on; gives the number of the first that is left. */
export function decode(from: i32, count: i32): i32 {
  sampleCount = 0;
  let next = from;
  for (; next < count && sampleCount + frameSamples <= outputMax; next++) {
    const entry = table + (<usize>next << 3);
    const bytes = min(load<i32>(entry, 4), maxFrameBytes);
    const reversed = reverse(room + load<u32>(entry), bytes, frame + overrunBytes);
    beginMix();
    let isSound = readFrame(reversed, bytes << 3);
    if (!isSound) beginMix();
    if (!endMix(output + (<usize>sampleCount << 2))) isSound = false;
    if (!isSound) badFrames++;
    sampleCount += frameSamples;
  }
  return next;
}
