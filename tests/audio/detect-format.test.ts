import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chirps } from './chirp.ts';
import { hear, refusalOf, type Scratch, scratchDirectory } from './hear.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDirectory();
});
afterAll(() => scratch[Symbol.asyncDispose]());

const withMagic = (magic: string) => {
  const bytes = Buffer.alloc(5000);
  bytes.write(magic, 'latin1');
  return bytes;
};

test('the name does not matter, only the content', async () => {
  for (const [name, file] of Object.entries(chirps)) {
    const disguised = path.join(scratch.directory, `-odd: ${name} %d é.m3u8`);
    await copyFile(file, disguised);
    expect((await hear(disguised)).summary.durationMs).toBe((await hear(file)).summary.durationMs);
  }
});

test.each([
  ['ASF/WMA', '\x30\x26\xb2\x75\x8e\x66\xcf\x11'],
  ['Matroska/WebM', '\x1a\x45\xdf\xa3'],
  ['AIFF', 'FORM\x00\x00\x10\x00AIFF'],
  ['AVI', 'RIFF\x00\x10\x00\x00AVI '],
  ['WavPack', 'wvpk'],
])('%s is known by name, and needs ffmpeg', async (name, magic) => {
  const refusal = await refusalOf(await scratch.write('a', withMagic(magic)));
  expect(refusal).toEqual({
    code: 'AUDIO_UNSUPPORTED',
    message: `expected WAV, FLAC, MP3, AAC, Ogg Vorbis or Ogg Opus, received ${name}; install ffmpeg to read it`,
  });
});

test.each([
  ['text', Buffer.from('Dear all, please find attached\n')],
  ['a playlist', Buffer.from('#EXTM3U\nhttp://127.0.0.1/secret.mp3\n')],
  ['a picture', withMagic('\x89PNG\r\n\x1a\n')],
  ['a fingerprint', withMagic('EMFP')],
  ['zeros', Buffer.alloc(100_000)],
  ['one byte', Buffer.of(0xff)],
  ['ones', Buffer.alloc(100_000, 0xff)],
])('%s is not audio, and the refusal says what was received', async (_, bytes) => {
  const { code, message } = await refusalOf(await scratch.write('a.ogg', bytes));
  expect(code).toBe('AUDIO_UNREADABLE');
  expect(message).toMatch(
    new RegExp(`^expected audio, received ${bytes.length} bytes that begin with ".*"$`),
  );
});

test('a tag that claims to be longer than the file hides the audio, and costs nothing', async () => {
  const file = await scratch.write('a.mp3', withMagic('ID3\x04\x00\x00\x7f\x7f\x7f\x7f'));
  expect(await refusalOf(file)).toMatchObject({ code: 'AUDIO_UNREADABLE' });
});
