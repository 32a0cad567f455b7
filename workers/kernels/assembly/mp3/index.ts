/**
 * MPEG audio layer III to mono, of the lowest subbands only, at a fraction of the rate. One instance per stream.
 *   start(rate, decimation, phase)   begin, or begin anew at another rate (an index of `tables.ts`); 1, 2 or 4; which sample
 *                                    of a frame, of so many, is the first that is kept
 *   decode(count, bytes)             `count` whole frames lie back to back at input(); says how many samples lie at output()
 *   damaged()                        whether a frame broke the rules; it is silence then
 * A frame always gives all its samples, and so does one that needs more of the frames before it than there is.
 */
import { bitsOpen, reverse, reversedBytes } from '../msb-bits';
import { huffmanInit } from './huffman';
import { decodeGranules, granulesStart } from './granules';
import { hybridInit } from './hybrid';
import { linesInit } from './lines';
import { mainDataBegin, readSideInfo } from './side-info';
import { synthesisStart } from './synthesis';

/** What `input` holds. */
export const framesMax: i32 = 64;
const FRAME_BYTES: i32 = 1441 + 512;
export const inputMax: i32 = framesMax * FRAME_BYTES;
const RESERVOIR: i32 = 511;
const FRAME_SAMPLES: i32 = 1152;

const frames = heap.alloc(inputMax + 16);
const samples = heap.alloc(framesMax * FRAME_SAMPLES * 4);
/** Main data that later frames may still need, and this frame's behind it. */
const main = heap.alloc(RESERVOIR + FRAME_BYTES);
const mainReversed = heap.alloc(reversedBytes(RESERVOIR + FRAME_BYTES));
const sideReversed = heap.alloc(reversedBytes(32));

let kept: i32 = 0;
let rateIndex: i32 = 0;
let decimatedBy: i32 = 1;
let isDamaged: bool = false;

huffmanInit();
linesInit();
hybridInit();

export function input(): usize { return frames; }
export function output(): usize { return samples; }

export function damaged(): bool { return isDamaged; }

export function start(rate: i32, decimation: i32, phase: i32): void {
  rateIndex = rate;
  decimatedBy = decimation;
  kept = 0;
  synthesisStart(decimation, phase);
  granulesStart(rate, 32 / decimation);
}

const KBITS: StaticArray<u16> = [
  0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
  0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0,
];
const RATES_HZ: StaticArray<i32> = [44100, 48000, 32000, 22050, 24000, 16000, 11025, 12000, 8000];

export function decode(count: i32, bytes: i32): i32 {
  const isLsf = rateIndex > 2;
  let at = frames;
  const end = frames + min(bytes, inputMax);
  const perFrame = (isLsf ? FRAME_SAMPLES / 2 : FRAME_SAMPLES) / decimatedBy;
  let made = 0;
  for (let i = 0; i < min(count, framesMax) && at + 4 <= end; i++) {
    const kbits = <i32>KBITS[(isLsf ? 16 : 0) + (load<u8>(at, 2) >> 4)];
    const padding = <i32>load<u8>(at, 2) >> 1 & 1;
    const length = (isLsf ? 72000 : 144000) * kbits / RATES_HZ[rateIndex] + padding;
    if (kbits == 0 || at + length > end) break;
    decodeFrame(at, length, samples + (made << 2));
    made += perFrame;
    at += length;
  }
  return made;
}

function decodeFrame(frame: usize, length: i32, target: usize): void {
  const isLsf = rateIndex > 2;
  const mode = <i32>load<u8>(frame, 3) >> 6, extension = mode == 1 ? <i32>load<u8>(frame, 3) >> 4 & 3 : 0;
  const channelCount = mode == 3 ? 1 : 2;
  const sideBytes = isLsf ? (channelCount == 1 ? 9 : 17) : channelCount == 1 ? 17 : 32;
  // A checksum of 16 bits lies before the side information; it is not looked at.
  const head = load<u8>(frame, 1) & 1 ? 4 : 6;
  const mainBytes = length - head - sideBytes;
  if (mainBytes < 0) {
    isDamaged = true;
    decodeGranules(0, 0, 0, channelCount, extension, false, target);
    return;
  }
  bitsOpen(reverse(frame + head, sideBytes, sideReversed), 0, sideBytes * 8);
  const valid = readSideInfo(isLsf, channelCount, rateIndex);
  if (!valid) isDamaged = true;
  memory.copy(main + kept, frame + head + sideBytes, mainBytes);
  const total = kept + mainBytes, from = kept - mainDataBegin;
  const there = valid && from >= 0;
  const reversed = there ? reverse(main + from, total - from, mainReversed) : 0;
  if (!decodeGranules(reversed, 0, (total - from) * 8, channelCount, extension, there, target)) isDamaged = true;
  kept = min(total, RESERVOIR);
  memory.copy(main, main + total - kept, kept);
}
