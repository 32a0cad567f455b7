/** Needs an ffmpeg on the PATH; without one these are skipped, and the other tests show that none is needed. */
import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeAudio, defaultAudioLimits } from '../../workers/audio/decode.ts';
import { findFfmpeg } from '../../workers/audio/find-ffmpeg.ts';
import { instantiateKernel } from '../../workers/kernels/kernel.ts';
import { bundledCatalog } from '../support/bundled-audio.ts';
import { chirpMs, chirps, compareTimes } from './chirp.ts';
import { hear, refusalOf, type Scratch, scratchDirectory } from './hear.ts';
import { pcm16, wavFile } from './wav-file.ts';

const ffmpeg = await findFfmpeg();
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDirectory();
});
afterAll(() => scratch[Symbol.asyncDispose]());

/** A chirp in a format that only ffmpeg knows. */
async function convert(name: string, ...options: string[]): Promise<string> {
  const file = path.join(scratch.directory, name);
  const args = ['-v', 'error', '-y', '-i', chirps.flac, ...options, file];
  await promisify(execFile)(ffmpeg?.path ?? '', args);
  return file;
}

/** What a fingerprint is made of: 8 kHz. */
function asHeard(samples: Float32Array, rateHz: number): Float32Array {
  const kernel = instantiateKernel();
  kernel.start(rateHz);
  const heard: number[] = [];
  for (let at = 0; at < samples.length; at += kernel.inputMax.value) {
    const part = samples.subarray(at, at + kernel.inputMax.value);
    new Float32Array(kernel.memory.buffer, kernel.input(), part.length).set(part);
    const count = kernel.push(part.length);
    heard.push(...new Float32Array(kernel.memory.buffer, kernel.resampled(), count));
  }
  return Float32Array.from(heard);
}

