/**
 * Decodes the low frequencies of a Vorbis stream, mixed to mono, at a whole part of its rate (Vorbis I specification of
 * Xiph.org). Below the cut it is what a whole decoder, mixing and low-pass filtering give; above it there is nothing. Not
 * for floor 0, which no encoder since 2002 writes.
 *
 * The host puts packets into the room at `reserve`, each followed by `packetPadding` bytes, and for each its offset and
 * its length into `packetTable`; `decode` goes on from one of them as far as the output reaches.
 */
import { openPacket, packetPadding } from './bits';
import { decodeBlock, openBlocks } from './block';
import { hasFloorZero } from './floor';
import { overlapAdd } from './overlap';
import { readSetup } from './setup';
import { inverseMdct } from '../imdct';

/** What `open` answers. */
const opened: i32 = 0;
const contradicts: i32 = 1;
const isFloorZero: i32 = 2;

export const maxPackets: i32 = 255;
export const outputMax: i32 = 16384;
/** Coefficients from here on are not decoded. */
const cutHz: f64 = 5000;
const maxHalf: i32 = 4096;

const table = heap.alloc(<usize>maxPackets * 8);
const output = heap.alloc(<usize>outputMax << 2);
let room: usize = 0;
let roomBytes: usize = 0;

/** Two half blocks, the one before and the one that is made. */
let before = heap.alloc(<usize>maxHalf << 2);
let now = heap.alloc(<usize>maxHalf << 2);
let halfBefore: i32 = 0;
let sampleCount: i32 = 0;
let badPackets: i32 = 0;

/** Room for packets; what was in it is lost. The host bounds how much it asks for. */
export function reserve(bytes: i32): usize {
  if (<usize>bytes > roomBytes) {
    if (room != 0) heap.free(room);
    roomBytes = max(<usize>bytes, 1 << 17);
    room = heap.alloc(roomBytes);
  }
  return room;
}

export function packetTable(): usize {
  return table;
}
export function samples(): usize {
  return output;
}
export function samplesDecoded(): i32 {
  return sampleCount;
}
/** Packets since the last question that could not be decoded. */
export function takeBadPackets(): i32 {
  const count = badPackets;
  badPackets = 0;
  return count;
}
export function padding(): usize {
  return packetPadding;
}

/** The setup header is the first `bytes` of what was reserved. Block sizes are powers of two from 64 to 8192. */
export function open(
  channels: i32, rateHz: i32, shortPoints: i32, longPoints: i32, decimation: i32, bytes: i32,
): i32 {
  // "\x05vorbis"
  openPacket(room + 7, bytes - 7);
  if (!readSetup(channels)) return hasFloorZero() ? isFloorZero : contradicts;
  const isSound = openBlocks(
    channels, shortPoints, longPoints, decimation,
    cutOf(shortPoints, rateHz, decimation), cutOf(longPoints, rateHz, decimation),
  );
  return isSound ? opened : contradicts;
}

/** In whole vectors. */
function cutOf(points: i32, rateHz: i32, decimation: i32): i32 {
  const wanted = <i32>Math.ceil(Math.min(<f64>points * cutHz / rateHz, <f64>points));
  return (min(wanted, points / decimation >> 1) + 3) & ~3;
}

/** Decodes packets from number `from` on; gives the number of the first that is left. */
export function decode(from: i32, count: i32): i32 {
  sampleCount = 0;
  let packet = from;
  for (; packet < count && sampleCount + maxHalf <= outputMax; packet++) {
    const entry = table + (<usize>packet << 3);
    const half = decodeBlock(room + load<u32>(entry), load<u32>(entry, 4), now);
    if (half == 0) {
      badPackets++;
      continue;
    }
    if (halfBefore != 0) {
      overlapAdd(before, halfBefore, now, half, output + (<usize>sampleCount << 2));
      sampleCount += (halfBefore + half) >> 1;
    }
    const swap = before;
    before = now;
    now = swap;
    halfBefore = half;
  }
  return packet;
}

/** For tests: the transform alone, of what lies where samples lie, to where packets lie. */
export function transform(points: i32): void {
  inverseMdct(output, reserve(points << 1), points);
}
