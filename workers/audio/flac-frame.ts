/**
 * One FLAC frame to mono samples (RFC 9639 section 9): the header is read here, the rest in `kernels/assembly/flac`. Not
 * by `@wasm-audio-decoders/flac`: that package frees a buffer twice after a frame it cannot decode, stays silent for ever
 * once a frame ended early, and scales 12- and 20-bit audio with an uninitialised divisor. 8 to 32 bits, except
 * 32-bit frames with a side channel.
 */
import { instantiate } from '../kernels/kernel.ts';

export type FlacFormat = {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly bitsPerSample: number;
  /** 0 where the encoder did not know. */
  readonly totalSamples: number;
};

export type FlacFrameHeader = {
  readonly headerBytes: number;
  readonly sampleCount: number;
  readonly sampleRateHz: number;
  readonly bitsPerSample: number;
  readonly channelCount: number;
  /** 0 independent, 1 left and side, 2 side and right, 3 mid and side. */
  readonly stereo: 0 | 1 | 2 | 3;
};

export type FlacFrame = {
  /** The average of all channels, in the kernel's memory: until the next frame. */
  readonly mono: Float32Array;
  readonly sampleCount: number;
  readonly sampleRateHz: number;
  /** Length of the frame, header and checksum included. */
  readonly frameBytes: number;
};

/** What `kernels/assembly/flac` exports. */
type FlacKernel = {
  readonly memory: WebAssembly.Memory;
  readonly inputMax: WebAssembly.Global;
  input(): number;
  mono(): number;
  channel(index: number): number;
  take(count: number): void;
  decode(
    at: number,
    headerBytes: number,
    sampleCount: number,
    channelCount: number,
    stereo: number,
    bitsPerSample: number,
  ): number;
};

/** A frame that is not one, or whose checksum is wrong. */
export class FlacFrameError extends Error {}

/** `block` is a STREAMINFO block without its four-byte header (RFC 9639 section 8.2). */
export function readStreamInfo(block: Uint8Array): FlacFormat {
  const fields = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const packed = fields.getUint32(10);
  return {
    sampleRateHz: packed >>> 12,
    channelCount: ((packed >>> 9) & 7) + 1,
    bitsPerSample: ((packed >>> 4) & 31) + 1,
    totalSamples: (packed & 15) * 2 ** 32 + fields.getUint32(14),
  };
}

const codedRatesHz = [0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];
const codedBits = [0, 8, 12, 0, 16, 20, 24, 32];

const maxFlacBlockSamples = 65_536;

/** The longest frame header. */
export const maxFlacHeaderBytes = 16;

/** Undefined where no frame begins at `at`, checksum of the header included. */
export function readFlacFrameHeader(
  bytes: Uint8Array,
  at: number,
  format: FlacFormat,
): FlacFrameHeader | undefined {
  const byte = (index: number) => bytes[at + index] ?? 0;
  if (byte(0) !== 0xff || (byte(1) & 0xfe) !== 0xf8 || (byte(3) & 1) !== 0) return undefined;
  const blockCode = byte(2) >> 4;
  const rateCode = byte(2) & 15;
  const channelCode = byte(3) >> 4;
  const bitsCode = (byte(3) >> 1) & 7;
  if (blockCode === 0 || rateCode === 15 || channelCode > 10 || bitsCode === 3) return undefined;
  // The frame or sample number, coded like UTF-8; its value is not needed.
  const numberBytes = byte(4) < 0x80 ? 1 : Math.clz32(~(byte(4) << 24));
  if (numberBytes > 7 || (byte(4) >= 0x80 && numberBytes < 2)) return undefined;
  let next = 4 + numberBytes;
  let sampleCount: number;
  if (blockCode === 6) sampleCount = byte(next++) + 1;
  else if (blockCode === 7) sampleCount = ((byte(next++) << 8) | byte(next++)) + 1;
  else if (blockCode === 1) sampleCount = 192;
  else sampleCount = blockCode < 6 ? 576 << (blockCode - 2) : 256 << (blockCode - 8);
  let sampleRateHz = rateCode === 0 ? format.sampleRateHz : (codedRatesHz[rateCode] ?? 0);
  if (rateCode === 12) sampleRateHz = byte(next++) * 1000;
  else if (rateCode === 13) sampleRateHz = (byte(next++) << 8) | byte(next++);
  else if (rateCode === 14) sampleRateHz = ((byte(next++) << 8) | byte(next++)) * 10;
  if (at + next >= bytes.length || crc8(bytes, at, at + next) !== bytes[at + next]) return undefined;
  return {
    headerBytes: next + 1,
    sampleCount,
    sampleRateHz,
    bitsPerSample: bitsCode === 0 ? format.bitsPerSample : (codedBits[bitsCode] as number),
    channelCount: channelCode < 8 ? channelCode + 1 : 2,
    stereo: channelCode < 8 ? 0 : ((channelCode - 7) as 1 | 2 | 3),
  };
}

/** No frame is longer than its samples stored as they are, one more bit for a side channel. */
export function maxFlacFrameBytes(header: FlacFrameHeader): number {
  const sampleBits = header.sampleCount * header.channelCount * (header.bitsPerSample + 1);
  return header.headerBytes + Math.ceil(sampleBits / 8) + 8 * header.channelCount + 2;
}

export class FlacFrameDecoder {
  readonly #format: FlacFormat;
  readonly #kernel = instantiate('flac-decoder.wasm') as unknown as FlacKernel;
  readonly #input: Uint8Array;
  readonly #mono: Float32Array;

  constructor(format: FlacFormat) {
    this.#format = format;
    const { memory, input, inputMax, mono } = this.#kernel;
    this.#input = new Uint8Array(memory.buffer, input(), inputMax.value);
    this.#mono = new Float32Array(memory.buffer, mono(), maxFlacBlockSamples);
  }

  /** Decodes the frame at the start of `bytes`, which may hold more. Throws `FlacFrameError`. */
  decode(bytes: Uint8Array): FlacFrame {
    const header = readFlacFrameHeader(bytes, 0, this.#format);
    if (header === undefined) throw new FlacFrameError('expected a frame header');
    this.take(bytes);
    const frame = this.decodeAt(0, header);
    if (frame === undefined) throw new FlacFrameError('expected a whole frame, received a damaged one');
    return frame;
  }

  /** Takes bytes of which several frames can be decoded; how many were taken. */
  take(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, this.#input.length);
    this.#input.set(taken);
    this.#kernel.take(taken.length);
    return taken.length;
  }

  /** The frame at `at` of the bytes taken; undefined where it is damaged or does not end in them. */
  decodeAt(at: number, header: FlacFrameHeader): FlacFrame | undefined {
    const { headerBytes, sampleCount, channelCount, stereo, bitsPerSample, sampleRateHz } = header;
    // A side channel of 33 bits.
    if (bitsPerSample === 32 && stereo !== 0) return undefined;
    const frameBytes = this.#kernel.decode(at, headerBytes, sampleCount, channelCount, stereo, bitsPerSample);
    if (frameBytes === 0) return undefined;
    return { mono: this.#mono.subarray(0, sampleCount), sampleCount, sampleRateHz, frameBytes };
  }

  /** Of a frame just decoded: a channel before the mix, as it was coded. */
  codedChannel(channel: number, sampleCount: number): Int32Array {
    return new Int32Array(this.#kernel.memory.buffer, this.#kernel.channel(channel), sampleCount);
  }
}

const crc8Table = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1;
  return crc;
});

function crc8(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) crc = crc8Table[crc ^ (bytes[i] as number)] as number;
  return crc;
}
