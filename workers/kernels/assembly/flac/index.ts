/**
 * FLAC frames to mono samples (RFC 9639 section 9). One instance per stream.
 *   take(count)              `count` bytes wait at input()
 *   decode(at, …)            one frame, which begins at byte `at` of them and whose header was read: its bytes, or 0
 *                            where it is damaged or not all there
 *   mono()                   its samples, until the next frame
 *   channel(i)               and those of each subframe before the mix, as integers
 */
import { bitPosition, input as bytes, lastBit, seekBit, takeBytes, unsigned } from './bits';
import { crc16 } from './checksum';
import { mix, mono as mixed } from './mix';
import { channelSamples, readSubframe, restoreChannels } from './subframe';

export { INPUT_MAX as inputMax } from './bits';

export function input(): usize { return bytes; }
export function mono(): usize { return mixed; }
export function channel(index: i32): usize { return channelSamples(index); }
export function take(count: i32): void { takeBytes(count); }

/** The caller has seen that the numbers are in their ranges. A side channel has one more bit than its frame. */
export function decode(
  at: i32, headerBytes: i32, sampleCount: i32, channelCount: i32, stereo: i32, bitsPerSample: i32,
): i32 {
  seekBit((at + headerBytes) << 3);
  const side = stereo == 0 ? -1 : stereo == 2 ? 0 : 1;
  for (let channel = 0; channel < channelCount; channel++) {
    if (!readSubframe(channel, sampleCount, bitsPerSample + i32(channel == side))) return 0;
  }
  const end = (bitPosition() + 7) >> 3;
  if ((end + 2) << 3 > lastBit()) return 0;
  seekBit(end << 3);
  if (unsigned(16) != crc16(at, end)) return 0;
  restoreChannels(channelCount, sampleCount);
  mix(channelCount, stereo, bitsPerSample, sampleCount);
  return end + 2 - at;
}
