/**
 * MPEG audio: layer III by a kernel of our own (`layer-three.ts`), layers I and II by mpg123 in WASM (`mpg123-decoder`).
 *
 * The stream is cut into frames here, and only whole frames with believable headers reach mpg123: on bytes it
 * cannot synchronise to, the package's `decode` repeats the same failing read for ever.
 */
import { type MPEGDecodedAudio, MPEGDecoder } from 'mpg123-decoder';
import type { AudioFile } from './audio-file.ts';
import type { DecodedStream } from './decoded-stream.ts';
import { isDecoderFailure, maxFreshInstances, withoutPrinting } from './decoder-trap.ts';
import { id3v2Length } from './detect-format.ts';
import { LayerThree } from './layer-three.ts';
import {
  isSameStream,
  type MpegFrameHeader,
  mpegHeaderBytes,
  readMpegFrameHeader,
  readXingHeader,
  type XingHeader,
} from './mpeg-frame-header.ts';
import type { SampleSink } from './sample-sink.ts';

/** Frames decoded by one call: what an error in one of them may cost, 0.4 s, against the overhead of a call. */
const batchFrames = 16;
/** The largest frame a header can describe is 2881 bytes (layer II, 384 kbit/s at 32 kHz is 1729). */
const maxFrameBytes = 4096;

/** Frames of one layer and one rate, back to back. */
type FrameBatch = {
  readonly bytes: Uint8Array;
  readonly frameCount: number;
  readonly header: MpegFrameHeader;
};

export async function decodeMp3(file: AudioFile, start: number, sink: SampleSink): Promise<DecodedStream> {
  const frames = new MpegFrames(file, start);
  const layerThree = new LayerThree();
  const layersBelow = new LayersBelow();
  for (let batch = await frames.nextBatch(); batch !== undefined; batch = await frames.nextBatch()) {
    if (batch.header.layer === 3) {
      layerThree.decode(batch.bytes, batch.frameCount, batch.header, frames.xing, sink);
    } else if (!(await layersBelow.decode(batch.bytes, sink))) break;
  }
  return {
    format: `mp3/mp${frames.layer}`,
    truncated: frames.isCutShort || layersBelow.gaveUp,
    damaged: frames.damaged || layerThree.damaged || layersBelow.damaged,
  };
}

/** Layers I and II. An error costs a batch. */
class LayersBelow {
  #decoder: MPEGDecoder | undefined;
  #freshInstances = 0;
  gaveUp = false;
  damaged = false;

  /** False once too many instances were lost. */
  async decode(frames: Uint8Array, sink: SampleSink): Promise<boolean> {
    this.#decoder ??= await openMpegDecoder();
    const output = tryDecode(this.#decoder, frames);
    if (output === 'failed') {
      this.damaged = true;
      this.#decoder = undefined;
      this.gaveUp = ++this.#freshInstances > maxFreshInstances;
    } else if (output.samplesDecoded > 0) {
      sink.deliverPlanar(output.channelData, 0, output.samplesDecoded, output.sampleRate);
    }
    return !this.gaveUp;
  }
}

/** Thrown out of mpg123's read loop, which would otherwise go round for ever. */
class MpegError extends Error {}

function tryDecode(decoder: MPEGDecoder, frames: Uint8Array): MPEGDecodedAudio | 'failed' {
  try {
    return withoutPrinting(() => decoder.decode(frames));
  } catch (error) {
    if (error instanceof MpegError || isDecoderFailure(error)) return 'failed';
    throw error;
  }
}

export async function openMpegDecoder(): Promise<MPEGDecoder> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  // The package asks this for a text on every error, prints it, and reads again without end; throwing from
  // here is the way out. Not part of its types: `decode-mp3.test.ts` watches over it.
  Object.assign(decoder, {
    _getErrorMessage: (code: number) => {
      throw new MpegError(`mpg123 error ${code}`);
    },
  });
  return decoder;
}

/** Cuts a file into batches of whole frames and says what it saw of their order. */
export class MpegFrames {
  readonly #file: AudioFile;
  readonly #batch = new Uint8Array(batchFrames * maxFrameBytes);
  #stream: MpegFrameHeader | undefined;
  #synchronised = false;
  #tailBytes = 0;
  #frameCount = 0;
  #endsInFrame = false;
  /** Of the first frame, which is silent then and in no batch. */
  xing: XingHeader | undefined;
  /** Bytes between frames that are no tag. */
  damaged = false;

