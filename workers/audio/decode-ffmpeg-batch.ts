/**
 * Audio of several files by one ffmpeg, whose start-up (80 ms of processor time, as much as 100 s of Vorbis) is then
 * paid once. Only for files with which nothing is the matter: whatever ffmpeg complains of ends the batch without a
 * result, and the caller goes through the files one by one.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AudioFile } from './audio-file.ts';
import { isCutShort } from './cut-short.ts';
import { declaredToleranceMs } from './decode-ffmpeg.ts';
import type { DetectedFormat } from './detect-format.ts';
import { FfmpegMessages } from './ffmpeg-messages.ts';
import { startFfmpegBatch } from './ffmpeg-process.ts';
import type { Ffmpeg } from './find-ffmpeg.ts';
import { OwnWave } from './own-wave.ts';
import { readPipe } from './pipe-reader.ts';
import type { SampleSink } from './sample-sink.ts';

/** There are no FIFOs on Windows. */
export const canDecodeBatches = process.platform !== 'win32';

const run = promisify(execFile);

export type BatchedFile = {
  readonly file: AudioFile;
  readonly detected: DetectedFormat;
  readonly sink: SampleSink;
};

/** Container and codec of each file; undefined where anything was out of the ordinary with any of them. */
export async function decodeFfmpegBatch(
  ffmpeg: Ffmpeg,
  batch: readonly BatchedFile[],
): Promise<readonly string[] | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'earmark-'));
  try {
    const fifos = batch.map((_, i) => join(folder, String(i)));
    await run('mkfifo', fifos);
    return await decodeThrough(ffmpeg, batch, fifos);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function decodeThrough(
  ffmpeg: Ffmpeg,
  batch: readonly BatchedFile[],
  fifos: readonly string[],
): Promise<readonly string[] | undefined> {
  const remainingWallMs = Math.min(...batch.map(({ sink }) => sink.remainingWallMs));
  const files = batch.map(({ file }, i) => ({ path: file.path, fifo: fifos[i] as string }));
  // Opened before there is a writer, so that neither waits for the other.
  const readers = fifos.map((fifo, i) => readPipe(fifo, (bytes) => take(i, bytes)));
  const child = startFfmpegBatch(ffmpeg, files, (remainingWallMs / 1000) * batch.length);
  const messages = new FfmpegMessages(batch.length);
  const waves = batch.map(({ sink }, i) => new OwnWave(sink, () => gainOf(messages, i)));
  let hasFailed = false;
  const fail = () => {
    hasFailed = true;
    child.kill();
  };
  function take(index: number, bytes: Uint8Array): void {
    try {
      if (!hasFailed) waves[index]?.take(bytes);
    } catch {
      // A limit, or no such WAVE as was asked for: what it is comes out when the file goes alone.
      fail();
    }
  }
  child.stdout.resume();
  child.stderr.setEncoding('latin1').on('data', (text: string) => messages.add(text));
  const timer = setTimeout(fail, Math.max(0, remainingWallMs));
  try {
    const { code, failure } = await child.ended;
    // One that ffmpeg never opened has no end to wait for.
    if (code !== 0 || failure !== undefined) return undefined;
    await Promise.all(readers.map(({ closed }) => closed));
    for (const wave of waves) wave.end();
    if (hasFailed || messages.sawError || messages.saysCutShort) return undefined;
    return await formatsOf(batch, messages);
  } finally {
    clearTimeout(timer);
    child.kill();
    await child.ended;
    for (const reader of readers) reader.destroy();
  }
}

/** ffmpeg was asked for half of the first and half of the second channel: of mono that is half of what it is. */
function gainOf(messages: FfmpegMessages, index: number): 1 | 2 | undefined {
  const layout = messages.findInput(index)?.layout;
  if (layout === undefined) return undefined;
  if (layout === 'stereo') return 1;
  if (layout === 'mono') return 2;
  throw new Error(`a batch takes mono and stereo, received ${layout}`);
}

async function formatsOf(
  batch: readonly BatchedFile[],
  messages: FfmpegMessages,
): Promise<readonly string[] | undefined> {
  const formats: string[] = [];
  for (const [i, { file, detected, sink }] of batch.entries()) {
    const said = messages.findInput(i);
    if (said === undefined || sink.durationMs === 0) return undefined;
    const isShort =
      (await isCutShort(file, detected, sink.durationMs)) ??
      sink.durationMs + declaredToleranceMs < (said.declaredMs ?? 0);
    if (isShort) return undefined;
    formats.push(said.format);
  }
  return formats;
}
