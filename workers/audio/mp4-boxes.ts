/** Boxes of ISO base media files (ISO/IEC 14496-12, 4.2): a length, four characters, and what they hold. */
import { WorkerError } from '../errors.ts';
import type { AudioFile } from './audio-file.ts';

export type Mp4Box = {
  readonly type: string;
  /** Of its content, behind its header. */
  readonly bodyAt: number;
  /** Behind its last byte: not beyond what holds it. */
  readonly end: number;
  /** It says it goes on beyond that. */
  readonly isCut: boolean;
};

/** Boxes looked at in one file: hostile files are made of empty ones. A film of many fragments has some thousand. */
const maxBoxes = 20_000;
/** One read of a table. */
const chunkBytes = 1024 * 1024;

export class Mp4Boxes {
  readonly #file: AudioFile;
  #leftBoxes = maxBoxes;

  constructor(file: AudioFile) {
    this.#file = file;
  }

  get fileBytes(): number {
    return this.#file.sizeBytes;
  }

  /** The boxes side by side from `at` to `end`; ends at the first that is none. */
  async *list(at: number, end: number): AsyncGenerator<Mp4Box> {
    for (let next = at; next + 8 <= end; ) {
      if (this.#leftBoxes-- <= 0) {
        throw new WorkerError(
          'AUDIO_UNREADABLE',
          `expected an MP4 file, received more than ${maxBoxes} boxes`,
        );
      }
      const head = await this.read(next, Math.min(16, end - next));
      let boxBytes = head.getUint32(0);
      let headBytes = 8;
      if (boxBytes === 0) boxBytes = end - next;
      if (boxBytes === 1 && head.byteLength === 16) {
        boxBytes = Number(head.getBigUint64(8));
        headBytes = 16;
      }
      if (boxBytes < headBytes) return;
      const boxEnd = Math.min(next + boxBytes, end);
      yield {
        type: fourCharacters(head, 4),
        bodyAt: next + headBytes,
        end: boxEnd,
        isCut: next + boxBytes > end,
      };
      next = boxEnd;
    }
  }

  /** The first box of a path of types, each inside the one before. */
  async find(parent: Mp4Box, ...path: readonly string[]): Promise<Mp4Box | undefined> {
    const [type, ...rest] = path;
    if (type === undefined) return parent;
    for await (const box of this.list(parent.bodyAt, parent.end)) {
      if (box.type === type) return await this.find(box, ...rest);
    }
    return undefined;
  }

  /** Bytes of the file, fewer where it ends before. */
  async read(at: number, bytes: number): Promise<DataView> {
    const wanted = Math.max(0, Math.min(bytes, this.#file.sizeBytes - at));
    const read = new Uint8Array(wanted);
    this.#file.seek(at);
    for (let filled = 0; filled < wanted; ) {
      const count = Math.min(chunkBytes, wanted - filled);
      if (!(await this.#file.ensure(count))) return new DataView(read.buffer, 0, filled);
      read.set(this.#file.window.subarray(0, count), filled);
      this.#file.skip(count);
      filled += count;
    }
    return new DataView(read.buffer);
  }

  /** What a box holds, up to `maxBytes` of it. */
  async content(box: Mp4Box, maxBytes: number): Promise<DataView> {
    return await this.read(box.bodyAt, Math.min(maxBytes, box.end - box.bodyAt));
  }
}

export function fourCharacters(view: DataView, at: number): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4));
}
