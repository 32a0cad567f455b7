/**
 * Opus packets of CELT frames (RFC 6716 section 3) to mono at 12 kHz. The caller puts many packets into the input,
 * one behind the other, and their lengths into a list; all are decoded by one call.
 *
 * The first byte of a packet says what its frames are: mode, bandwidth and duration in the upper five bits, whether
 * they are stereo, and in the lower two how many there are and how their lengths are told.
 */
import { rangeInit } from './range-decoder';
import { tablesInit } from './tables';
import { noiseInit } from './noise';
import { partitionInit } from './partition';
import { pulsesInit } from './pulses';
import { imdctInit } from './imdct';
import { DELAY, postFilterInit } from './post-filter';
import { decodeFrame, decodeNothing, frameReset } from './frame';

export const INPUT_BYTES: i32 = 1 << 16;
export const PACKETS_MAX: i32 = 48;
/** A packet lasts 120 ms at most. */
const PACKET_SAMPLES: i32 = 1440;
const FRAME_BYTES_MAX: i32 = 1275;
const FRAMES_MAX: i32 = 48;

/** Behind it, bytes that may be read and mean nothing. */
const inputBuffer = memory.data(INPUT_BYTES + 16, 16);
const lengthBuffer = memory.data(PACKETS_MAX * 4, 16);
const outputBuffer = memory.data(PACKETS_MAX * PACKET_SAMPLES * 4, 16);
const frameAt = memory.data(FRAMES_MAX * 4, 16);
const frameLength = memory.data(FRAMES_MAX * 4, 16);
const bandEnds = memory.data<u8>([13, 17, 19, 21]);

let scale: f32 = 1.0 / 32768;
let damagedPackets: i32 = 0;

export function input(): usize { return inputBuffer; }
export function lengths(): usize { return lengthBuffer; }
export function output(): usize { return outputBuffer; }
/** Samples by which the output comes late. */
export function delay(): i32 { return DELAY; }
/** Packets of the last call that could not be read to their end. */
export function damaged(): i32 { return damagedPackets; }

tablesInit();
rangeInit();
noiseInit();
partitionInit();
pulsesInit();
imdctInit();
postFilterInit();
frameReset();

/** `gain` is what the stream's head tells every player to apply. */
export function start(gain: f32): void {
  scale = gain / 32768;
  frameReset();
}

/** Decodes `count` packets; answers how many samples now lie in the output. */
export function decode(count: i32): i32 {
  damagedPackets = 0;
  let packet = inputBuffer, made = 0;
  const last = inputBuffer + INPUT_BYTES;
  for (let i = 0; i < min(count, PACKETS_MAX); i++) {
    const length = load<i32>(lengthBuffer + (i << 2));
    if (length < 0 || packet + length > last) break;
    made += decodePacket(packet, length, outputBuffer + (made << 2));
    packet += length;
  }
  return made;
}

function decodePacket(packet: usize, length: i32, out: usize): i32 {
  const frames = findFrames(packet, length);
  if (frames == 0 || load<u8>(packet) < 128) {
    damagedPackets++;
    return 0;
  }
  const head = <i32>load<u8>(packet);
  const lm = (head >> 3) & 3;
  const end = <i32>load<u8>(bandEnds + ((head >> 5) & 3));
  const samples = 30 << lm;
  let isSound = true;
  for (let i = 0; i < frames; i++, out += samples << 2) {
    const bytes = load<i32>(frameLength + (i << 2));
    if (bytes <= 1) decodeNothing(lm, out, scale);
    else if (!decodeFrame(packet + load<i32>(frameAt + (i << 2)), bytes, end, (head & 4) ? 2 : 1, lm, out, scale)) isSound = false;
  }
  if (!isSound) damagedPackets++;
  return samples * frames;
}

/** Lengths of one byte up to 251, of two above. Answers how many bytes it took, 0 where there are none. */
function readLength(p: usize, left: i32, index: i32): i32 {
  if (left < 1) return 0;
  const first = <i32>load<u8>(p);
  if (first < 252) {
    store<i32>(frameLength + (index << 2), first);
    return 1;
  }
  if (left < 2) return 0;
  store<i32>(frameLength + (index << 2), first + 4 * <i32>load<u8>(p, 1));
  return 2;
}

/** Finds where a packet's frames lie; 0 for a packet that breaks the rules of section 3.4. */
function findFrames(packet: usize, length: i32): i32 {
  if (length < 1) return 0;
  const code = load<u8>(packet) & 3;
  let at = 1, end = length, frames = 1, isVariable = false;
  if (code == 0) {
    store<i32>(frameLength, length - 1);
  } else if (code == 1) {
    if ((length - 1) & 1) return 0;
    frames = 2;
  } else if (code == 2) {
    frames = 2;
    isVariable = true;
  } else {
    if (length < 2) return 0;
    const counts = <i32>load<u8>(packet, 1);
    frames = counts & 63;
    isVariable = (counts & 128) != 0;
    // 120 ms are 48 of the shortest frames.
    if (frames == 0 || frames << ((<i32>load<u8>(packet) >> 3) & 3) > 48) return 0;
    at = 2;
    if (counts & 64) {
      let more = 255;
      while (more == 255) {
        if (at >= end) return 0;
        more = load<u8>(packet + at++);
        end -= more == 255 ? 254 : more;
      }
      if (at > end) return 0;
    }
  }
  if (isVariable) {
    let sum = 0;
    for (let i = 0; i < frames - 1; i++) {
      const took = readLength(packet + at, end - at, i);
      if (took == 0) return 0;
      at += took;
      sum += load<i32>(frameLength + (i << 2));
    }
    if (at + sum > end) return 0;
    store<i32>(frameLength + ((frames - 1) << 2), end - at - sum);
  } else {
    if ((end - at) % frames != 0) return 0;
    for (let i = 0; i < frames; i++) store<i32>(frameLength + (i << 2), (end - at) / frames);
  }
  for (let i = 0; i < frames; i++) {
    const bytes = load<i32>(frameLength + (i << 2));
    if (bytes > FRAME_BYTES_MAX) return 0;
    store<i32>(frameAt + (i << 2), at);
    at += bytes;
  }
  return frames;
}
