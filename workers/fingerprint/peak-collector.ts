/** Takes the peaks that a kernel has found out of its memory before it writes over them. */
import type { instantiateOtherWindow } from '../kernels/kernel.ts';
import type { FoundPeaks } from './constellation.ts';
import { stepCount } from './parameters.ts';

/** Set by the kernel in a strong peak's step. */
const strongFlag = 0x8000;
/** Frame u32, step u16, level i16. */
const peakBytes = 8;

type PeakSource = Pick<ReturnType<typeof instantiateOtherWindow>, 'memory' | 'peaks' | 'takePeaks'>;

export class PeakCollector {
  readonly #kernel: PeakSource;
  /** As the kernel writes them, `peakBytes` each; the buffer doubles when it is full. */
  #peaks = new Uint8Array(4096 * peakBytes);
  #peakCount = 0;

  constructor(kernel: PeakSource) {
    this.#kernel = kernel;
  }

  take(): void {
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

  found(): FoundPeaks {
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
