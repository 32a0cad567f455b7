import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  FlacFrameDecoder,
  FlacFrameError,
  maxFlacFrameBytes,
  readFlacFrameHeader,
  readStreamInfo,
} from '../../workers/audio/flac-frame.ts';
import { chirpMs, chirpSamples, chirps, compareTimes } from './chirp.ts';
import { hear, type Scratch, scratchDirectory } from './hear.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDirectory();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const file = readFileSync(chirps.flac);
const format = readStreamInfo(file.subarray(8, 42));
const frameStarts = findFrames(file);
const padded = (bytes: Uint8Array) => {
  const copy = new Uint8Array(bytes.length + 16).subarray(0, bytes.length);
  copy.set(bytes);
  return copy;
};

test('the stream info says what was encoded', () => {
  expect(format).toEqual({ sampleRateHz: 44_100, channelCount: 2, bitsPerSample: 16, totalSamples: 88_200 });
});

test('a frame says how long it is, and is never longer than the bound', () => {
  const decoder = new FlacFrameDecoder(format);
  frameStarts.forEach((start, i) => {
    const { frameBytes } = decoder.decode(padded(file.subarray(start)));
    expect(start + frameBytes).toBe(frameStarts[i + 1] ?? file.length);
    const header = readFlacFrameHeader(file, start, format);
    expect(header && maxFlacFrameBytes(header)).toBeGreaterThanOrEqual(frameBytes);
  });
});

test('a changed bit anywhere in a frame is noticed', () => {
  const decoder = new FlacFrameDecoder(format);
  const frame = file.subarray(frameStarts[1], frameStarts[2]);
  for (let at = 0; at < frame.length; at += 37) {
    const copy = padded(frame);
    copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
    expect(() => decoder.decode(copy), `byte ${at}`).toThrow(FlacFrameError);
  }
});

test('a frame cut anywhere is noticed', () => {
  const decoder = new FlacFrameDecoder(format);
  const frame = file.subarray(frameStarts[1], frameStarts[2]);
  for (let length = 0; length < frame.length; length += 101) {
    expect(() => decoder.decode(padded(frame.subarray(0, length))), `${length} bytes`).toThrow(
      FlacFrameError,
    );
  }
});

test('a broken frame becomes silence, so that what follows keeps its time', async () => {
  const broken = Buffer.from(file);
  const at = ((frameStarts[5] ?? 0) + (frameStarts[6] ?? 0)) >> 1;
  broken[at] = (broken[at] ?? 0) ^ 0xff;
  const { summary, samples } = await hear(await scratch.write('a.flac', broken));
  expect(summary).toMatchObject({ durationMs: chirpMs, damaged: true, truncated: false });
  const { delayMs } = compareTimes(chirpSamples(44_100).subarray(44_100), samples.subarray(44_100), 44_100);
  expect(delayMs).toBe(0);
});

test('a file cut in a frame gives the frames before it', async () => {
  const { summary } = await hear(
    await scratch.write('a.flac', file.subarray(0, (frameStarts[10] ?? 0) + 500)),
  );
  expect(summary).toMatchObject({ truncated: true, damaged: false });
  expect(summary.durationMs).toBeCloseTo((10 * 4608 * 1000) / 44_100, 0);
});

test('a file cut between frames is truncated too, because the header declares more', async () => {
  const { summary } = await hear(await scratch.write('a.flac', file.subarray(0, frameStarts[10])));
  expect(summary).toMatchObject({ truncated: true, damaged: false });
});

test('tags in front and behind are passed over', async () => {
  const front = Buffer.from('ID3\x04\x00\x00\x00\x00\x00\x14twenty bytes of tag.', 'latin1');
  const behind = Buffer.alloc(128, 'TAG and a title');
  const { summary } = await hear(await scratch.write('a.flac', Buffer.concat([front, file, behind])));
  expect(summary).toMatchObject({ durationMs: chirpMs, damaged: false, truncated: false });
});

/** By the headers alone. */
function findFrames(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = bytes.indexOf(0xff, 42); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    if (readFlacFrameHeader(bytes, at, format) !== undefined) starts.push(at);
  }
  return starts;
}
