/** Where the side information of a layer III frame has what a test wants to change. */
import { readMpegFrameHeader } from '../../workers/audio/mpeg-frame-header.ts';

/** Views of the frames, which follow one another from the first byte on. */
export function cutFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; ; at += frames.at(-1)?.length ?? 0) {
    const header = readMpegFrameHeader(bytes, at);
    if (header === undefined || at + header.frameBytes > bytes.length) return frames;
    frames.push(bytes.subarray(at, at + header.frameBytes));
  }
}

export function readBits(bytes: Buffer, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 2 + (((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1);
  return value;
}

export function writeBits(bytes: Buffer, at: number, count: number, value: number): void {
  for (let i = 0; i < count; i++) {
    const bit = 0x80 >> ((at + i) & 7);
    const byte = bytes[(at + i) >> 3] ?? 0;
    bytes[(at + i) >> 3] = (value >> (count - 1 - i)) & 1 ? byte | bit : byte & ~bit;
  }
}

/** Bit positions in the frame: channel by channel, granule by granule. */
export function granuleFields(frame: Buffer): { bigValuesAt: number; gainAt: number; switchAt: number }[] {
  const header = readMpegFrameHeader(frame, 0);
  if (header === undefined) return [];
  const { channelCount, version } = header;
  const granuleCount = version === 1 ? 2 : 1;
  const headBytes = (frame[1] ?? 0) & 1 ? 4 : 6;
  const before = version === 1 ? 9 + (channelCount === 1 ? 5 : 3) + 4 * channelCount : 8 + channelCount;
  const granuleBits = version === 1 ? 59 : 63;
  return Array.from({ length: granuleCount * channelCount }, (_, i) => {
    const at = headBytes * 8 + before + i * granuleBits;
    return { bigValuesAt: at + 12, gainAt: at + 21, switchAt: at + (version === 1 ? 33 : 38) };
  });
}
