/** Bits, most significant first, for the packed constellation. */
export class BitWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #byteCount = 0;
  /** Bits that do not make a byte yet: up to 7, in the lowest places. */
  #pending = 0;
  #pendingCount = 0;

  /** @param bytes It has room for so many, and makes more where they do not do. */
  constructor(bytes = 1024) {
    this.#bytes = new Uint8Array(Math.max(4, bytes));
  }

  /** @param width up to 24; nothing is written where it is not above 0 */
  write(value: number, width: number): void {
    if (width <= 0) return;
    if (this.#byteCount + 4 > this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    const bits = (this.#pending << width) | (value & ((1 << width) - 1));
    let count = this.#pendingCount + width;
    while (count >= 8) {
      count -= 8;
      this.#bytes[this.#byteCount++] = bits >>> count;
    }
    this.#pending = bits & ((1 << count) - 1);
    this.#pendingCount = count;
  }

  /** Zeros up to the next byte. */
  endByte(): void {
    if (this.#pendingCount > 0) this.write(0, 8 - this.#pendingCount);
  }

  /** What has been written, without a byte that has begun; valid until more is. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#byteCount);
  }
}
