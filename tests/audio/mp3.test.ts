import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMpegDecoder } from '../../workers/audio/decode-mp3.ts';
import {
  findMpegStream,
  readMpegFrameHeader,
  readXingHeader,
} from '../../workers/audio/mpeg-frame-header.ts';
import { chirpMs, chirps } from './chirp.ts';
import { hear, refusalOf, type Scratch, scratchDirectory } from './hear.ts';
import { seededRandom } from './mutation.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDirectory();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const file = readFileSync(chirps.mp3);
const frames = splitFrames(file);
const hearBytes = async (...parts: Uint8Array[]) => hear(await scratch.write('a.mp3', Buffer.concat(parts)));

describe('the frame header', () => {
  test.each([
    [
      [0xff, 0xfb, 0x90, 0x00],
      { layer: 3, version: 1, sampleRateHz: 44_100, frameBytes: 417, frameSamples: 1152 },
    ],
    [[0xff, 0xfb, 0x92, 0xc0], { channelCount: 1, frameBytes: 418 }],
    [[0xff, 0xfd, 0xa0, 0x00], { layer: 2, frameBytes: 626, frameSamples: 1152 }],
    [[0xff, 0xff, 0xe8, 0x00], { layer: 1, sampleRateHz: 32_000, frameBytes: 672, frameSamples: 384 }],
    [
      [0xff, 0xf3, 0x80, 0x00],
      { layer: 3, version: 2, sampleRateHz: 22_050, frameBytes: 208, frameSamples: 576 },
    ],
    [[0xff, 0xe3, 0x18, 0xc0], { version: 2.5, sampleRateHz: 8000, frameBytes: 72 }],
  ])('%j is read', (bytes, expected) => {
    expect(readMpegFrameHeader(Uint8Array.from(bytes), 0)).toMatchObject(expected);
  });

  test.each([
    ['no sync', [0xff, 0x1b, 0x90, 0x00]],
    ['reserved version', [0xff, 0xeb, 0x90, 0x00]],
    ['reserved layer', [0xff, 0xf9, 0x90, 0x00]],
    ['free format', [0xff, 0xfb, 0x00, 0x00]],
    ['bad bitrate', [0xff, 0xfb, 0xf0, 0x00]],
    ['reserved rate', [0xff, 0xfb, 0x9c, 0x00]],
    ['too short', [0xff, 0xfb, 0x90]],
  ])('%s is none', (_, bytes) => {
    expect(readMpegFrameHeader(Uint8Array.from(bytes), 0)).toBeUndefined();
  });
});

test('the Xing frame declares the frames that follow it', () => {
  const [first] = frames as [Buffer];
  const header = readMpegFrameHeader(first, 0);
  expect(header && readXingHeader(first, header)?.frameCount).toBe(frames.length - 1);
});

test('a cut in a frame and a cut between frames are both truncations', async () => {
  const inFrame = await hearBytes(...frames.slice(0, 40), (frames[40] as Buffer).subarray(0, 50));
  expect(inFrame.summary).toMatchObject({ truncated: true, damaged: false });
  const between = await hearBytes(...frames.slice(0, 40));
  expect(between.summary).toMatchObject({ truncated: true, damaged: false });
  expect(between.summary.durationMs).toBeGreaterThan(900);
});

test('tags before, behind and in the middle are passed over', async () => {
  const id3v2 = Buffer.from('ID3\x04\x00\x00\x00\x00\x00\x14twenty bytes of tag.', 'latin1');
  const id3v1 = Buffer.alloc(128, 'TAG and a title');
  const { summary } = await hearBytes(id3v2, id3v2, file, id3v1);
  expect(summary).toMatchObject({ durationMs: chirpMs, truncated: false, damaged: false });
  const joined = await hearBytes(file, id3v2, ...frames);
  expect(joined.summary).toMatchObject({ truncated: false, damaged: false });
  expect(joined.summary.durationMs).toBeGreaterThan(1.9 * chirpMs);
});

test('garbage between frames is passed over and called damage', async () => {
  const garbage = Buffer.alloc(3000, 'not a frame \xff\xfb', 'latin1');
  const { summary } = await hearBytes(...frames.slice(0, 30), garbage, ...frames.slice(30));
  expect(summary).toMatchObject({ truncated: false, damaged: true });
  expect(summary.durationMs).toBeGreaterThan(0.95 * chirpMs);
});

test('a change of sample rate is passed on where it happens', async () => {
  // Frames of silence: side information and main data all zero.
  const silence = (second: number, third: number) => {
    const header = readMpegFrameHeader(Uint8Array.of(0xff, second, third, 0xc0), 0);
    const frame = Buffer.alloc(header?.frameBytes ?? 0);
    frame.set([0xff, second, third, 0xc0]);
    return frame;
  };
  const fast = Array.from({ length: 20 }, () => silence(0xfb, 0x94));
  const slow = Array.from({ length: 20 }, () => silence(0xf3, 0x80));
  const { ratesHz, summary } = await hearBytes(...fast, ...slow);
  expect(ratesHz).toEqual([12_000, 11_025]);
  expect(summary.durationMs).toBeGreaterThan(900);
});

test('a run of fewer than three frames in something else is not believed', async () => {
  const noise = Buffer.alloc(5000, 'plain text ');
  const bytes = Buffer.concat([noise, frames[3] as Buffer, noise]);
  expect(await refusalOf(await scratch.write('a.mp3', bytes))).toMatchObject({ code: 'AUDIO_UNREADABLE' });
});

test('mpg123 that is given garbage throws, instead of reading the same for ever', async () => {
  const decoder = await openMpegDecoder();
  const random = seededRandom(1);
  const garbage = Uint8Array.from({ length: 200_000 }, () => random.below(256));
  expect(() => decoder.decode(garbage)).toThrow('mpg123 error');
});

function splitFrames(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let at = findMpegStream(bytes, true) ?? 0;
  for (;;) {
    const header = readMpegFrameHeader(bytes, at);
    if (header === undefined) return found;
    found.push(bytes.subarray(at, at + header.frameBytes));
    at += header.frameBytes;
  }
}
