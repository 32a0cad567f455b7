/**
 * A frame (a raw_data_block, ISO/IEC 14496-3, 4.4.2.1): elements of one channel, of two, and what is no sound. Reading ends
 * with the last channel there is, so that nothing behind it is looked at.
 */
import { bitsOpen, overrun, position, read, skip } from '../msb-bits';
import { Channel, makeChannel, readDifference, readSideInformation } from './channel';
import { readPair } from './pair';
import { addToMix } from './overlap';
import { reachOfShaping, shape } from './shaping';
import { readSpectrum } from './spectrum';

const singleElement: u32 = 0;
const pairElement: u32 = 1;
const couplingElement: u32 = 2;
const lowElement: u32 = 3;
const dataElement: u32 = 4;
const configElement: u32 = 5;
const fillElement: u32 = 6;

const maxChannels: i32 = 16;
/** More than any frame has; each takes bits, but a data element only 15. */
const maxElements: i32 = 64;

const left = makeChannel();
const right = makeChannel();
const coupling = makeChannel();
/** The window shape of each channel in the frame before. */
const shapes = heap.alloc(<usize>maxChannels + 1);

let longCut: i32 = 0;
let shortCut: i32 = 0;
/** 0 as long as nobody knows. */
let channelCount: i32 = 0;
let top: usize = 0;
let end: i32 = 0;

export function openFrames(channels: i32, cut: i32, cutOfShort: i32): void {
  channelCount = channels;
  longCut = cut;
  shortCut = cutOfShort;
  memory.fill(shapes, 0, <usize>maxChannels + 1);
}

export function channelsKnown(): i32 { return channelCount; }

/** Adds all channels of a frame to the mix. Where their number is not known, the frame is read once to count them. */
export function readFrame(reversed: usize, bits: i32): bool {
  top = reversed;
  end = bits;
  if (channelCount == 0) {
    const counted = readElements(maxChannels + 1);
    if (counted <= 0) return false;
    channelCount = counted;
    return readFrame(reversed, bits);
  }
  return readElements(channelCount) > 0;
}

/** The number of channels, −1 where the frame is no frame. Ends with channel number `wanted`. */
function readElements(wanted: i32): i32 {
  bitsOpen(top, 0, end);
  let channel = 0;
  const share: f32 = <f32>1 / <f32>wanted;
  for (let element = 0; element < maxElements && channel < wanted; element++) {
    const kind = read(3);
    if (overrun()) return -1;
    if (kind == singleElement || kind == lowElement) {
      skip(4);
      if (channel + 1 > maxChannels) return -1;
      if (!readSingle(channel, channel + 1 == wanted, share)) return -1;
      channel++;
    } else if (kind == pairElement) {
      skip(4);
      if (channel + 2 > maxChannels) return -1;
      left.shapeBefore = load<u8>(shapes + channel);
      right.shapeBefore = load<u8>(shapes + channel + 1);
      if (!readPair(left, right, top, end, longCut, shortCut, channel + 2 >= wanted, share)) return -1;
      store<u8>(shapes + channel, <u8>left.shape);
      store<u8>(shapes + channel + 1, <u8>right.shape);
      channel += 2;
    } else if (kind == couplingElement) {
      if (!skipCoupling()) return -1;
    } else if (kind == dataElement) {
      skipData();
    } else if (kind == configElement) {
      skipConfig();
    } else if (kind == fillElement) {
      let bytes = read(4);
      if (bytes == 15) bytes += read(8) - 1;
      skip(bytes << 3);
    } else break;
  }
  return overrun() ? -1 : channel;
}

function readSingle(channel: i32, isLast: bool, share: f32): bool {
  left.shapeBefore = load<u8>(shapes + channel);
  if (!readSideInformation(left, false)) return false;
  const cut = left.isShort ? shortCut : longCut;
  if (!readSpectrum(left, top, end, reachOfShaping(left, cut), 0, isLast)) return false;
  if (left.isShaped != 0) shape(left, cut);
  addToMix(left, share);
  store<u8>(shapes + channel, <u8>left.shape);
  return true;
}

/** Coupling channels add to others what the low-complexity encoders of this world do not use. */
function skipCoupling(): bool {
  skip(4);
  const isIndependent = read(1) != 0;
  const coupled = read(3) + 1;
  let lists = 0;
  for (let i: u32 = 0; i < coupled; i++) {
    lists++;
    const isPair = read(1) != 0;
    skip(4);
    if (isPair && read(2) == 3) lists++;
  }
  skip(4);
  if (!readSideInformation(coupling, false) || !readSpectrum(coupling, top, end, 0, 0, false)) return false;
  for (let list = 1; list < lists; list++) {
    if (isIndependent || read(1) != 0) {
      readDifference();
      continue;
    }
    for (let group = 0; group < coupling.groupCount; group++) {
      for (let band = 0; band < coupling.maxBand; band++) {
        if (load<u8>(coupling.books + (group << 6) + band) != 0) readDifference();
      }
    }
  }
  return !overrun();
}

function align(): void { skip(-position() & 7); }

function skipData(): void {
  skip(4);
  const isAligned = read(1) != 0;
  let bytes = read(8);
  if (bytes == 255) bytes += read(8);
  if (isAligned) align();
  skip(bytes << 3);
}

function skipConfig(): void {
  skip(4 + 2 + 4);
  const front = read(4), side = read(4), back = read(4), low = read(2), data = read(3), coupled = read(4);
  if (read(1) != 0) skip(4);
  if (read(1) != 0) skip(4);
  if (read(1) != 0) skip(3);
  skip(5 * (front + side + back) + 4 * (low + data) + 5 * coupled);
  align();
  skip(read(8) << 3);
}
