/**
 * A file read as a sliding window: a decoder asks for the bytes it needs next and gives up those it has used,
 * so that memory depends on the largest unit of a format (a page, a frame) and not on the file.
 */
import { constants, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WorkerError } from '../errors.ts';
import type { AudioLimits } from './decode.ts';

/** One read. 128 KiB is where more stopped helping: a tenth of a second of FLAC, eight seconds of MP3. */
const readBytes = 128 * 1024;

/** The largest window a format may ask for: an uncompressed FLAC frame of 8 channels is 2 MiB. */
const maxWindowBytes = 4 * 1024 * 1024;

/** Whatever else the thread has to do waits no longer: a program may fingerprint where it also serves. */
const maxHoldMs = 50;

/** Bytes that may be read past the window's end, so that bit readers can load whole words at its edge. */
export const paddingBytes = 16;

export class AudioFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly #handle: FileHandle;
  readonly #beforeRead: () => void;
  #buffer = new Uint8Array(2 * readBytes + paddingBytes);
  #start = 0;
  #end = 0;
  /** Where in the file `#buffer[#end]` would come from. */
  #readPosition = 0;
  #turnBegan = performance.now();

  /** `beforeRead` runs before every read and may throw: it is where the wall-time limit is seen. */
  constructor(path: string, handle: FileHandle, sizeBytes: number, beforeRead: () => void) {
    this.path = path;
    this.sizeBytes = sizeBytes;
    this.#handle = handle;
    this.#beforeRead = beforeRead;
  }

  /** Position in the file of the window's first byte. */
  get position(): number {
    return this.#readPosition - (this.#end - this.#start);
  }

  get availableBytes(): number {
    return this.#end - this.#start;
  }

  /** What is in the window. Valid until the next `ensure`. */
  get window(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Makes the window hold at least `bytes`; false where the file ends before that. */
  async ensure(bytes: number): Promise<boolean> {
    if (bytes > maxWindowBytes) throw new RangeError(`a window of ${bytes} bytes was asked for`);
    while (this.#end - this.#start < bytes) {
      this.#beforeRead();
      if (performance.now() - this.#turnBegan > maxHoldMs) {
        await nextTurn();
        this.#turnBegan = performance.now();
      }
      this.#makeRoom(bytes);
      const room = this.#buffer.length - paddingBytes - this.#end;
      const bytesRead = this.#read(room);
      if (bytesRead === 0) return false;
      this.#end += bytesRead;
      this.#readPosition += bytesRead;
    }
    return true;
  }

  /** Gives up `bytes` from the front; what lies past the window is skipped without being read. */
  skip(bytes: number): void {
    const inWindow = Math.min(bytes, this.#end - this.#start);
    this.#start += inWindow;
    this.#readPosition += bytes - inWindow;
  }

  /** Goes to a place in the file, forward or back. */
  seek(position: number): void {
    const offset = position - this.position;
    if (offset >= 0) {
      this.skip(offset);
      return;
    }
    this.#start = 0;
    this.#end = 0;
    this.#readPosition = position;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** Waits for the disk, because its thread has nothing else to do; a read that is handed on costs more than it takes. */
  #read(room: number): number {
    try {
      return readSync(this.#handle.fd, this.#buffer, this.#end, room, this.#readPosition);
    } catch (cause) {
      throw unreadable('a file that can be read', errorCode(cause), cause);
    }
  }

  #makeRoom(bytes: number): void {
    const held = this.#end - this.#start;
    const wanted = bytes + readBytes + paddingBytes;
    if (this.#buffer.length < wanted) {
      const larger = new Uint8Array(wanted);
      larger.set(this.window);
      this.#buffer = larger;
    } else {
      this.#buffer.copyWithin(0, this.#start, this.#end);
    }
    this.#start = 0;
    this.#end = held;
  }
}

/**
 * Opens a regular file within the limits. Anything else (a directory, a pipe, a device) is refused as
 * `AUDIO_UNREADABLE`, a file over `maxBytes` as `AUDIO_TOO_LARGE`.
 */
export async function openAudioFile(
  path: string,
  limits: AudioLimits,
  beforeRead: () => void,
): Promise<AudioFile> {
  // Non-blocking, because opening a FIFO without a writer waits for ever; a regular file is not affected.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (cause: unknown) => {
      throw new WorkerError(
        'AUDIO_UNREADABLE',
        `expected a file that can be opened, received ${errorCode(cause)}`,
        { cause },
      );
    },
  );
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) {
      const kind = stats.isDirectory() ? 'a directory' : stats.isFIFO() ? 'a pipe' : 'a device or socket';
      throw unreadable('a regular file', kind);
    }
    if (stats.size === 0) throw unreadable('audio', 'an empty file');
    if (stats.size > limits.maxBytes) {
      throw new WorkerError(
        'AUDIO_TOO_LARGE',
        `expected at most ${limits.maxBytes} bytes, received ${stats.size}`,
      );
    }
    return new AudioFile(path, handle, stats.size, beforeRead);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Without the path: messages go out to whoever sent the file. */
function errorCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}

function unreadable(expected: string, received: string, cause?: unknown): WorkerError {
  return new WorkerError('AUDIO_UNREADABLE', `expected ${expected}, received ${received}`, { cause });
}
