/** What strangers may send: every file ends in a coded refusal or an honest summary. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DecoderChoice, decodeAudio, defaultAudioLimits } from '../../workers/audio/decode.ts';
import { findFfmpeg } from '../../workers/audio/find-ffmpeg.ts';
import { WorkerError } from '../../workers/errors.ts';
import { chirpSamples, chirps } from './chirp.ts';
import { type Scratch, scratchDirectory } from './hear.ts';
import { mutations, type Random, seededRandom } from './mutation.ts';
import { sealPages } from './ogg-file.ts';
import { pcm16, wavFile } from './wav-file.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDirectory();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const ffmpeg = await findFfmpeg();
const originals = [
  ...Object.values(chirps).map((file) => readFileSync(file)),
  Buffer.from(wavFile(pcm16(chirpSamples(8000)))),
];
const limits = { ...defaultAudioLimits, maxDurationMs: 10 * 60 * 1000, maxWallMs: 20_000 };
/** Share of mutated Ogg files that get right checksums again, so that the damage reaches the codecs. */
const sealedShare = 0.7;
/** 17 to 29 MiB of address space an instance, collected when the engine sees fit, and vitest itself. */
const maxResidentMib = 900;

function mutate(random: Random): Buffer {
  const pick = <Item>(items: readonly Item[]) => items[random.below(items.length)] as Item;
  const mutated = pick(Object.values(mutations))(Buffer.from(pick(originals)), pick(originals), random);
  return random.share() < sealedShare ? sealPages(mutated) : mutated;
}

/** `refused` or `heard`; anything else is thrown on. */
async function outcomeOf(bytes: Buffer, decoder: DecoderChoice): Promise<'refused' | 'heard'> {
  const file = await scratch.write('mutated', bytes);
  let heardMs = 0;
  let worst = 0;
  try {
    const summary = await decodeAudio(file, { decoder, limits }, (samples, rateHz) => {
      heardMs += (samples.length / rateHz) * 1000;
      for (const sample of samples) worst = Number.isNaN(sample) ? 99 : Math.max(worst, Math.abs(sample));
    });
    expect(summary.durationMs).toBeCloseTo(heardMs, 3);
    expect(summary.durationMs).toBeGreaterThan(0);
    expect(worst).toBeLessThanOrEqual(1);
    return 'heard';
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    expect(error.code).toMatch(/^AUDIO_/);
    expect(error.message).toMatch(/^expected /);
    return 'refused';
  }
}

describe.each([
  { decoder: 'wasm' as const, fileCount: 1000, isThere: true },
  { decoder: 'ffmpeg' as const, fileCount: 100, isThere: ffmpeg !== undefined },
])('$decoder', ({ decoder, fileCount, isThere }) => {
  test.skipIf(!isThere)(
    `survives ${fileCount} mutated files`,
    async () => {
      const tally = { heard: 0, refused: 0 };
      for (let seed = 1; seed <= fileCount; seed++) {
        const outcome = await outcomeOf(mutate(seededRandom(seed)), decoder).catch((cause: unknown) => {
          throw new Error(`seed ${seed}`, { cause });
        });
        tally[outcome]++;
      }
      // A mutation that leaves nothing readable would test the front door only.
      expect(tally.heard).toBeGreaterThan(fileCount / 3);
      expect(process.memoryUsage.rss() / 2 ** 20).toBeLessThan(maxResidentMib);
    },
    60_000,
  );
});

test('nothing that the codecs print reaches the console', async () => {
  const printed: unknown[] = [];
  const { error, log } = console;
  console.error = (...words) => printed.push(words);
  console.log = (...words) => printed.push(words);
  try {
    for (let seed = 5000; seed < 5050; seed++) await outcomeOf(mutate(seededRandom(seed)), 'wasm');
  } finally {
    Object.assign(console, { error, log });
  }
  expect(printed).toEqual([]);
});