  constructor(file: AudioFile, start: number) {
    this.#file = file;
    file.seek(start);
  }

  get layer(): number {
    return this.#stream?.layer ?? 3;
  }

  /** The last frame is cut, or there are fewer than the Xing frame says. */
  get isCutShort(): boolean {
    // Encoders disagree on whether the Xing frame counts itself.
    return this.#endsInFrame || this.#frameCount + 1 < (this.xing?.frameCount ?? 0);
  }

  /** Valid until the next call. */
  async nextBatch(): Promise<FrameBatch | undefined> {
    let batchBytes = 0;
    let frameCount = 0;
    while (frameCount < batchFrames) {
      const header = await this.#nextHeader();
      if (header === undefined) break;
      if (frameCount > 0 && this.#stream !== undefined && !isSameStream(header, this.#stream)) break;
      const isFirst = this.#stream === undefined;
      this.#stream = header;
      const bytes = this.#file.window;
      if (isFirst) this.xing = readXingHeader(bytes.subarray(0, header.frameBytes), header);
      if (isFirst && this.xing !== undefined) {
        this.#file.skip(header.frameBytes);
        continue;
      }
      const run = frameRun(bytes, header, batchFrames - frameCount);
      this.#batch.set(bytes.subarray(0, run.byteCount), batchBytes);
      batchBytes += run.byteCount;
      frameCount += run.frameCount;
      this.#frameCount += run.frameCount;
      this.#file.skip(run.byteCount);
    }
    if (this.#stream === undefined || frameCount === 0) return undefined;
    return { bytes: this.#batch.subarray(0, batchBytes), frameCount, header: this.#stream };
  }

  /** Moves to the next whole frame, over tags and garbage. */
  async #nextHeader(): Promise<MpegFrameHeader | undefined> {
    for (;;) {
      await this.#file.ensure(2 * maxFrameBytes);
      const bytes = this.#file.window;
      if (bytes.length < mpegHeaderBytes) return undefined;
      const header = readMpegFrameHeader(bytes, 0);
      if (header !== undefined && this.#isBelievable(bytes, header)) {
        if (header.frameBytes > bytes.length) {
          this.#endsInFrame = true;
          return undefined;
        }
        // What lay between two frames; what lies behind the last one is a tag, and no damage.
        if (this.#tailBytes > 0 && this.#frameCount > 0) this.damaged = true;
        this.#tailBytes = 0;
        this.#synchronised = true;
        return header;
      }
      this.#synchronised = false;
      this.#skipGarbage(bytes);
    }
  }

  /** In step, a header is taken at its word; out of step, the frame after it must agree with it. */
  #isBelievable(bytes: Uint8Array, header: MpegFrameHeader): boolean {
    if (this.#synchronised && this.#stream !== undefined && isSameStream(header, this.#stream)) return true;
    if (header.frameBytes + mpegHeaderBytes > bytes.length) return this.#stream === undefined;
    const next = readMpegFrameHeader(bytes, header.frameBytes);
    return next !== undefined && isSameStream(header, next);
  }

  #skipGarbage(bytes: Uint8Array): void {
    const tagBytes = id3v2Length(bytes);
    if (tagBytes > 0) {
      this.#file.skip(tagBytes);
      return;
    }
    const next = bytes.indexOf(0xff, 1);
    const skipped = next === -1 ? bytes.length : next;
    this.#tailBytes += skipped;
    this.#file.skip(skipped);
  }
}

/** Whole frames of one stream, one behind the other, from the first byte on: `first`, which lies there, and at most so many. */
function frameRun(bytes: Uint8Array, first: MpegFrameHeader, maxFrames: number) {
  let byteCount = first.frameBytes;
  let frameCount = 1;
  while (frameCount < maxFrames) {
    const next = readMpegFrameHeader(bytes, byteCount);
    if (next === undefined || !isSameStream(next, first)) break;
    if (byteCount + next.frameBytes > bytes.length) break;
    byteCount += next.frameBytes;
    frameCount++;
  }
  return { byteCount, frameCount };
}
