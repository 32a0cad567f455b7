/** Audio by the system's ffmpeg: every codec it knows, in a process of its own that can be killed. */
import { resolve } from 'node:path';
import { WorkerError } from '../errors.ts';
import type { AudioFile } from './audio-file.ts';
import { isCutShort } from './cut-short.ts';
import type { DecodedStream } from './decoded-stream.ts';
import { type DetectedFormat, describeStart } from './detect-format.ts';
import { FfmpegMessages } from './ffmpeg-messages.ts';
import { startFfmpeg } from './ffmpeg-process.ts';
import type { Ffmpeg } from './find-ffmpeg.ts';
import type { SampleSink } from './sample-sink.ts';
import { readWavHeader, type WavHeader } from './wav-header.ts';

/** ffmpeg's own WAVE header: 80 to 150 bytes. One that has not come to its samples by here never will. */
const maxHeaderBytes = 4096;
/** Mostly 8 KiB arrive at a time; gathered, they cost a third less. */
const deliverBytes = 128 * 1024;
/** Room for one more read of Node's, 64 KiB at most. */
const bufferBytes = deliverBytes + 128 * 1024;
/** A container's own duration is this exact; AAC in MP4 declares a frame or two more than there are. */
export const declaredToleranceMs = 250;

export async function decodeFfmpeg(
  ffmpeg: Ffmpeg,
  file: AudioFile,
  detected: DetectedFormat | undefined,
  sink: SampleSink,
): Promise<DecodedStream> {
  const path = resolve(file.path);
  const child = startFfmpeg(ffmpeg, path, sink.remainingWallMs / 1000);
  const messages = new FfmpegMessages();
  child.stderr.setEncoding('latin1').on('data', (text: string) => messages.add(text));
  let timedOut = false;
  const timer = setTimeout(
    () => {
      timedOut = true;
      child.kill();
    },
    Math.max(0, sink.remainingWallMs),
  );
  try {
    await readSamples(child.stdout, sink);
    const { code, signal, failure } = await child.ended;
    if (timedOut || signal === 'SIGXCPU') throw sink.timeout();
    if (failure !== undefined) {
      throw new WorkerError('AUDIO_UNSUPPORTED', `ffmpeg could not be started: ${failure.message}`);
    }
    if (sink.durationMs === 0) throw refusal(messages, path, await describeStart(file));
    const cutShort =
      (await isCutShort(file, detected, sink.durationMs)) ??
      (messages.saysCutShort || sink.durationMs + declaredToleranceMs < (messages.declaredMs ?? 0));
    return {
      format: messages.format,
      truncated: cutShort || code !== 0,
      damaged: messages.sawError && !cutShort,
    };
  } finally {
    clearTimeout(timer);
    child.kill();
    await child.ended;
  }
}

/** Takes the WAVE that ffmpeg writes as it comes. What is not read stays in the pipe, and ffmpeg waits. */
async function readSamples(stdout: AsyncIterable<Buffer>, sink: SampleSink): Promise<void> {
  const buffer = new Uint8Array(bufferBytes);
  let filledBytes = 0;
  let header: WavHeader | undefined;
  const deliver = ({ channelCount, sampleRateHz }: WavHeader) => {
    const wholeBytes = filledBytes - (filledBytes % (4 * channelCount));
    sink.deliverInterleaved(new Float32Array(buffer.buffer, 0, wholeBytes / 4), channelCount, sampleRateHz);
    buffer.copyWithin(0, wholeBytes, filledBytes);
    filledBytes -= wholeBytes;
  };
  for await (const chunk of stdout) {
    buffer.set(chunk, filledBytes);
    filledBytes += chunk.length;
    if (header === undefined) {
      header = await readOwnHeader(buffer.subarray(0, filledBytes));
      if (header === undefined && filledBytes >= maxHeaderBytes)
        throw new Error('ffmpeg wrote no WAVE header');
      if (header === undefined) continue;
      sink.checkFormat(header.sampleRateHz, header.channelCount);
      // Moves the samples to the front, where they stand on multiples of four bytes.
      buffer.copyWithin(0, header.dataOffset, filledBytes);
      filledBytes -= header.dataOffset;
    }
    if (filledBytes > deliverBytes) deliver(header);
  }
  if (header !== undefined) deliver(header);
}

/** Undefined as long as the samples have not begun. */
async function readOwnHeader(bytes: Uint8Array): Promise<WavHeader | undefined> {
  const readAt = async (at: number, length: number) =>
    at + length <= bytes.length ? bytes.subarray(at, at + length) : undefined;
  return readWavHeader(readAt, 0).catch(() => undefined);
}

function refusal(messages: FfmpegMessages, path: string, received: string): WorkerError {
  const reason = `received ${received}; ffmpeg says: ${messages.reason(path)}`;
  if (messages.saysNoDecoder) {
    return new WorkerError('AUDIO_UNSUPPORTED', `expected audio that this ffmpeg decodes, ${reason}`);
  }
  if (messages.saysNoAudio) {
    return new WorkerError('AUDIO_UNREADABLE', `expected an audio stream, received ${messages.format}`);
  }
  return new WorkerError('AUDIO_UNREADABLE', `expected audio, ${reason}`);
}
