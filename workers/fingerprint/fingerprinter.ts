/**
 * The pipeline of one stream: samples at any rate → 8 kHz → spectra → peaks (all three in the kernel) →
 * ranks → constellation; and beside it the descriptor track. The 8 kHz samples go through two other windows where
 * that is asked for. Memory grows with the peaks only: about 400 bytes a second, 1,200 with the other windows.
 */
import { instantiateKernel } from '../kernels/kernel.ts';
import { type Constellation, type OtherWindows, rankPeaks } from './constellation.ts';
import { DescriptorTrack } from './descriptors.ts';
import { OtherWindow } from './other-window.ts';
import { sampleRateHz } from './parameters.ts';
import { PeakCollector } from './peak-collector.ts';

export type Fingerprinted = {
  readonly constellation: Constellation;
  /** Where they were asked for. */
  readonly otherWindows?: OtherWindows;
  readonly descriptors: Uint8Array<ArrayBuffer>;
  readonly durationMs: number;
};

export class Fingerprinter {
  readonly #kernel = instantiateKernel();
  readonly #inputMax: number = this.#kernel.inputMax.value;
  readonly #input = new Float32Array(this.#kernel.memory.buffer, this.#kernel.input(), this.#inputMax);
  readonly #peaks = new PeakCollector(this.#kernel);
  readonly #descriptors = new DescriptorTrack();
  readonly #others: { readonly short: OtherWindow; readonly long: OtherWindow } | undefined;
  #rateHz = 0;
  /** Samples are counted as whole numbers, so that the size of pushes does not matter. */
  #samplesAtRate = 0;
  #seconds = 0;

  /** `otherWindows`: also looks through a shorter and a longer window; of 8 kHz samples an hour costs 2.2 s, not 0.7. */
  constructor({ otherWindows = false }: { readonly otherWindows?: boolean } = {}) {
    if (otherWindows) this.#others = { short: new OtherWindow('short'), long: new OtherWindow('long') };
  }

  /** Mono samples in [-1, 1]. A change of rate midway goes on where the last rate ended. */
  push(samples: Float32Array, rateHz: number): void {
    if (rateHz !== this.#rateHz) this.#changeRate(rateHz);
    this.#samplesAtRate += samples.length;
    for (let at = 0; at < samples.length; at += this.#inputMax) {
      const part = samples.subarray(at, at + this.#inputMax);
      this.#inputView().set(part);
      this.#hear(this.#kernel.push(part.length));
      this.#peaks.take();
    }
  }

  finish(): Fingerprinted {
    if (this.#rateHz === 0) this.#changeRate(sampleRateHz);
    this.#endRate();
    this.#kernel.finish();
    this.#peaks.take();
    return {
      constellation: rankPeaks(this.#peaks.found()),
      ...(this.#others && {
        otherWindows: { short: this.#others.short.finish(), long: this.#others.long.finish() },
      }),
      descriptors: this.#descriptors.finish(),
      durationMs: Math.round(this.#seconds * 1000),
    };
  }

  #changeRate(rateHz: number): void {
    if (this.#rateHz !== 0) this.#endRate();
    this.#rateHz = rateHz;
    this.#kernel.start(rateHz);
  }

  #endRate(): void {
    this.#hear(this.#kernel.flush());
    this.#seconds += this.#samplesAtRate / this.#rateHz;
    this.#samplesAtRate = 0;
  }

  /** The kernel's memory may have grown, and then its old views are gone. */
  #inputView(): Float32Array {
    return this.#input.length > 0
      ? this.#input
      : new Float32Array(this.#kernel.memory.buffer, this.#kernel.input(), this.#inputMax);
  }

  /** The 8 kHz samples that the kernel has made of the last ones. */
  #hear(count: number): void {
    const samples = new Float32Array(this.#kernel.memory.buffer, this.#kernel.resampled(), count);
    this.#descriptors.push(samples);
    this.#others?.short.push(samples);
    this.#others?.long.push(samples);
  }
}
