/**
 * AAC frames to samples, by `kernels/assembly/aac`: low frequencies only, mono, at a whole part of the rate. Of what a
 * container says to leave out in front and behind, this leaves it out.
 */
import { instantiate } from '../kernels/kernel.ts';
import type { AacConfig } from './audio-specific-config.ts';
import type { SampleSink } from './sample-sink.ts';

type DecoderExports = {
  readonly memory: WebAssembly.Memory;
  readonly maxFrames: WebAssembly.Global;
  readonly maxFrameBytes: WebAssembly.Global;
  open(rateHz: number, rateIndex: number, channelCount: number, decimation: number): void;
  reserve(bytes: number): number;
  frameTable(): number;
  samples(): number;
  samplesDecoded(): number;
  takeBadFrames(): number;
  decode(from: number, count: number): number;
};

export const aacFrameSamples = 1024;
/** Bytes of frames that wait for one call; any one frame fits. */
const roomBytes = 128 * 1024;
/** What is left of the rate must hold the pass band of the fingerprint, and its filter's slope. */
const leastRateHz = 10_000;
const largestDecimation = 16;
/** By how many samples of the core ffmpeg's replication is late, for which edit lists make up: 962 of its own. */
const replicationDelay = 481;

export type AacTrim = {
  /** Samples at the core's rate to be left out at the beginning. */
  readonly startSamples: number;
  /** And how many there are behind them at most. */
  readonly sampleCount: number;
};

export class AacCodec {
  readonly #config: AacConfig;
  readonly #sink: SampleSink;
  readonly #decoder: DecoderExports;
  readonly #decimation: number;
  readonly #room: number;
  readonly #lengths: Int32Array;
  #frameCount = 0;
  #filledBytes = 0;
  /** At the decimated rate. */
  #skipSamples: number;
  #leftSamples: number;
  damaged = false;

  constructor(
    config: AacConfig,
    sink: SampleSink,
    trim: AacTrim = { startSamples: 0, sampleCount: Infinity },
  ) {
    this.#config = config;
    this.#sink = sink;
    sink.checkFormat(config.rateHz, Math.max(1, config.channelCount));
    this.#decoder = instantiate('aac-decoder.wasm') as unknown as DecoderExports;
    this.#decimation = decimationOf(config.rateHz);
    this.#decoder.open(config.rateHz, config.rateIndex, config.channelCount, this.#decimation);
    this.#room = this.#decoder.reserve(roomBytes);
    this.#lengths = new Int32Array(2 * this.#decoder.maxFrames.value);
    const late = config.isReplicated ? replicationDelay : 0;
    this.#skipSamples = Math.round((trim.startSamples - late) / this.#decimation);
    this.#leftSamples = Math.round(trim.sampleCount / this.#decimation);
  }

  /** All that is wanted was delivered. */
  get isDone(): boolean {
    return this.#leftSamples <= 0;
  }

  /** Takes one frame, which is copied. One that is too long to be one counts as damage. */
  add(frame: Uint8Array): void {
    const bytes = frame.length > this.#decoder.maxFrameBytes.value ? 0 : frame.length;
    if (2 * this.#frameCount === this.#lengths.length || this.#filledBytes + bytes > roomBytes) this.flush();
    if (bytes > 0)
      new Uint8Array(this.#decoder.memory.buffer, this.#room + this.#filledBytes, bytes).set(frame);
    this.#lengths[2 * this.#frameCount] = this.#filledBytes;
    this.#lengths[2 * this.#frameCount + 1] = bytes;
    this.#filledBytes += bytes;
    this.#frameCount++;
  }

  /** Decodes what waits. */
  flush(): void {
    const decoder = this.#decoder;
    const count = this.#frameCount;
    this.#frameCount = 0;
    this.#filledBytes = 0;
    new Int32Array(decoder.memory.buffer, decoder.frameTable(), 2 * count).set(
      this.#lengths.subarray(0, 2 * count),
    );
    for (let next = 0; next < count; ) {
      next = decoder.decode(next, count);
      this.#deliver(new Float32Array(decoder.memory.buffer, decoder.samples(), decoder.samplesDecoded()));
    }
    if (decoder.takeBadFrames() > 0) this.damaged = true;
  }

  #deliver(samples: Float32Array): void {
    const rateHz = this.#config.rateHz / this.#decimation;
    if (this.#skipSamples < 0) {
      const silence = new Float32Array(-this.#skipSamples);
      this.#skipSamples = 0;
      this.#deliver(silence);
    }
    const from = Math.min(this.#skipSamples, samples.length);
    this.#skipSamples -= from;
    const to = Math.min(samples.length, from + this.#leftSamples);
    this.#leftSamples -= to - from;
    if (to > from) this.#sink.deliverPlanar([samples], from, to, rateHz);
  }
}

function decimationOf(rateHz: number): number {
  let decimation = 1;
  while (decimation < largestDecimation && rateHz / (2 * decimation) >= leastRateHz) decimation *= 2;
  return decimation;
}
