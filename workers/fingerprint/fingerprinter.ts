/**
 * The pipeline of one stream: samples at any rate → 8 kHz → spectra → peaks (all three in the kernel) →
 * ranks → constellation; and beside it the descriptor track. Memory grows with the peaks only: about
 * 400 bytes a second.
 */
import { instantiateKernel } from '../kernels/kernel.ts';
import { type Constellation, rankPeaks } from './constellation.ts';
import { DescriptorTrack } from './descriptors.ts';
import { sampleRateHz, stepCount } from './parameters.ts';

/** Set by the kernel in a strong peak's step. */
const strongFlag = 0x8000;

export type Fingerprinted = {
  readonly constellation: Constellation;
  readonly descriptors: Uint8Array<ArrayBuffer>;
  readonly durationMs: number;
};

export class Fingerprinter {
  readonly #kernel = instantiateKernel();
  readonly #inputMax: number = this.#kernel.inputMax.value;
  readonly #input = new Float32Array(this.#kernel.memory.buffer, this.#kernel.input(), this.#inputMax);
  readonly #descriptors = new DescriptorTrack();
  readonly #frames: number[] = [];
  readonly #steps: number[] = [];
  readonly #levels: number[] = [];
  readonly #areStrong: boolean[] = [];
  #rateHz = 0;
  /** Samples are counted as whole numbers, so that the size of pushes does not matter. */
  #samplesAtRate = 0;
  #seconds = 0;

  /** Mono samples in [-1, 1]. A change of rate midway goes on where the last rate ended. */
  push(samples: Float32Array, rateHz: number): void {
    if (rateHz !== this.#rateHz) this.#changeRate(rateHz);
    this.#samplesAtRate += samples.length;
    for (let at = 0; at < samples.length; at += this.#inputMax) {
      const part = samples.subarray(at, at + this.#inputMax);
      this.#inputView().set(part);
      this.#describe(this.#kernel.push(part.length));
      this.#take();
    }
  }

  finish(): Fingerprinted {
    if (this.#rateHz === 0) this.#changeRate(sampleRateHz);
    this.#endRate();
    this.#kernel.finish();
    this.#take();
    return {
      constellation: rankPeaks({
        frames: this.#frames,
        steps: this.#steps,
        levels: this.#levels,
        areStrong: this.#areStrong,
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
    this.#describe(this.#kernel.flush());
    this.#seconds += this.#samplesAtRate / this.#rateHz;
    this.#samplesAtRate = 0;
  }

  /** The kernel's memory may have grown, and then its old views are gone. */
  #inputView(): Float32Array {
    return this.#input.length > 0
      ? this.#input
      : new Float32Array(this.#kernel.memory.buffer, this.#kernel.input(), this.#inputMax);
  }

  #describe(count: number): void {
    this.#descriptors.push(new Float32Array(this.#kernel.memory.buffer, this.#kernel.resampled(), count));
  }

  #take(): void {
    const count = this.#kernel.takePeaks();
    const view = new DataView(this.#kernel.memory.buffer, this.#kernel.peaks(), count * 8);
    for (let i = 0; i < count; i++) {
      this.#frames.push(view.getUint32(i * 8, true));
      const step = view.getUint16(i * 8 + 4, true);
      this.#steps.push(Math.min(step & ~strongFlag, stepCount - 1));
      this.#areStrong.push((step & strongFlag) !== 0);
      this.#levels.push(view.getInt16(i * 8 + 6, true));
    }
  }
}
