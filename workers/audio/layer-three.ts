/**
 * MPEG audio layer III by a kernel of our own (`kernels/assembly/mp3`): mono, and only what lies below 5 kHz, so that one
 * sample is handed on for two or four. Encoder delay and padding are cut off as the Xing header says; the
 * first sample handed on is the first one of the recording, whatever the delay.
 */
import { instantiate } from '../kernels/kernel.ts';
import type { MpegFrameHeader, XingHeader } from './mpeg-frame-header.ts';
import type { SampleSink } from './sample-sink.ts';

type LayerThreeExports = {
  readonly memory: WebAssembly.Memory;
  readonly inputMax: WebAssembly.Global;
  start(rate: number, decimation: number, phase: number): void;
  decode(frameCount: number, byteCount: number): number;
  input(): number;
  output(): number;
  damaged(): number;
};

/** As the kernel numbers them. */
const ratesHz = [44_100, 48_000, 32_000, 22_050, 24_000, 16_000, 11_025, 12_000, 8_000];
/** What is listened to ends at 3.5 kHz; what is decoded goes up to half of this at least. */
const leastRateHz = 10_000;
/** Of every decoder: a granule's overlap and the filter bank. */
const decoderDelaySamples = 529;

export class LayerThree {
  readonly #kernel = instantiate('mp3-decoder.wasm') as unknown as LayerThreeExports;
  #sampleRateHz = 0;
  #decimation = 1;
  /** Samples handed out by the kernel since the start of this rate. */
  #position = 0;
  #from = 0;
  /** The padding; what comes behind it belongs to a stream that was joined on. */
  #gapFrom = Number.POSITIVE_INFINITY;
  #gapTo = Number.POSITIVE_INFINITY;
  #isBegun = false;

  /** Whole frames of one rate, back to back. `xing` is what the file began with. */
  decode(
    frames: Uint8Array,
    frameCount: number,
    header: MpegFrameHeader,
    xing: XingHeader | undefined,
    sink: SampleSink,
  ): void {
    const { sampleRateHz } = header;
    if (sampleRateHz !== this.#sampleRateHz) this.#start(header, this.#isBegun ? undefined : xing);
    const kernel = this.#kernel;
    new Uint8Array(kernel.memory.buffer, kernel.input(), kernel.inputMax.value).set(frames);
    const count = kernel.decode(frameCount, frames.length);
    const samples = new Float32Array(kernel.memory.buffer, kernel.output(), count);
    const until = (position: number) => Math.min(count, Math.max(0, position - this.#position));
    const rateHz = sampleRateHz / this.#decimation;
    const begin = until(this.#from);
    const gapFrom = Math.max(begin, until(this.#gapFrom));
    const gapTo = Math.max(gapFrom, until(this.#gapTo));
    if (begin < gapFrom) sink.deliverInterleaved(samples.subarray(begin, gapFrom), 1, rateHz);
    if (gapTo < count) sink.deliverInterleaved(samples.subarray(gapTo), 1, rateHz);
    this.#position += count;
  }

  /** Whether a frame broke the rules, and is silence. */
  get damaged(): boolean {
    return this.#kernel.damaged() !== 0;
  }

  #start({ sampleRateHz, frameSamples }: MpegFrameHeader, xing: XingHeader | undefined): void {
    const decimation = [4, 2, 1].find((by) => sampleRateHz / by >= leastRateHz) ?? 1;
    const { delaySamples = 0, paddingSamples = 0, frameCount } = xing ?? {};
    const isTrimmed = frameCount !== undefined && delaySamples + paddingSamples > 0;
    const skipped = isTrimmed ? delaySamples + decoderDelaySamples : 0;
    const all = isTrimmed ? frameCount * frameSamples : Number.POSITIVE_INFINITY;
    const kept = all - Math.max(0, paddingSamples - decoderDelaySamples);
    const phase = skipped % decimation;
    this.#from = (skipped - phase) / decimation;
    this.#gapFrom = Math.ceil((kept - phase) / decimation);
    this.#gapTo = all / decimation;
    this.#isBegun = true;
    this.#sampleRateHz = sampleRateHz;
    this.#decimation = decimation;
    this.#position = 0;
    this.#kernel.start(ratesHz.indexOf(sampleRateHz), decimation, phase);
  }
}
