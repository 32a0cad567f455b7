/** The mono WAVE that our own ffmpeg writes into a pipe, taken as it comes. */
import type { SampleSink } from './sample-sink.ts';

/** ffmpeg's RF64 header has 86 bytes; what has not come to its samples by here never will. */
const maxHeaderBytes = 4096;
/** Two reads; and as much again, while it is not known yet how loud they are. */
const bufferBytes = 256 * 1024;

export class OwnWave {
  readonly #sink: SampleSink;
  readonly #gainOf: () => number | undefined;
  readonly #bytes = new Uint8Array(bufferBytes);
  #filledBytes = 0;
  #rateHz = 0;
  #gain: number | undefined;

  /** `gainOf` says what samples are to be multiplied by, a power of two; undefined as long as it is not known. */
  constructor(sink: SampleSink, gainOf: () => number | undefined) {
    this.#sink = sink;
    this.#gainOf = gainOf;
  }

  /** Throws where it is no such WAVE, and what the sink throws. */
  take(chunk: Uint8Array): void {
    if (this.#filledBytes + chunk.length > bufferBytes) this.#deliver();
    this.#bytes.set(chunk, this.#filledBytes);
    this.#filledBytes += chunk.length;
    if (this.#rateHz === 0) this.#readHeader();
    if (this.#filledBytes >= bufferBytes / 2) this.#deliver();
  }

  end(): void {
    if (this.#filledBytes > 0) this.#deliver();
  }

  #readHeader(): void {
    const view = new DataView(this.#bytes.buffer, 0, this.#filledBytes);
    for (let at = 12; at + 8 <= this.#filledBytes; at += 8 + view.getUint32(at + 4, true)) {
      const name = String.fromCharCode(...this.#bytes.subarray(at, at + 4));
      if (name === 'fmt ' && at + 24 <= this.#filledBytes) {
        const channelCount = view.getUint16(at + 10, true);
        if (channelCount !== 1) throw new Error(`expected one channel, received ${channelCount}`);
        this.#rateHz = view.getUint32(at + 12, true);
      }
      if (name !== 'data' || this.#rateHz === 0) continue;
      // Moves the samples to the front, where they stand on multiples of four bytes.
      this.#bytes.copyWithin(0, at + 8, this.#filledBytes);
      this.#filledBytes -= at + 8;
      return;
    }
    this.#rateHz = 0;
    if (this.#filledBytes >= maxHeaderBytes) throw new Error('ffmpeg wrote no WAVE header');
  }

  #deliver(): void {
    this.#gain ??= this.#gainOf();
    if (this.#gain === undefined) {
      if (this.#filledBytes + bufferBytes / 4 > bufferBytes)
        throw new Error('ffmpeg did not say what it reads');
      return;
    }
    const wholeBytes = this.#filledBytes & ~3;
    const samples = new Float32Array(this.#bytes.buffer, 0, wholeBytes / 4);
    if (this.#gain !== 1)
      for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] as number) * this.#gain;
    this.#sink.deliverInterleaved(samples, 1, this.#rateHz);
    this.#bytes.copyWithin(0, wholeBytes, this.#filledBytes);
    this.#filledBytes -= wholeBytes;
  }
}
