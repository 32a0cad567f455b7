/** Needs an ffmpeg on the PATH for what is said of it; without one every file goes through our own decoders. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultAudioLimits } from '../../workers/audio/decode.ts';
import { findFfmpeg } from '../../workers/audio/find-ffmpeg.ts';
import { fingerprintAudio } from '../../workers/fingerprint/fingerprint-audio.ts';
import { fingerprintBatch } from '../../workers/fingerprint/fingerprint-batch.ts';
import { decodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { chirps } from '../audio/chirp.ts';
import { type Scratch, scratchDirectory } from '../audio/hear.ts';
import { bundledCatalog } from '../support/bundled-audio.ts';

const ffmpeg = await findFfmpeg();
const recordings = bundledCatalog().map((recording) => recording.path);
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDirectory();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const batchOf = (paths: readonly string[], limits = defaultAudioLimits) =>
  fingerprintBatch(paths, { decoder: 'auto', limits, otherWindows: false });
const inScratch = (name: string) => path.join(scratch.directory, name);

async function convert(name: string, ...options: string[]): Promise<string> {
  const args = ['-v', 'error', '-y', '-i', recordings[0] as string, ...options, inScratch(name)];
  await promisify(execFile)(ffmpeg?.path ?? '', args);
  return inScratch(name);
}

describe('a batch', () => {
  test.skipIf(ffmpeg === undefined)(
    'gives each file the fingerprint that ffmpeg gives it alone',
    async () => {
      const paths = [
        ...recordings.slice(0, 4),
        ...Object.values(chirps).filter((file) => !file.endsWith('.wav')),
        await convert('mono.mp3', '-ac', '1'),
        await convert('stereo.m4a', '-c:a', 'aac'),
        await convert('surround.flac', '-ac', '6'),
        await convert('rate-22050.m4a', '-ar', '22050', '-ac', '1'),
      ];
      const replies = await batchOf(paths);
      for (const [i, file] of paths.entries()) {
        // AAC is decoded here, and is not left to ffmpeg.
        const decoder = /surround\.flac$|\.m4a$|\.aac$/.test(file) ? 'auto' : 'ffmpeg';
        expect(replies[i], file).toEqual({ ok: true, result: await fingerprintAudio(file, { decoder }) });
      }
    },
  );

  test.skipIf(ffmpeg === undefined).each([true, false])(
    'looks through the other windows where asked: %s',
    async (otherWindows) => {
      const file = recordings[0] as string;
      const [reply] = await fingerprintBatch([file], {
        decoder: 'auto',
        limits: defaultAudioLimits,
        otherWindows,
      });
      const result = await fingerprintAudio(file, { decoder: 'ffmpeg', otherWindows });
      expect(reply).toEqual({ ok: true, result });
      expect(decodeFingerprint(result.fingerprint).otherWindows !== undefined).toBe(otherWindows);
    },
  );

  test('says of a file that cannot be read what is wrong with it, and takes the others as if it were not there', async () => {
    const [first, second] = recordings as [string, string];
    await writeFile(inScratch('words.mp3'), 'no audio at all, not a bit of it');
    await writeFile(inScratch('cut.ogg'), (await readFile(second)).subarray(0, 100_000));
    const paths = [first, inScratch('words.mp3'), inScratch('cut.ogg'), inScratch('missing.ogg'), second];
    const [good, words, cut, missing, last] = await batchOf(paths);
    expect([good, last]).toEqual(await batchOf([first, second]));
    expect(words).toMatchObject({ ok: false, code: 'AUDIO_UNREADABLE' });
    expect(missing).toMatchObject({ ok: false, code: 'AUDIO_UNREADABLE' });
    expect(cut).toEqual({ ok: true, result: await fingerprintAudio(inScratch('cut.ogg')) });
    expect(cut).toMatchObject({ result: { truncated: true } });
  });

  test('keeps the limits of the single file', async () => {
    const replies = await batchOf(recordings.slice(0, 2), { ...defaultAudioLimits, maxDurationMs: 5000 });
    for (const reply of replies) expect(reply).toMatchObject({ ok: false, code: 'AUDIO_TOO_LONG' });
  });
});
