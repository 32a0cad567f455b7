/** FLAC files (RFC 9639): metadata blocks, then frames that do not say how long they are. */
import { WorkerError } from '../errors.ts';
import type { AudioFile } from './audio-file.ts';
import type { DecodedStream } from './decoded-stream.ts';
import {
  type FlacFormat,
  FlacFrameDecoder,
  FlacFrameError,
  maxFlacFrameBytes,
  maxFlacHeaderBytes,
  readFlacFrameHeader,
  readStreamInfo,
} from './flac-frame.ts';
import type { SampleSink } from './sample-sink.ts';

/** A picture for every occasion still stays below. */
const maxMetadataBlocks = 1000;
const streamInfoBytes = 34;

const silence = new Float32Array(65_536);

export async function decodeFlac(file: AudioFile, start: number, sink: SampleSink): Promise<DecodedStream> {
  const format = await readFlacFormat(file, start);
  sink.checkFormat(format.sampleRateHz, format.channelCount);
  const decoder = new FlacFrameDecoder(format);
  let decodedSamples = 0;
  let damaged = false;
  // Since the last frame that could be decoded: what was passed over, and how long it would have sounded.
  let passedBytes = 0;
  let lostSamples = 0;
  for (;;) {
    passedBytes += await findFrame(file, format);
    const header = readFlacFrameHeader(file.window, 0, format);
    if (header === undefined) break;
    await file.ensure(maxFlacFrameBytes(header));
    const frame = tryDecode(decoder, file.window);
    if (frame === undefined) {
      lostSamples += header.sampleCount;
      passedBytes += 1;
      file.skip(1);
      continue;
    }
    if (passedBytes > 0 && decodedSamples > 0) {
      damaged = true;
      deliverSilence(sink, lostSamples, frame.sampleRateHz);
    }
    sink.deliverPlanar(frame.channels, 0, frame.sampleCount, frame.sampleRateHz);
    decodedSamples += frame.sampleCount;
    passedBytes = 0;
    lostSamples = 0;
    file.skip(frame.frameBytes);
  }
  // A last frame that begins and cannot be decoded was cut; bytes that are no frame are a tag, and no damage.
  const endsInFrame = lostSamples > 0;
  return {
    format: 'flac/flac',
    truncated: endsInFrame || (decodedSamples < format.totalSamples && !damaged),
    damaged,
  };
}

function tryDecode(decoder: FlacFrameDecoder, bytes: Uint8Array) {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    if (error instanceof FlacFrameError) return undefined;
    throw error;
  }
}

/** In the place of lost frames, so that the times of what follows stay right. */
function deliverSilence(sink: SampleSink, sampleCount: number, sampleRateHz: number): void {
  for (let left = sampleCount; left > 0; left -= silence.length) {
    sink.deliverPlanar([silence], 0, Math.min(left, silence.length), sampleRateHz);
  }
}

export async function readFlacFormat(file: AudioFile, start: number): Promise<FlacFormat> {
  file.seek(start + 4);
  let format: FlacFormat | undefined;
  for (let block = 0; block < maxMetadataBlocks; block++) {
    if (!(await file.ensure(4))) break;
    const [head = 0, b0 = 0, b1 = 0, b2 = 0] = file.window;
    const blockBytes = (b0 << 16) | (b1 << 8) | b2;
    file.skip(4);
    if ((head & 0x7f) === 0 && blockBytes >= streamInfoBytes && (await file.ensure(streamInfoBytes))) {
      format = readStreamInfo(file.window);
    }
    file.skip(blockBytes);
    if ((head & 0x80) !== 0) break;
  }
  if (format === undefined) {
    throw new WorkerError('AUDIO_UNREADABLE', 'expected a FLAC STREAMINFO block, received none');
  }
  return format;
}

/** Moves the window to the next frame header, or to the end; how many bytes lay before it. */
async function findFrame(file: AudioFile, format: FlacFormat): Promise<number> {
  let skippedBytes = 0;
  for (;;) {
    await file.ensure(maxFlacHeaderBytes);
    const bytes = file.window;
    if (bytes.length < 4 || readFlacFrameHeader(bytes, 0, format) !== undefined) return skippedBytes;
    const next = bytes.indexOf(0xff, 1);
    const gap = next === -1 ? bytes.length : next;
    skippedBytes += gap;
    file.skip(gap);
  }
}
