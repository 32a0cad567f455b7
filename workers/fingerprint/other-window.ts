/** The same 8 kHz samples through a shorter or a longer window: frames, their centres and steps are the standard one's. */
import { instantiateOtherWindow } from '../kernels/kernel.ts';
import { type Constellation, rankPeaks } from './constellation.ts';
import { PeakCollector } from './peak-collector.ts';

export class OtherWindow {
  readonly #kernel: ReturnType<typeof instantiateOtherWindow>;
  readonly #inputMax: number;
  readonly #peaks: PeakCollector;

  constructor(window: 'short' | 'long') {
    this.#kernel = instantiateOtherWindow(window);
    this.#inputMax = this.#kernel.inputMax.value;
    this.#peaks = new PeakCollector(this.#kernel);
  }

  push(samples: Float32Array): void {
    for (let at = 0; at < samples.length; at += this.#inputMax) {
      const part = samples.subarray(at, at + this.#inputMax);
      new Float32Array(this.#kernel.memory.buffer, this.#kernel.input(), part.length).set(part);
      this.#kernel.push(part.length);
      this.#peaks.take();
    }
  }

  finish(): Constellation {
    this.#kernel.finish();
    this.#peaks.take();
    return rankPeaks(this.#peaks.found());
  }
}
