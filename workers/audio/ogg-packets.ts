/** The packets of one Ogg stream, put together from its pages (RFC 3533 section 5). */
import { paddingBytes } from './audio-file.ts';
import type { OggPage } from './ogg-pages.ts';

/** A packet over many pages: Vorbis codebooks with a picture in the comments reach a few hundred kilobytes. */
const maxPacketBytes = 16 * 1024 * 1024;

export class OggPackets {
  #partial: Uint8Array[] = [];
  #partialBytes = 0;
  #sequence: number | undefined;
  /** Pages were missing, or a packet was longer than any real one. */
  damaged = false;

  get endsInPacket(): boolean {
    return this.#partialBytes > 0;
  }

  /** The packets that end on this page; valid as long as the page is. */
  take(page: OggPage): Uint8Array[] {
    const follows = this.#sequence === undefined || page.sequence === (this.#sequence + 1) >>> 0;
    this.#sequence = page.sequence;
    if (!follows) this.damaged = true;
    if (this.#partialBytes > 0 && (!follows || !page.isContinued)) this.#drop();
    let skipsFirst = page.isContinued && this.#partialBytes === 0;
    const packets: Uint8Array[] = [];
    let start = 0;
    let end = 0;
    for (const length of page.segmentLengths) {
      end += length;
      if (length === 255) continue;
      if (skipsFirst) skipsFirst = false;
      else packets.push(this.#complete(page.body.subarray(start, end)));
      start = end;
    }
    if (end > start && !skipsFirst) this.#keep(page.body.slice(start, end));
    return packets;
  }

  #complete(last: Uint8Array): Uint8Array {
    if (this.#partialBytes === 0) return last;
    const packetBytes = this.#partialBytes + last.length;
    const packet = new Uint8Array(packetBytes + paddingBytes).subarray(0, packetBytes);
    let at = 0;
    for (const part of [...this.#partial, last]) {
      packet.set(part, at);
      at += part.length;
    }
    this.#partial = [];
    this.#partialBytes = 0;
    return packet;
  }

  #keep(part: Uint8Array): void {
    this.#partial.push(part);
    this.#partialBytes += part.length;
    if (this.#partialBytes > maxPacketBytes) this.#drop();
  }

  #drop(): void {
    this.#partial = [];
    this.#partialBytes = 0;
    this.damaged = true;
  }
}
