/**
 * Ogg pages (RFC 3533 section 6), read one at a time. Our own reader rather than the packages' parser, because
 * that one does not check checksums, keeps a stream's packets when pages are missing, and starts a chained
 * Vorbis stream with the codebooks of the one before.
 *
 *   0  4  "OggS"
 *   4  1  version, 0
 *   5  1  flags: 1 continued packet, 2 first page of a stream, 4 last page
 *   6  8  granule position
 *  14  4  serial number of the stream
 *  18  4  sequence number of the page
 *  22  4  CRC-32 of the page with this field zero
 *  26  1  number of segments
 *  27  n  lengths of the segments, then the segments
 */
import type { AudioFile } from './audio-file.ts';

export type OggPage = {
  readonly serial: number;
  readonly sequence: number;
  readonly isContinued: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Samples up to the end of the last packet that ends on this page; undefined where none does. */
  readonly granule: number | undefined;
  /** Both are views into the file's window: valid until the next page is asked for. */
  readonly segmentLengths: Uint8Array;
  readonly body: Uint8Array;
};

const headerBytes = 27;
const noGranule = 0xffff_ffff_ffff_ffffn;

export class OggPages {
  readonly #file: AudioFile;
  #pageBytes = 0;
  #seenPages = false;
  #skippedBytes = 0;
  /** Bytes between pages, or a page whose checksum is wrong. */
  damaged = false;
  /** The file ends inside a page. */
  endsInPage = false;

  constructor(file: AudioFile, start: number) {
    this.#file = file;
    file.seek(start);
  }

  async next(): Promise<OggPage | undefined> {
    this.#file.skip(this.#pageBytes);
    this.#pageBytes = 0;
    for (;;) {
      if (!(await this.#file.ensure(headerBytes))) {
        if (this.#file.availableBytes > 0 && startsPage(this.#file.window)) this.endsInPage = true;
        return undefined;
      }
      if (startsPage(this.#file.window)) {
        const page = await this.#read();
        if (page !== undefined) {
          // What lies behind the last page is no damage.
          if (this.#seenPages && this.#skippedBytes > 0) this.damaged = true;
          this.#seenPages = true;
          this.#skippedBytes = 0;
          return page;
        }
      }
      this.#skipToCapturePattern();
    }
  }

  async #read(): Promise<OggPage | undefined> {
    const segmentCount = this.#file.window[26] as number;
    let bodyBytes = 0;
    if (await this.#file.ensure(headerBytes + segmentCount)) {
      const lengths = this.#file.window.subarray(headerBytes, headerBytes + segmentCount);
      for (const length of lengths) bodyBytes += length;
    }
    const bodyOffset = headerBytes + segmentCount;
    const pageBytes = bodyOffset + bodyBytes;
    if (!(await this.#file.ensure(pageBytes))) {
      this.endsInPage = true;
      return undefined;
    }
    const bytes = this.#file.window.subarray(0, pageBytes);
    const fields = new DataView(bytes.buffer, bytes.byteOffset, pageBytes);
    if (fields.getUint32(22, true) !== pageChecksum(bytes)) return undefined;
    this.endsInPage = false;
    this.#pageBytes = pageBytes;
    const flags = bytes[5] as number;
    const granule = fields.getBigUint64(6, true);
    return {
      serial: fields.getUint32(14, true),
      sequence: fields.getUint32(18, true),
      isContinued: (flags & 1) !== 0,
      isFirst: (flags & 2) !== 0,
      isLast: (flags & 4) !== 0,
      granule: granule === noGranule ? undefined : Number(BigInt.asIntN(64, granule)),
      segmentLengths: bytes.subarray(headerBytes, bodyOffset),
      body: bytes.subarray(bodyOffset),
    };
  }

  #skipToCapturePattern(): void {
    const bytes = this.#file.window;
    let at = bytes.indexOf(0x4f, 1);
    // Fewer than five bytes left may be the beginning of a page.
    while (at !== -1 && at + 5 <= bytes.length && !startsPage(bytes.subarray(at)))
      at = bytes.indexOf(0x4f, at + 1);
    const skipped = at === -1 ? bytes.length : at;
    this.#skippedBytes += skipped;
    this.#file.skip(skipped);
  }
}

function startsPage(bytes: Uint8Array): boolean {
  return bytes[0] === 0x4f && bytes[1] === 0x67 && bytes[2] === 0x67 && bytes[3] === 0x53 && bytes[4] === 0;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000_0000 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  return crc >>> 0;
});

/** CRC-32 with polynomial 0x04C11DB7, not reflected, initial value 0, over the page with a zero checksum. */
export function pageChecksum(page: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : (page[i] as number);
    crc = (crc << 8) ^ (crcTable[((crc >>> 24) ^ byte) & 0xff] as number);
  }
  return crc >>> 0;
}
