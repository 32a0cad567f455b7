/**
 * What a channel's stream says before its spectrum: window sequence, sections, scale factors, pulses (ISO/IEC 14496-3,
 * 4.4.2.7 and 4.6.2 to 4.6.3). Two channels of a pair and one that couples are held at a time; whatever a stream says,
 * nothing is written outside of a channel's own arrays.
 */
import { overrun, peek, read, skip } from '../msb-bits';
import { bandCount, edge, bandEdges } from './bands';
import { codeBits, entryOf, firstTable, secondShift, secondTable } from './code-words';
import { readShaping } from './shaping';

export const startSequence: i32 = 1;
export const shortSequence: i32 = 2;
export const stopSequence: i32 = 3;

/** Books that are none: noise, and the other channel in or out of phase. */
export const noiseBook: u8 = 13;
export const outOfPhaseBook: u8 = 14;
export const inPhaseBook: u8 = 15;
const reservedBook: u32 = 12;

/** Bands of a group in the arrays below, and groups. */
export const groupStride: i32 = 64;
const maxGroups: i32 = 8;
const bandSlots: usize = <usize>(groupStride * maxGroups);

@unmanaged
export class Channel {
  sequence: i32;
  shape: i32;
  maxBand: i32;
  groupCount: i32;
  /** Windows of each of eight groups, a byte each. */
  groupWindows: u64;
  globalGain: i32;
  /** Book of each band, a byte each; scale factor, energy of noise or position of intensity, 32 bits each. */
  books: usize;
  factors: usize;
  spectrum: usize;
  pulseCount: i32;
  pulseBand: i32;
  pulses: u64;
  isShaped: i32;
  shaping: usize;
  /** The window shape of the frame before. */
  shapeBefore: i32;

  get isShort(): bool { return this.sequence == shortSequence; }
  windowsOf(group: i32): i32 { return <i32>(this.groupWindows >> (<u64>group << 3)) & 15; }
}

export function makeChannel(): Channel {
  const channel = changetype<Channel>(heap.alloc(offsetof<Channel>()));
  memory.fill(changetype<usize>(channel), 0, offsetof<Channel>());
  channel.books = heap.alloc(bandSlots);
  channel.factors = heap.alloc(bandSlots << 2);
  channel.spectrum = heap.alloc(1024 << 2);
  channel.shaping = heap.alloc(8 * 4 * 64);
  return channel;
}

/** False where the stream is not one of the low-complexity profile, or contradicts itself. */
export function readWindows(channel: Channel): bool {
  skip(1);
  channel.sequence = read(2);
  channel.shape = read(1);
  channel.groupCount = 1;
  channel.groupWindows = 1;
  if (channel.isShort) {
    channel.maxBand = read(4);
    const grouping = read(7);
    for (let bit = 6; bit >= 0; bit--) {
      if ((grouping >> bit & 1) == 0) channel.groupCount++;
      channel.groupWindows += <u64>1 << (<u64>(channel.groupCount - 1) << 3);
    }
  } else {
    channel.maxBand = read(6);
    if (read(1) != 0) return false;
  }
  return channel.maxBand <= bandCount(channel.isShort);
}

/** What follows the windows, up to the spectrum. */
export function readSideInformation(channel: Channel, hasWindows: bool): bool {
  channel.globalGain = read(8);
  if (!hasWindows && !readWindows(channel)) return false;
  if (!readSections(channel) || !readFactors(channel)) return false;
  channel.pulseCount = 0;
  if (read(1) != 0 && !readPulses(channel)) return false;
  channel.isShaped = read(1);
  if (channel.isShaped != 0 && !readShaping(channel)) return false;
  const hasGainControl = read(1) != 0;
  return !hasGainControl && !overrun();
}

function readSections(channel: Channel): bool {
  const lengthBits = channel.isShort ? 3 : 5, escape: u32 = (1 << lengthBits) - 1;
  for (let group = 0; group < channel.groupCount; group++) {
    const books = channel.books + <usize>(group * groupStride);
    for (let band = 0; band < channel.maxBand; ) {
      const book = read(4);
      let length: u32 = 0, more: u32;
      do {
        more = read(lengthBits);
        length += more;
      } while (more == escape && length < <u32>groupStride);
      if (book == reservedBook || length > <u32>(channel.maxBand - band) || overrun()) return false;
      memory.fill(books + band, <u8>book, length);
      band += length;
    }
  }
  return true;
}

export function readDifference(): i32 {
  const word = <u64>peek(32) << 32;
  const entry = entryOf(word, firstTable(0), secondTable(0), secondShift(0));
  skip(codeBits(entry));
  return <i32>(entry >> 16) - 60;
}

function readFactors(channel: Channel): bool {
  let gain = channel.globalGain, position = 0, noise = channel.globalGain - 90, isFirstNoise = true;
  for (let group = 0; group < channel.groupCount; group++) {
    for (let band = 0; band < channel.maxBand; band++) {
      const at = group * groupStride + band;
      const book = load<u8>(channel.books + at);
      let factor = 0;
      if (book >= outOfPhaseBook) {
        position += readDifference();
        factor = position = min(max(position, -255), 255);
      } else if (book == noiseBook) {
        noise += isFirstNoise ? <i32>read(9) - 256 : readDifference();
        isFirstNoise = false;
        factor = noise = min(max(noise, -155), 355);
      } else if (book != 0) {
        gain += readDifference();
        if (gain < 0 || gain > 255) return false;
        factor = gain;
      }
      store<i32>(channel.factors + (<usize>at << 2), factor);
    }
  }
  return !overrun();
}

function readPulses(channel: Channel): bool {
  if (channel.isShort) return false;
  channel.pulseCount = read(2) + 1;
  channel.pulseBand = read(6);
  channel.pulses = 0;
  if (channel.pulseBand >= bandCount(false)) return false;
  let place = edge(bandEdges(false), channel.pulseBand);
  for (let i = 0; i < channel.pulseCount; i++) {
    const pulse = read(9);
    channel.pulses |= <u64>pulse << <u64>(16 * i);
    place += pulse >> 4;
  }
  return place < 1024;
}
