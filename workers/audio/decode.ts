/**
 * One interface over our own decoders and ffmpeg. Audio arrives as mono, chunk by chunk, so that memory does not grow with
 * duration: at the file's own rate or, from a decoder of low frequencies, at a half, a quarter, … of it.
 */
import { WorkerError } from '../errors.ts';
import { type AudioFile, openAudioFile } from './audio-file.ts';
import { isOneStream } from './cut-short.ts';
import { decodeFfmpeg } from './decode-ffmpeg.ts';
import { decodeWasm } from './decode-wasm.ts';
import type { DecodedStream } from './decoded-stream.ts';
import { type DetectedFormat, detectFormat } from './detect-format.ts';
import { type Ffmpeg, findFfmpeg } from './find-ffmpeg.ts';
import { SampleSink } from './sample-sink.ts';

export type AudioLimits = {
  readonly maxBytes: number;
  readonly maxDurationMs: number;
  /** Wall time one file may take, decoding and fingerprinting together. */
  readonly maxWallMs: number;
  readonly minSampleRateHz: number;
  readonly maxSampleRateHz: number;
  readonly maxChannels: number;
};

export const defaultAudioLimits: AudioLimits = {
  maxBytes: 2 ** 31,
  maxDurationMs: 4 * 3600 * 1000,
  maxWallMs: 15 * 60 * 1000,
  minSampleRateHz: 4000,
  maxSampleRateHz: 384_000,
  maxChannels: 16,
};

/**
 * Which decoder may be used. `auto` takes our own for the formats they know, and ffmpeg, where there is one,
 * for the others and for what our own refuse; without ffmpeg it is the same as `wasm`.
 */
export type DecoderChoice = 'auto' | 'ffmpeg' | 'wasm';

export type DecodeSummary = {
  readonly decoder: 'ffmpeg' | 'wasm';
  /** Container and codec as the decoder names them, such as `ogg/vorbis`. */
  readonly format: string;
  /** How much audio came out. */
  readonly durationMs: number;
  /** True where the file ended or broke before its own end; what it held was delivered. */
  readonly truncated: boolean;
  /** True where something in the middle could not be decoded; it was left out and the rest delivered. */
  readonly damaged: boolean;
};

/** Mono samples in [-1, 1], right up to 4 kHz at the least whatever their rate. The receiver must not keep the array: it is used again. */
export type OnSamples = (samples: Float32Array, sampleRateHz: number) => void;

/**
 * Decodes one file and hands its audio on, in order. Rejects with a `WorkerError` (`AUDIO_*`); what was
 * delivered before that stays delivered.
 *
 * `auto` begins with our own decoders, and gives ffmpeg what they refuse. A fingerprint looks at mono below 3.5 kHz. So
 * they dequantise no more than lies below 5 kHz, mix the channels before the inverse transform, and have it make a
 * fraction of the samples: a quarter at 44.1 and 48 kHz. What registering so costs
 * beside decoding all of it: `npm run bench:fingerprint`. Every machine gets the same samples whatever its ffmpeg, and an Ogg chain that changes
 * codec is heard to its end, of which ffmpeg 5.1 gives the first half.
 */
export async function decodeAudio(
  path: string,
  { decoder, limits }: { readonly decoder: DecoderChoice; readonly limits: AudioLimits },
  onSamples: OnSamples,
): Promise<DecodeSummary> {
  const sink = new SampleSink(limits, onSamples);
  const file = await openAudioFile(path, limits, sink.checkWallTime);
  try {
    const detected = await detectFormat(file);
    if (decoder === 'wasm') return await byWasm(file, detected, sink);
    if (decoder === 'ffmpeg') return await byFfmpeg(await getFfmpeg(), file, detected, sink);
    try {
      return await byWasm(file, detected, sink);
    } catch (refusal) {
      // Only a file of which nothing was heard may be tried again.
      if (sink.durationMs > 0 || !isRefusal(refusal)) throw refusal;
      const ffmpeg = await findFfmpeg();
      if (ffmpeg === undefined) throw refusal;
      return await byFfmpeg(ffmpeg, file, detected, sink);
    }
  } finally {
    await file.close();
  }
}

/**
 * Whether a folder's file is left to ffmpeg, of which one start serves many (`decode-ffmpeg-batch.ts`): what our own
 * decoders do not know or, where ffmpeg is asked for, what is one plain stream.
 */
export async function decodesByFfmpeg(
  file: AudioFile,
  detected: DetectedFormat | undefined,
  decoder: DecoderChoice,
): Promise<boolean> {
  if (detected === undefined || decoder === 'wasm') return false;
  if (detected.kind === 'foreign') return true;
  if (decoder === 'auto') return false;
  return detected.container !== 'wav' && (detected.container !== 'ogg' || (await isOneStream(file)));
}

async function byWasm(file: AudioFile, detected: DetectedFormat | undefined, sink: SampleSink) {
  return summary('wasm', await decodeWasm(file, detected, sink), sink);
}

async function byFfmpeg(
  ffmpeg: Ffmpeg,
  file: AudioFile,
  detected: DetectedFormat | undefined,
  sink: SampleSink,
) {
  return summary('ffmpeg', await decodeFfmpeg(ffmpeg, file, detected, sink), sink);
}

async function getFfmpeg(): Promise<Ffmpeg> {
  const ffmpeg = await findFfmpeg();
  if (ffmpeg !== undefined) return ffmpeg;
  throw new WorkerError('AUDIO_UNSUPPORTED', 'expected an ffmpeg on the PATH, found none; install ffmpeg');
}

function summary(decoder: 'ffmpeg' | 'wasm', stream: DecodedStream, sink: SampleSink): DecodeSummary {
  if (sink.durationMs > 0) return { decoder, ...stream, durationMs: sink.durationMs };
  throw new WorkerError('AUDIO_UNREADABLE', `expected audio, received ${stream.format} without a sample`);
}

function isRefusal(error: unknown): boolean {
  return (
    error instanceof WorkerError && (error.code === 'AUDIO_UNREADABLE' || error.code === 'AUDIO_UNSUPPORTED')
  );
}
