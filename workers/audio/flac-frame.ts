/**
 * One FLAC frame to samples (RFC 9639 section 9). Decoded here and not by `@wasm-audio-decoders/flac`: that package
 * frees a buffer twice after a frame it cannot decode, stays silent for ever once a frame ended early, and
 * scales 12- and 20-bit audio with an uninitialised divisor. 8 to 32 bits, except 32-bit streams with a side channel.
 */
import { FlacBits } from './flac-bits.ts';

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

type FlacFrame = {
  /** One array per channel, used again for the next frame. */
  readonly channels: readonly Float32Array[];
  readonly sampleCount: number;
  readonly sampleRateHz: number;
  /** Length of the frame, header and checksum included. */
  readonly frameBytes: number;
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
  #integers: Int32Array[] = [];
  #floats: Float32Array[] = [];

  constructor(format: FlacFormat) {
    this.#format = format;
  }

  /** Decodes the frame at the start of `bytes`, which may hold more. Throws `FlacFrameError`. */
  decode(bytes: Uint8Array): FlacFrame {
    const header = readFlacFrameHeader(bytes, 0, this.#format);
    if (header === undefined) throw new FlacFrameError('no frame header');
    if (header.bitsPerSample === 32 && header.stereo !== 0) throw new FlacFrameError('a 33-bit side channel');
    this.#makeRoom(header);
    const bits = new FlacBits(bytes);
    bits.position = header.headerBytes * 8;
    try {
      for (let channel = 0; channel < header.channelCount; channel++) {
        const isSide = channel === (header.stereo === 2 ? 0 : 1) && header.stereo !== 0;
        const samples = this.#integers[channel] as Int32Array;
        readSubframe(bits, samples, header.sampleCount, header.bitsPerSample + (isSide ? 1 : 0));
      }
    } catch (error) {
      // The bit reader ran off the buffer.
      if (error instanceof RangeError) throw new FlacFrameError('a frame without an end');
      throw error;
    }
    const checksumAt = Math.ceil(bits.position / 8);
    const frameBytes = checksumAt + 2;
    if (frameBytes > bytes.length) throw new FlacFrameError('a frame without an end');
    const checksum = ((bytes[checksumAt] as number) << 8) | (bytes[checksumAt + 1] as number);
    if (crc16(bytes, checksumAt) !== checksum) throw new FlacFrameError('a wrong checksum');
    const channels = this.#toFloats(header);
    return { channels, sampleCount: header.sampleCount, sampleRateHz: header.sampleRateHz, frameBytes };
  }

  #makeRoom({ channelCount, sampleCount }: FlacFrameHeader): void {
    const [first] = this.#integers;
    if (this.#integers.length >= channelCount && first !== undefined && first.length >= sampleCount) return;
    const length = Math.max(sampleCount, first?.length ?? 0);
    this.#integers = Array.from({ length: channelCount }, () => new Int32Array(length));
    this.#floats = Array.from({ length: channelCount }, () => new Float32Array(length));
  }

  #toFloats(header: FlacFrameHeader): Float32Array[] {
    const { channelCount, sampleCount, bitsPerSample, stereo } = header;
    const scale = 1 / 2 ** (bitsPerSample - 1);
    if (stereo === 0) {
      for (let channel = 0; channel < channelCount; channel++) {
        const integers = this.#integers[channel] as Int32Array;
        const floats = this.#floats[channel] as Float32Array;
        for (let i = 0; i < sampleCount; i++) floats[i] = (integers[i] as number) * scale;
      }
      return this.#floats.slice(0, channelCount);
    }
    const [a, b] = this.#integers as [Int32Array, Int32Array];
    const [left, right] = this.#floats as [Float32Array, Float32Array];
    for (let i = 0; i < sampleCount; i++) {
      const first = a[i] as number;
      const second = b[i] as number;
      if (stereo === 1) {
        left[i] = first * scale;
        right[i] = (first - second) * scale;
      } else if (stereo === 2) {
        left[i] = (first + second) * scale;
        right[i] = second * scale;
      } else {
        const sum = first * 2 + (second & 1);
        left[i] = ((sum + second) >> 1) * scale;
        right[i] = ((sum - second) >> 1) * scale;
      }
    }
    return [left, right];
  }
}

