/** Several files of audio to fingerprints, with one start of ffmpeg for those that need it. */
import { type AudioFile, openAudioFile } from '../audio/audio-file.ts';
import { type AudioLimits, type DecoderChoice, decodesByFfmpeg } from '../audio/decode.ts';
import { type BatchedFile, canDecodeBatches, decodeFfmpegBatch } from '../audio/decode-ffmpeg-batch.ts';
import { detectFormat } from '../audio/detect-format.ts';
import { type Ffmpeg, findFfmpeg } from '../audio/find-ffmpeg.ts';
import { SampleSink } from '../audio/sample-sink.ts';
import { WorkerError } from '../errors.ts';
import type { FingerprintedAudio, FingerprintReply } from '../protocol.ts';
import { fingerprintAudio, finishFingerprint } from './fingerprint-audio.ts';
import { Fingerprinter } from './fingerprinter.ts';

type Options = {
  readonly decoder: DecoderChoice;
  readonly limits: AudioLimits;
  readonly otherWindows: boolean;
};

/**
 * One reply for each path, in their order. What a file's fingerprint is depends on the file alone: one that spoils a
 * batch is left to `fingerprintAudio`, and the others go through ffmpeg again, each by itself.
 */
export async function fingerprintBatch(
  paths: readonly string[],
  options: Options,
): Promise<FingerprintReply[]> {
  const ffmpeg = canDecodeBatches ? await findFfmpeg() : undefined;
  const replies = new Map<string, FingerprintReply>();
  const batched = ffmpeg === undefined ? [] : await filter(paths, (path) => isForBatch(path, options));
  if (ffmpeg !== undefined && batched.length > 0) {
    const together = await tryTogether(ffmpeg, batched, options);
    for (const [i, path] of batched.entries()) {
      const result = together?.[i] ?? (await tryTogether(ffmpeg, [path], options))?.[0];
      if (result !== undefined) replies.set(path, { ok: true, result });
    }
  }
  for (const path of paths) if (!replies.has(path)) replies.set(path, await alone(path, options));
  return paths.map((path) => replies.get(path) as FingerprintReply);
}

async function alone(path: string, options: Options): Promise<FingerprintReply> {
  try {
    return { ok: true, result: await fingerprintAudio(path, options) };
  } catch (error) {
    if (error instanceof WorkerError) return { ok: false, code: error.code, message: error.message };
    throw error;
  }
}

async function filter<T>(items: readonly T[], isWanted: (item: T) => Promise<boolean>): Promise<T[]> {
  const wanted = await Promise.all(items.map(isWanted));
  return items.filter((_, i) => wanted[i]);
}

async function isForBatch(path: string, { limits, decoder }: Options): Promise<boolean> {
  // What ffmpeg says of its inputs is read line by line.
  if (/\p{Cc}/u.test(path)) return false;
  try {
    return await withFile(path, limits, async (file) =>
      decodesByFfmpeg(file, await detectFormat(file), decoder),
    );
  } catch (error) {
    if (error instanceof WorkerError) return false;
    throw error;
  }
}

async function withFile<T>(
  path: string,
  limits: AudioLimits,
  use: (file: AudioFile) => Promise<T>,
): Promise<T> {
  const file = await openAudioFile(path, limits, () => {});
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function tryTogether(
  ffmpeg: Ffmpeg,
  paths: readonly string[],
  { limits, otherWindows }: Options,
): Promise<FingerprintedAudio[] | undefined> {
  const opened: (BatchedFile & { readonly fingerprinter: Fingerprinter })[] = [];
  try {
    for (const path of paths) {
      const fingerprinter = new Fingerprinter({ otherWindows });
      const sink = new SampleSink(limits, (samples, rateHz) => fingerprinter.push(samples, rateHz));
      const file = await openAudioFile(path, limits, sink.checkWallTime);
      const detected = await detectFormat(file);
      if (detected === undefined) return undefined;
      opened.push({ file, detected, sink, fingerprinter });
    }
    const formats = await decodeFfmpegBatch(ffmpeg, opened);
    if (formats === undefined) return undefined;
    const results: FingerprintedAudio[] = [];
    for (const [i, { file, fingerprinter }] of opened.entries()) {
      const decoded = { decoder: 'ffmpeg', format: formats[i] as string, truncated: false } as const;
      results.push(finishFingerprint(fingerprinter, file.path, decoded));
    }
    return results;
  } catch (error) {
    if (error instanceof WorkerError) return undefined;
    throw error;
  } finally {
    for (const { file } of opened) await file.close();
  }
}
