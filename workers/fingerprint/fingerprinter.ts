/**
 * The pipeline of one stream: samples at any rate → 8 kHz → spectra → peaks (all three in the kernel) →
 * ranks → constellation; and beside it the descriptor track. Memory grows with the peaks only: about
 * 400 bytes a second.
 */
import { instantiateKernel } from '../kernels/kernel.ts';
import { type Constellation, type FoundPeaks, rankPeaks } from './constellation.ts';
import { DescriptorTrack } from './descriptors.ts';
import { sampleRateHz, stepCount } from './parameters.ts';

/** Set by the kernel in a strong peak's step. */
const strongFlag = 0x8000;
/** Frame u32, step u16, level i16. */
const peakBytes = 8;

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
  /** As the kernel writes them, `peakBytes` each; the buffer doubles when it is full. */
  #peaks = new Uint8Array(4096 * peakBytes);
  #peakCount = 0;
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
      constellation: rankPeaks(this.#foundPeaks()),
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
    const end = (this.#peakCount + count) * peakBytes;
    if (end > this.#peaks.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#peaks.length));
      grown.set(this.#peaks);
      this.#peaks = grown;
    }
    const found = new Uint8Array(this.#kernel.memory.buffer, this.#kernel.peaks(), count * peakBytes);
    this.#peaks.set(found, this.#peakCount * peakBytes);
    this.#peakCount += count;
  }

  #foundPeaks(): FoundPeaks {
    const count = this.#peakCount;
    const view = new DataView(this.#peaks.buffer);
    const frames = new Uint32Array(count);
    const steps = new Uint16Array(count);
    const levels = new Int16Array(count);
    const areStrong = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      frames[i] = view.getUint32(i * peakBytes, true);
      const step = view.getUint16(i * peakBytes + 4, true);
      steps[i] = Math.min(step & ~strongFlag, stepCount - 1);
      areStrong[i] = (step & strongFlag) === 0 ? 0 : 1;
      levels[i] = view.getInt16(i * peakBytes + 6, true);
    }
    return { frames, steps, levels, areStrong };
  }
}