function readSubframe(bits: FlacBits, out: Int32Array, count: number, channelBits: number): void {
  const head = bits.unsigned(8);
  if ((head & 0x80) !== 0) throw new FlacFrameError('a subframe that does not begin with zero');
  const type = (head >> 1) & 63;
  const wastedBits = (head & 1) === 0 ? 0 : bits.unary() + 1;
  const sampleBits = channelBits - wastedBits;
  if (sampleBits < 1 || sampleBits > 32) throw new FlacFrameError(`samples of ${sampleBits} bits`);
  if (type === 0) {
    out.fill(bits.signed(sampleBits), 0, count);
  } else if (type === 1) {
    for (let i = 0; i < count; i++) out[i] = bits.signed(sampleBits);
  } else if (type >= 8 && type <= 12) {
    const order = type - 8;
    readWarmUp(bits, out, order, count, sampleBits);
    readResidual(bits, out, order, count);
    restoreFixed(out, order, count);
  } else if (type >= 32) {
    const order = type - 31;
    readWarmUp(bits, out, order, count, sampleBits);
    const precision = bits.unsigned(4) + 1;
    const shift = bits.signed(5);
    if (precision === 16 || shift < 0) throw new FlacFrameError('an invalid predictor');
    const coefficients = new Int32Array(order);
    for (let i = 0; i < order; i++) coefficients[i] = bits.signed(precision);
    readResidual(bits, out, order, count);
    const coefficientSum = coefficients.reduce((sum, coefficient) => sum + Math.abs(coefficient), 0);
    if (coefficientSum * 2 ** (sampleBits - 1) < 2 ** 31) restoreNarrow(out, coefficients, shift, count);
    else restoreWide(out, coefficients, shift, count);
  } else {
    throw new FlacFrameError(`a reserved subframe type ${type}`);
  }
  if (wastedBits > 0) for (let i = 0; i < count; i++) out[i] = (out[i] as number) << wastedBits;
  if (bits.isPastEnd) throw new FlacFrameError('a frame without an end');
}

function readWarmUp(bits: FlacBits, out: Int32Array, order: number, count: number, sampleBits: number): void {
  if (order > count) throw new FlacFrameError('a predictor longer than the block');
  for (let i = 0; i < order; i++) out[i] = bits.signed(sampleBits);
}

function readResidual(bits: FlacBits, out: Int32Array, order: number, count: number): void {
  const method = bits.unsigned(2);
  if (method > 1) throw new FlacFrameError('a reserved residual coding');
  const parameterBits = method === 0 ? 4 : 5;
  const escapeCode = method === 0 ? 15 : 31;
  const partitionOrder = bits.unsigned(4);
  const partitionSamples = count >> partitionOrder;
  if (partitionSamples << partitionOrder !== count || partitionSamples < order) {
    throw new FlacFrameError('partitions that do not fit the block');
  }
  let at = order;
  for (let end = partitionSamples; end <= count; end += partitionSamples) {
    const parameter = bits.unsigned(parameterBits);
    if (parameter === escapeCode) {
      const rawBits = bits.unsigned(5);
      for (; at < end; at++) out[at] = bits.signed(rawBits);
    } else {
      bits.rice(out, at, end, parameter);
      at = end;
    }
    if (bits.isPastEnd) throw new FlacFrameError('a frame without an end');
  }
}

function restoreFixed(s: Int32Array, order: number, count: number): void {
  const at = (i: number) => s[i] as number;
  if (order === 1) for (let i = 1; i < count; i++) s[i] = at(i) + at(i - 1);
  else if (order === 2) for (let i = 2; i < count; i++) s[i] = at(i) + 2 * at(i - 1) - at(i - 2);
  else if (order === 3)
    for (let i = 3; i < count; i++) s[i] = at(i) + 3 * (at(i - 1) - at(i - 2)) + at(i - 3);
  else if (order === 4) {
    for (let i = 4; i < count; i++) s[i] = at(i) + 4 * (at(i - 1) + at(i - 3)) - 6 * at(i - 2) - at(i - 4);
  }
}

/** For sums that fit 32 bits whatever the samples are. */
function restoreNarrow(samples: Int32Array, coefficients: Int32Array, shift: number, count: number): void {
  const order = coefficients.length;
  for (let i = order; i < count; i++) {
    let sum = 0;
    for (let j = 0, at = i - 1; j < order; j++, at--) {
      sum = (sum + Math.imul(coefficients[j] as number, samples[at] as number)) | 0;
    }
    samples[i] = (samples[i] as number) + (sum >> shift);
  }
}

/** In doubles, which hold every sum of up to 32 products of a 32-bit sample and a 15-bit coefficient. */
function restoreWide(samples: Int32Array, coefficients: Int32Array, shift: number, count: number): void {
  const order = coefficients.length;
  const divisor = 2 ** shift;
  for (let i = order; i < count; i++) {
    let sum = 0;
    for (let j = 0, at = i - 1; j < order; j++, at--) {
      sum += (coefficients[j] as number) * (samples[at] as number);
    }
    samples[i] = (samples[i] as number) + Math.floor(sum / divisor);
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

const crc16Table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x8005 : crc << 1;
  return crc;
});

function crc16(bytes: Uint8Array, length: number): number {
  let crc = 0;
  for (let i = 0; i < length; i++) {
    crc = ((crc << 8) ^ (crc16Table[((crc >> 8) ^ (bytes[i] as number)) & 0xff] as number)) & 0xffff;
  }
  return crc;
}
