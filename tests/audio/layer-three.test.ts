/** The decoder of layer III, held against mpg123 below 3.5 kHz: the same samples, at every rate and in every kind of block. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMpegDecoder } from '../../workers/audio/decode-mp3.ts';
import { WorkerError } from '../../workers/errors.ts';
import { hear, type Scratch, scratchDirectory } from './hear.ts';
import { cutFrames, granuleFields, readBits, writeBits } from './mpeg-side-info.ts';
import { mutations, seededRandom } from './mutation.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDirectory();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const fixture = (name: string) =>
  readFileSync(path.join(import.meta.dirname, 'fixtures', `clicks-${name}.mp3`));
const joint = 0x40;
const intensity = 0x10;
const sumAndDifference = 0x20;

/** How far what is heard of the file lies from what mpg123 makes of it, in dB below it. */
async function agreementDb(bytes: Buffer): Promise<number> {
  const { samples, ratesHz } = await hear(await scratch.write('a.mp3', bytes));
  const decoder = await openMpegDecoder();
  const { channelData, samplesDecoded, sampleRate } = decoder.decode(bytes);
  const [left, right = left] = channelData;
  const expected = Float32Array.from(
    { length: samplesDecoded },
    (_, i) => ((left?.[i] ?? 0) + (right?.[i] ?? 0)) / 2,
  );
  const decimation = sampleRate / (ratesHz[0] ?? 1);
  expect(Math.abs(samples.length - samplesDecoded / decimation)).toBeLessThan(1);
  const [long, short] = [lowPass(sampleRate), lowPass(sampleRate / decimation)];
  let signal = 0;
  let error = 0;
  for (let i = 100; i < samples.length - 100; i += 3) {
    const wanted = filtered(expected, i * decimation, long);
    signal += wanted ** 2;
    error += (wanted - filtered(samples, i, short)) ** 2;
  }
  return 10 * Math.log10(signal / error);
}

/** A Blackman-windowed sinc of 12 ms: the same filter at every rate. */
function lowPass(rateHz: number): Float64Array {
  const half = Math.floor(0.006 * rateHz);
  return Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
    const t = (i - half) / rateHz;
    const turn = Math.PI * (t / 0.006);
    const window = 0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
    const sinc = t === 0 ? 1 : Math.sin(2 * Math.PI * 3500 * t) / (2 * Math.PI * 3500 * t);
    return (window * sinc * 7000) / rateHz;
  });
}

function filtered(samples: Float32Array, at: number, filter: Float64Array): number {
  const from = at - (filter.length - 1) / 2;
  return filter.reduce((sum, factor, i) => sum + factor * (samples[from + i] ?? 0), 0);
}

/** Frames that follow the Xing frame, changed where they lie. */
function changed(name: string, change: (frame: Buffer) => void): Buffer {
  const bytes = Buffer.from(fixture(name));
  for (const frame of cutFrames(bytes).slice(1)) change(frame);
  return bytes;
}

function setMode(frame: Buffer, mode: number): void {
  frame[3] = ((frame[3] ?? 0) & 0x0f) | mode;
}

/** Makes short blocks mixed ones: another signal, but a rule-abiding one. Softer, or it would be clipped. */
function mixBlocks(frame: Buffer): void {
  for (const { gainAt, switchAt } of granuleFields(frame)) {
    writeBits(frame, gainAt, 8, Math.max(0, readBits(frame, gainAt, 8) - 16));
    if (readBits(frame, switchAt, 3) === 6) writeBits(frame, switchAt + 3, 1, 1);
  }
}

/** Gives the first channel alone a stop window where both have a start window. */
function partWindows(frame: Buffer): void {
  granuleFields(frame).forEach(({ switchAt }, i) => {
    if (i % 2 === 0 && readBits(frame, switchAt, 3) === 5) writeBits(frame, switchAt, 3, 7);
  });
}

test('the fixtures have every block type', () => {
  const types = new Set<number>();
  for (const frame of cutFrames(Buffer.from(fixture('44100'))).slice(1)) {
    for (const { switchAt } of granuleFields(frame)) {
      types.add(readBits(frame, switchAt, 1) && readBits(frame, switchAt + 1, 2));
    }
  }
  expect([...types].sort()).toEqual([0, 1, 2, 3]);
});

describe('agrees with mpg123', () => {
  test.each(['44100', 'joint', '32000', '22050', '8000'])('on %s', async (name) => {
    expect(await agreementDb(fixture(name))).toBeGreaterThan(70);
  });

  test.each([
    ['sum and difference', joint | sumAndDifference],
    ['intensity', joint | intensity],
    ['both', joint | sumAndDifference | intensity],
    ['dual channel', 0x80],
  ])('where left and right are read as %s', async (_, mode) => {
    expect(await agreementDb(changed('44100', (frame) => setMode(frame, mode)))).toBeGreaterThan(70);
  });

  test.each(['44100', '32000', '22050'])('in mixed blocks of %s', async (name) => {
    expect(await agreementDb(changed(name, mixBlocks))).toBeGreaterThan(70);
  });

  test.each([0, joint | sumAndDifference])('where the channels differ in window, mode %i', async (mode) => {
    const bytes = changed('44100', (frame) => {
      partWindows(frame);
      setMode(frame, mode);
    });
    expect(await agreementDb(bytes)).toBeGreaterThan(70);
  });
});

test('a stream cut out of another has silence for what it cannot know, and is not damaged', async () => {
  const frames = cutFrames(Buffer.from(fixture('44100')));
  const cut = Buffer.concat(frames.slice(20));
  const { summary, samples } = await hear(await scratch.write('a.mp3', cut));
  expect(summary).toMatchObject({ damaged: false });
  expect(samples.length).toBe(((frames.length - 20) * 1152) / 4);
  const whole = (await hear(await scratch.write('b.mp3', fixture('44100')))).samples;
  const aligned = whole.subarray(whole.length - 10_000);
  // The tail is the same one; the padding behind it is cut off where a Xing frame says so.
  const power = (values: Float32Array) =>
    values.reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(power(samples.subarray(-10_500, -500)) / power(aligned)).toBeCloseTo(1, 0);
});

test('a frame that breaks the rules is silence of its length, and what follows is heard', async () => {
  const frames = cutFrames(Buffer.from(fixture('44100')));
  const sound = await hear(await scratch.write('a.mp3', fixture('44100')));
  // 511 pairs of big values: more than there are lines.
  for (const { bigValuesAt } of granuleFields(frames[30] as Buffer)) {
    writeBits(frames[30] as Buffer, bigValuesAt, 9, 511);
  }
  const broken = await hear(await scratch.write('b.mp3', Buffer.concat(frames)));
  expect(broken.summary).toMatchObject({ damaged: true, truncated: false });
  expect(broken.samples.length).toBe(sound.samples.length);
  expect(broken.samples.slice(-8000)).toEqual(sound.samples.slice(-8000));
});

test('mutated files are heard or refused, and what is heard is finite', async () => {
  const names = ['44100', 'joint', '22050', '8000', '32000'];
  for (let seed = 1; seed <= 150; seed++) {
    const random = seededRandom(seed);
    const pick = <Item>(items: readonly Item[]) => items[random.below(items.length)] as Item;
    const bytes = pick(Object.values(mutations))(Buffer.from(fixture(pick(names))), fixture('8000'), random);
    try {
      const { samples } = await hear(await scratch.write('a.mp3', bytes));
      expect(samples.every((sample) => Math.abs(sample) <= 1)).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(WorkerError);
    }
  }
});
