/**
 * Bits of a FLAC frame, most significant first. The bytes must be followed by a few readable ones in their
 * buffer (`paddingBytes` in `audio-file.ts`), so that a whole word can be loaded at the edge; a position past
 * the end is noticed when a subframe is done, not at every bit.
 */
export class FlacBits {
  readonly #view: DataView;
  readonly #endBit: number;
  /** In bits from the start. */
  position = 0;

  constructor(bytes: Uint8Array) {
    const readable = Math.min(bytes.byteLength + 8, bytes.buffer.byteLength - bytes.byteOffset);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, readable);
    this.#endBit = bytes.byteLength * 8;
  }

  get isPastEnd(): boolean {
    return this.position > this.#endBit;
  }

  /** 0 to 25 bits. */
  unsigned(bitCount: number): number {
    if (bitCount === 0) return 0;
    const word = this.#view.getUint32(this.position >>> 3) << (this.position & 7);
    this.position += bitCount;
    return word >>> (32 - bitCount);
  }

  /** 0 to 32 bits, as two's complement. */
  signed(bitCount: number): number {
    if (bitCount === 0) return 0;
    if (bitCount <= 25) {
      const word = this.#view.getUint32(this.position >>> 3) << (this.position & 7);
      this.position += bitCount;
      return word >> (32 - bitCount);
    }
    const high = this.unsigned(16);
    const low = this.unsigned(bitCount - 16);
    const shift = 32 - bitCount;
    return (((high << (bitCount - 16)) | low) << shift) >> shift;
  }

  /** The number of zeros before the next one, which is taken as well. */
  unary(): number {
    let zeros = 0;
    for (;;) {
      const word = this.#view.getUint32(this.position >>> 3) << (this.position & 7);
      const leading = Math.clz32(word);
      if (leading < 25) {
        this.position += leading + 1;
        return zeros + leading;
      }
      this.position += 24;
      zeros += 24;
      if (this.isPastEnd) throw new RangeError('a run of zeros to the end');
    }
  }

  /** Rice-coded residuals (RFC 9639 section 9.2.7.1) into `out[from]` to `out[to - 1]`. The hot loop of FLAC. */
  rice(out: Int32Array, from: number, to: number, parameter: number): void {
    const view = this.#view;
    let position = this.position;
    const maxQuotient = 24 - parameter;
    for (let i = from; i < to; i++) {
      const word = view.getUint32(position >>> 3) << (position & 7);
      const quotient = Math.clz32(word);
      let folded: number;
      if (quotient <= maxQuotient) {
        // Two shifts, because a shift by 32 (parameter 0) would be one by 0.
        folded = (quotient << parameter) | (((word << (quotient + 1)) >>> 1) >>> (31 - parameter));
        position += quotient + 1 + parameter;
      } else {
        this.position = position;
        const high = this.unary();
        folded = high * 2 ** parameter + (parameter > 25 ? this.#wide(parameter) : this.unsigned(parameter));
        position = this.position;
      }
      out[i] = (folded >>> 1) ^ -(folded & 1);
    }
    this.position = position;
  }

  #wide(bitCount: number): number {
    const high = this.unsigned(bitCount - 16);
    return high * 0x1_0000 + this.unsigned(16);
  }
}
