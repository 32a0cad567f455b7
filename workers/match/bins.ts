/**
 * Bins that votes fall into, by diagonal and pitch window: a table of numbers, because a search in a large catalog fills
 * a hundred thousand of them for each tempo. In the order in which they were first met.
 */
import { voteBinShift } from './parameters.ts';

/** Valid until the next call of `BinTable.clear`; bin i has entry i of each. */
export class BinTable {
  count = 0;
  /** Which bin: its diagonal without the low bits, and its pitch window. */
  bins = new Uint32Array(0);
  windows = new Uint8Array(0);
  /** A posting votes once. */
  votes = new Uint32Array(0);
  /** Of the diagonals of the votes. */
  sums = new Float64Array(0);
  /** The oldest posting that voted and the newest; they say which reference this is. */
  firsts = new Uint32Array(0);
  positions = new Uint32Array(0);
  /** Bin + 1 by place; 0 where there is none. */
  #places = new Uint32Array(0);
  #placeBits = 0;

  /** @param most Votes that will be added. */
  clear(most: number): void {
    this.count = 0;
    this.#placeBits = 33 - Math.clz32(Math.max(1, most));
    const places = 2 ** this.#placeBits;
    if (this.#places.length < places) {
      this.#places = new Uint32Array(places);
      this.bins = new Uint32Array(places / 2);
      this.windows = new Uint8Array(places / 2);
      this.votes = new Uint32Array(places / 2);
      this.sums = new Float64Array(places / 2);
      this.firsts = new Uint32Array(places / 2);
      this.positions = new Uint32Array(places / 2);
    } else this.#places.fill(0, 0, places);
  }

  add(diagonal: number, window: number, position: number): void {
    const bin = diagonal >>> voteBinShift;
    const place = this.#placeOf(bin, window);
    const found = (this.#places[place] as number) - 1;
    if (found < 0) {
      const own = this.count++;
      this.#places[place] = own + 1;
      this.bins[own] = bin;
      this.windows[own] = window;
      this.votes[own] = 1;
      this.sums[own] = diagonal;
      this.firsts[own] = position;
      this.positions[own] = position;
    } else if (this.positions[found] !== position) {
      this.votes[found] = (this.votes[found] as number) + 1;
      this.sums[found] = (this.sums[found] as number) + diagonal;
      this.positions[found] = position;
    }
  }

  /** −1 where nothing voted. */
  find(bin: number, window: number): number {
    return (this.#places[this.#placeOf(bin, window)] as number) - 1;
  }

  /** Of this bin, or the free one where it belongs. Neighbours in time lie side by side. */
  #placeOf(bin: number, window: number): number {
    const bits = this.#placeBits;
    const mask = (1 << bits) - 1;
    let place = (bin + Math.imul(bin >>> bits, 1_664_525) + window * 40_503) & mask;
    for (;;) {
      const found = (this.#places[place] as number) - 1;
      if (found < 0 || (this.bins[found] === bin && this.windows[found] === window)) return place;
      place = (place + 1) & mask;
    }
  }
}
