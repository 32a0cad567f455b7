/** Bits, most significant first, for the packed constellation. */
export class BitWriter {
  #bytes = new Uint8Array(1024);
  #bitCount = 0;

  write(value: number, width: number): void {
    if (this.#bitCount + width > this.#bytes.length * 8) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    for (let bit = width - 1; bit >= 0; bit--) {
      const at = this.#bitCount++;
      if ((value >>> bit) & 1) this.#bytes[at >> 3] = (this.#bytes[at >> 3] as number) | (128 >> (at & 7));
    }
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, (this.#bitCount + 7) >> 3);
  }
}