describe.skipIf(ffmpeg === undefined)('ffmpeg', () => {
  test('is found with its version', () => {
    expect(ffmpeg).toMatchObject({
      path: expect.stringMatching(/ffmpeg/),
      version: expect.stringMatching(/\d/),
    });
  });

  const recordings = [
    ...Object.values(chirps),
    ...bundledCatalog()
      .slice(0, 3)
      .map((recording) => recording.path),
  ];
  test.each(recordings)('and our own decoder hear the same at the same time in %s', async (file) => {
    const [ours, theirs] = [await hear(file, 'wasm'), await hear(file, 'ffmpeg')];
    expect(theirs.summary).toMatchObject({ decoder: 'ffmpeg', truncated: false, damaged: false });
    expect(theirs.summary.format).toBe(ours.summary.format);
    expect(Math.abs(theirs.summary.durationMs - ours.summary.durationMs)).toBeLessThan(50);
    // Ours may be at a fraction of the rate, and there between the samples of the other.
    const [a, b] = [ours, theirs].map(({ samples, ratesHz: [rate = 0] }) =>
      asHeard(samples.subarray(0, 2 * rate), rate),
    ) as [Float32Array, Float32Array];
    const { delayMs, agreement } = compareTimes(a, b, 8000);
    expect(Math.abs(delayMs)).toBeLessThan(1);
    expect(agreement).toBeGreaterThan(0.95);
  });

  test('and our own decoder mix six channels alike', async () => {
    const samples = Float32Array.from({ length: 6 * 8000 }, (_, i) =>
      i % 6 === 3 ? 0.9 : Math.sin(i / 90) / 2,
    );
    const bytes = wavFile(pcm16(samples), { channelCount: 6, isExtensible: true });
    const file = await scratch.write('six.wav', bytes);
    const [ours, theirs] = [await hear(file, 'wasm'), await hear(file, 'ffmpeg')];
    expect([...theirs.samples.subarray(0, 500)]).toEqual([...ours.samples.subarray(0, 500)]);
  });

  test.each([
    ['matroska/opus', 'a.webm', ['-c:a', 'libopus']],
    ['asf/wmav2', 'a.wma', []],
    ['aiff/pcm_s16be', 'a.aiff', []],
  ])('reads %s, which our own decoders leave to it', async (format, name, options) => {
    const { summary } = await hear(await convert(name, ...options), 'auto');
    expect(summary).toMatchObject({ decoder: 'ffmpeg', format, truncated: false, damaged: false });
    expect(Math.abs(summary.durationMs - chirpMs)).toBeLessThan(60);
  });

  test('is not asked where our own decoder has answered', async () => {
    expect((await hear(chirps.mp3, 'auto')).summary.decoder).toBe('wasm');
  });

  test('is asked where our own decoder refuses what it should know', async () => {
    const file = await convert('adpcm.wav', '-c:a', 'adpcm_ms');
    expect(await refusalOf(file, 'wasm')).toMatchObject({ code: 'AUDIO_UNSUPPORTED' });
    expect((await hear(file, 'auto')).summary).toMatchObject({ decoder: 'ffmpeg', format: 'wav/adpcm_ms' });
  });

  // Of the chirp in Vorbis nothing is left when it is cut: it has one page. An M4A has its table at its end, and ADTS none.
  const { m4a: _m4a, adts: _adts, ...others } = chirps;
  const cuttable = {
    ...others,
    vorbis: bundledCatalog().find(({ path }) => path.endsWith('.ogg'))?.path ?? '',
  };
  test.each(Object.entries(cuttable))('a cut %s is truncated, by either decoder', async (name, file) => {
    const bytes = await readFile(file);
    const cut = await scratch.write(name, bytes.subarray(0, Math.floor(bytes.length * 0.7)));
    const [ours, theirs] = [await hear(cut, 'wasm'), await hear(cut, 'ffmpeg')];
    expect([ours.summary.truncated, theirs.summary.truncated]).toEqual([true, true]);
    expect(Math.abs(ours.summary.durationMs - theirs.summary.durationMs)).toBeLessThan(50);
  });

  test('a cut M4A is truncated', async () => {
    const bytes = await readFile(await convert('whole.m4a', '-movflags', '+faststart'));
    const cut = await scratch.write('cut.m4a', bytes.subarray(0, Math.floor(bytes.length * 0.8)));
    const { summary } = await hear(cut, 'auto');
    expect(summary.truncated).toBe(true);
    expect(summary.durationMs).toBeGreaterThan(500);
  });

  test('names with colons, dashes, percent signs and line breaks are only names', async () => {
    const bytes = await readFile(chirps.vorbis);
    for (const name of ['http:x.ogg', '-y', '%03d.ogg', 'concat:a|b', 'a\nb.ogg', "it's $(quoted)"]) {
      const { summary } = await hear(await scratch.write(name, bytes), 'ffmpeg');
      expect(summary.durationMs).toBeCloseTo(chirpMs, 0);
    }
  });

  test('a video without sound holds no audio stream', async () => {
    const file = path.join(scratch.directory, 'mute.mp4');
    execFileSync(ffmpeg?.path ?? '', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=d=1:s=64x64', '-y', file]);
    expect(await refusalOf(file, 'auto')).toEqual({
      code: 'AUDIO_UNREADABLE',
      message: 'expected an audio stream, received mov/no audio',
    });
  });

  test('a playlist reaches neither the network nor another file', async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests++;
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as AddressInfo;
    const lists = [
      `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:${port}/a.mp3\n#EXT-X-ENDLIST\n`,
      `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://${chirps.mp3}\n#EXT-X-ENDLIST\n`,
      `ffconcat version 1.0\nfile '${chirps.mp3}'\n`,
      `<?xml version="1.0"?><MPD><BaseURL>http://127.0.0.1:${port}/a.mp4</BaseURL></MPD>`,
      `v=0\nc=IN IP4 127.0.0.1\nm=audio ${port} RTP/AVP 0\n`,
    ];
    for (const list of lists) {
      const refusal = await refusalOf(await scratch.write('list.mp3', list), 'ffmpeg');
      expect(refusal.code).toBe('AUDIO_UNREADABLE');
      expect(refusal.message).not.toContain(scratch.directory);
    }
    expect(requests).toBe(0);
    server.close();
  });

  describe('is stopped', () => {
    const limitsOf = (limits: object) => ({
      decoder: 'ffmpeg' as const,
      limits: { ...defaultAudioLimits, ...limits },
    });

    test('at the longest duration, and is gone', async () => {
      const decoding = decodeAudio(chirps.flac, limitsOf({ maxDurationMs: 500 }), () => {});
      await expect(decoding).rejects.toMatchObject({ code: 'AUDIO_TOO_LONG' });
      expect(childrenOf(process.pid)).toEqual([]);
    });

    test('at the longest wall time, and is gone', async () => {
      const long = await scratch.write('long.wav', wavFile(pcm16(new Float32Array(8000 * 3600))));
      const decoding = decodeAudio(long, limitsOf({ maxWallMs: 150 }), () => {
        const until = performance.now() + 5;
        while (performance.now() < until);
      });
      await expect(decoding).rejects.toMatchObject({ code: 'AUDIO_TIMEOUT' });
      expect(childrenOf(process.pid)).toEqual([]);
    });

    test('when the receiver throws, and is gone', async () => {
      const ours = new Error('a bug of the receiver');
      const decoding = decodeAudio(chirps.flac, limitsOf({}), () => {
        throw ours;
      });
      await expect(decoding).rejects.toBe(ours);
      expect(childrenOf(process.pid)).toEqual([]);
    });
  });
});

/** The ffmpegs started by `pid` that are still there; elsewhere than on Linux none is seen. */
function childrenOf(pid: number): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(`/proc/${name}/stat`))
    .filter((stat) => stat.includes('(ffmpeg)') && stat.split(') ')[1]?.split(' ')[1] === String(pid));
}

/** `1234 (ffmpeg) S 1200 …`, the fourth field being the parent; empty for a process that has just gone. */
function readStat(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
