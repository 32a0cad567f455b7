import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeAudio, defaultAudioLimits } from '../../workers/audio/decode.ts';
import { chirpMs, chirps } from './chirp.ts';
import { hear, refusalOf, type Scratch, scratchDirectory } from './hear.ts';
import { oggPage, splitPages } from './ogg-file.ts';
import { pcm16, wavFile } from './wav-file.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDirectory();
});
afterAll(() => scratch[Symbol.asyncDispose]());

describe('what is opened', () => {
  test('a file over the limit is refused by its size alone', async () => {
    expect(await refusalOf(chirps.mp3, 'wasm', { maxBytes: 1000 })).toMatchObject({
      code: 'AUDIO_TOO_LARGE',
      message: expect.stringMatching(/at most 1000 bytes, received \d+/),
    });
  });

  test('a directory, a device and a missing file are refused', async () => {
    await mkdir(path.join(scratch.directory, 'folder.ogg'));
    await symlink('/dev/zero', path.join(scratch.directory, 'zero.wav'));
    for (const name of ['folder.ogg', 'zero.wav', 'missing.mp3']) {
      const refusal = await refusalOf(path.join(scratch.directory, name));
      expect(refusal.code).toBe('AUDIO_UNREADABLE');
      // Messages go out to strangers.
      expect(refusal.message).not.toContain(scratch.directory);
    }
  });

  test.skipIf(process.platform === 'win32')(
    'a pipe that nobody writes to is refused, not waited for',
    async () => {
      const fifo = path.join(scratch.directory, 'fifo.wav');
      execFileSync('mkfifo', [fifo]);
      expect(await refusalOf(fifo)).toMatchObject({ message: 'expected a regular file, received a pipe' });
    },
  );

  test('an empty file is refused', async () => {
    expect(await refusalOf(await scratch.write('empty.ogg', ''))).toEqual({
      code: 'AUDIO_UNREADABLE',
      message: 'expected audio, received an empty file',
    });
  });
});

describe('how long it lasts', () => {
  test.each(Object.entries(chirps))('%s over the limit stops there', async (_, file) => {
    let heardMs = 0;
    const decoding = decodeAudio(
      file,
      { decoder: 'wasm', limits: { ...defaultAudioLimits, maxDurationMs: 1000 } },
      (samples, rateHz) => {
        heardMs += (samples.length / rateHz) * 1000;
      },
    );
    await expect(decoding).rejects.toMatchObject({ code: 'AUDIO_TOO_LONG' });
    expect(heardMs).toBeLessThanOrEqual(1000);
  });

  test('a limit of exactly its length lets a file pass', async () => {
    const { summary } = await hear(chirps.opus, 'wasm', { maxDurationMs: chirpMs });
    expect(summary.durationMs).toBeCloseTo(chirpMs, 6);
  });

  test('a few kilobytes that unpack to hours of silence stop at the limit', async () => {
    const head = splitPages(readFileSync(chirps.opus)).slice(0, 2);
    // One byte is 60 ms of nothing (RFC 6716 section 3.1: CELT off, configuration 3, one frame).
    const nothing = Array.from({ length: 255 }, () => Uint8Array.of(0x18));
    const pages = Array.from({ length: 1000 }, (_, i) =>
      oggPage(nothing, { sequence: i + 2, granule: BigInt((i + 1) * 255 * 2880), serial: serialOf(head) }),
    );
    const bomb = Buffer.concat([...head, ...pages]);
    expect(bomb.length).toBeLessThan(600_000);
    const file = await scratch.write('bomb.opus', bomb);
    expect(await refusalOf(file, 'wasm', { maxDurationMs: 60_000 })).toMatchObject({
      code: 'AUDIO_TOO_LONG',
    });
  });
});

test('how long it takes is limited, whatever the receiver does', async () => {
  const file = await scratch.write('long.wav', wavFile(pcm16(new Float32Array(8000 * 600))));
  const decoding = decodeAudio(
    file,
    { decoder: 'wasm', limits: { ...defaultAudioLimits, maxWallMs: 30 } },
    () => {
      const until = performance.now() + 10;
      while (performance.now() < until);
    },
  );
  await expect(decoding).rejects.toMatchObject({ code: 'AUDIO_TIMEOUT' });
});

test('what the receiver throws comes out unchanged', async () => {
  const ours = new RangeError('a bug of the receiver');
  for (const file of Object.values(chirps)) {
    const decoding = decodeAudio(file, { decoder: 'auto', limits: defaultAudioLimits }, () => {
      throw ours;
    });
    await expect(decoding).rejects.toBe(ours);
  }
});

function serialOf(pages: readonly Buffer[]): number {
  return pages[0]?.readUInt32LE(14) ?? 0;
}
