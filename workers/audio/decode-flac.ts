/** FLAC files (RFC 9639): metadata blocks, then frames that do not say how long they are. */
import { WorkerError } from '../errors.ts';
import type { AudioFile } from './audio-file.ts';
import type { DecodedStream } from './decoded-stream.ts';
import {
  type FlacFormat,
  type FlacFrame,
  FlacFrameDecoder,
  type FlacFrameHeader,
  maxFlacFrameBytes,
  maxFlacHeaderBytes,
  readFlacFrameHeader,
  readStreamInfo,
} from './flac-frame.ts';
import type { SampleSink } from './sample-sink.ts';

/** A picture for every occasion still stays below. */
const maxMetadataBlocks = 1000;
const streamInfoBytes = 34;

/** A dozen frames of 16-bit stereo, which stay in the cache. */
const windowBytes = 192 * 1024;

const silence = new Float32Array(65_536);

export async function decodeFlac(file: AudioFile, start: number, sink: SampleSink): Promise<DecodedStream> {
  const format = await readFlacFormat(file, start);
  sink.checkFormat(format.sampleRateHz, format.channelCount);
  const frames = new FrameWindow(file, format);
  let decodedSamples = 0;
  let damaged = false;
  // Since the last frame that could be decoded: what was passed over, and how long it would have sounded.
  let passedBytes = 0;
  let lostSamples = 0;
  for (;;) {
    passedBytes += await findFrame(file, format);
    const header = readFlacFrameHeader(file.window, 0, format);
    if (header === undefined) break;
    const frame = await frames.decode(header);
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
    sink.deliverInterleaved(frame.mono, 1, frame.sampleRateHz);
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

/**
 * The file's window in the decoder's memory, copied when the next frame is not in it and not for every frame: a file of
 * nothing but headers would have it copied for each.
 */
class FrameWindow {
  readonly #file: AudioFile;
  readonly #decoder: FlacFrameDecoder;
  #takenFrom = 0;
  #takenTo = 0;

  constructor(file: AudioFile, format: FlacFormat) {
    this.#file = file;
    this.#decoder = new FlacFrameDecoder(format);
  }

  /** The frame at the file's position; undefined where it is damaged or does not end. */
  async decode(header: FlacFrameHeader): Promise<FlacFrame | undefined> {
    const maxBytes = maxFlacFrameBytes(header);
    const position = this.#file.position;
    if (position < this.#takenFrom || position + maxBytes > this.#takenTo) {
      await this.#file.ensure(Math.max(maxBytes, windowBytes));
      if (position < this.#takenFrom || position + this.#file.availableBytes > this.#takenTo) {
        this.#takenFrom = position;
        this.#takenTo = position + this.#decoder.take(this.#file.window);
      }
    }
    return this.#decoder.decodeAt(position - this.#takenFrom, header);
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
