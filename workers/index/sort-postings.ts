/** Postings into the order of key, those of one key staying in the order in which they are. */
import type { Postings } from './write-segment.ts';

/** Bits of the key sorted by at once: the counts of one pass stay near the processor. */
const passBits = 14;

/** Radix sort of the first `count` by the low `bits` of their keys; the result is valid until its buffers are used again. */
export class PostingSorter {
  #keys = new Uint32Array(0);
  #frames = new Uint32Array(0);
  #order = new Uint32Array(0);
  #next = new Uint32Array(0);

  sort({ keys, frames }: Postings, count: number, bits: number): Postings {
    if (this.#keys.length < count) {
      this.#keys = new Uint32Array(count);
      this.#frames = new Uint32Array(count);
      this.#order = new Uint32Array(count);
      this.#next = new Uint32Array(count);
    }
    for (let i = 0; i < count; i++) this.#order[i] = i;
    const passes = Math.ceil(bits / passBits);
    const width = Math.ceil(bits / passes);
    for (let pass = 0; pass < passes; pass++) this.#sortBy(keys, count, pass * width, 2 ** width - 1);
    for (let i = 0; i < count; i++) {
      const from = this.#order[i] as number;
      this.#keys[i] = keys[from] as number;
      this.#frames[i] = frames[from] as number;
    }
    return { keys: this.#keys, frames: this.#frames };
  }

  #sortBy(keys: Uint32Array, count: number, shift: number, mask: number): void {
    const starts = new Uint32Array(mask + 2);
    for (let i = 0; i < count; i++) {
      const digit = (((keys[i] as number) >>> shift) & mask) + 1;
      starts[digit] = (starts[digit] as number) + 1;
    }
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] as number) + (starts[i - 1] as number);
    const [order, next] = [this.#order, this.#next];
    for (let i = 0; i < count; i++) {
      const from = order[i] as number;
      const digit = ((keys[from] as number) >>> shift) & mask;
      const to = starts[digit] as number;
      starts[digit] = to + 1;
      next[to] = from;
    }
    [this.#order, this.#next] = [next, order];
  }
}
