/** Writes FLAC frames of any kind the format has (RFC 9639 section 9), slowly and from exact integers: what a decoder must give back is known. */
export type Subframe = {
  readonly samples: readonly number[];
  readonly bits: number;
  readonly kind: 'constant' | 'verbatim' | 'fixed' | 'linear';
  readonly coefficients?: readonly number[];
  readonly shift?: number;
  readonly wastedBits?: number;
  /** Rice parameter; `escape` codes residuals as they are. */
  readonly parameter?: number | 'escape';
  readonly partitionOrder?: number;
  /** Rice parameters of five bits. */
  readonly wide?: boolean;
};

class BitWriter {
  readonly bits: number[] = [];
  put(value: number | bigint, count: number): void {
    const whole = BigInt.asUintN(count, BigInt(value));
    for (let i = count - 1; i >= 0; i--) this.bits.push(Number((whole >> BigInt(i)) & 1n));
  }
  unary(zeros: number): void {
    for (let i = 0; i < zeros; i++) this.bits.push(0);
    this.bits.push(1);
  }
  bytes(): number[] {
    const bytes: number[] = [];
    for (let at = 0; at < this.bits.length; at += 8) {
      bytes.push(Array.from({ length: 8 }, (_, i) => this.bits[at + i] ?? 0).reduce((a, b) => a * 2 + b, 0));
    }
    return bytes;
  }
}

const bitsCodes: Record<number, number> = { 8: 1, 12: 2, 16: 4, 20: 5, 24: 6, 32: 7 };
export const fixedCoefficients = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

/** `channelCode` as in the header: channels less one, or 8 left/side, 9 side/right, 10 mid/side. */
export function flacFrame(
  subframes: readonly Subframe[],
  channelCode: number,
  frameBits: number,
): Uint8Array {
  const sampleCount = subframes[0]?.samples.length ?? 0;
  const head = [0xff, 0xf8, 0x79, (channelCode << 4) | ((bitsCodes[frameBits] ?? 0) << 1), 0];
  head.push((sampleCount - 1) >> 8, (sampleCount - 1) & 255);
  head.push(crc(head, 8, 0x07));
  const writer = new BitWriter();
  for (const subframe of subframes) writeSubframe(writer, subframe);
  const bytes = [...head, ...writer.bytes()];
  const checksum = crc(bytes, 16, 0x8005);
  return Uint8Array.from([...bytes, checksum >> 8, checksum & 255]);
}

function writeSubframe(writer: BitWriter, subframe: Subframe): void {
  const { kind, wastedBits = 0, shift = 0 } = subframe;
  const bits = subframe.bits - wastedBits;
  const samples = subframe.samples.map((sample) => BigInt(sample) >> BigInt(wastedBits));
  const order = subframe.coefficients?.length ?? 0;
  const type = { constant: 0, verbatim: 1, fixed: 8 + order, linear: 31 + order }[kind];
  writer.put((type << 1) | (wastedBits > 0 ? 1 : 0), 8);
  if (wastedBits > 0) writer.unary(wastedBits - 1);
  const plainCount = { constant: 1, verbatim: samples.length, fixed: order, linear: order }[kind];
  for (const sample of samples.slice(0, plainCount)) writer.put(sample, bits);
  if (kind === 'constant' || kind === 'verbatim') return;
  if (kind === 'linear') {
    writer.put(14, 4);
    writer.put(shift, 5);
    for (const coefficient of subframe.coefficients ?? []) writer.put(coefficient, 15);
  }
  const coefficients = (subframe.coefficients ?? []).map(BigInt);
  const residuals = samples.map((sample, i) => {
    const sum = coefficients.reduce((total, c, j) => total + c * (samples[i - 1 - j] ?? 0n), 0n);
    return sample - (sum >> BigInt(shift));
  });
  writeResiduals(writer, residuals, order, subframe);
}

function writeResiduals(
  writer: BitWriter,
  residuals: readonly bigint[],
  order: number,
  subframe: Subframe,
): void {
  const { parameter = 4, partitionOrder = 0, wide = false } = subframe;
  writer.put(wide ? 1 : 0, 2);
  writer.put(partitionOrder, 4);
  const length = residuals.length >> partitionOrder;
  for (let from = 0; from < residuals.length; from += length) {
    writer.put(parameter === 'escape' ? 31 : parameter, wide ? 5 : 4);
    if (parameter === 'escape') writer.put(24, 5);
    for (const residual of residuals.slice(Math.max(from, order), from + length)) {
      if (parameter === 'escape') {
        writer.put(residual, 24);
      } else {
        const folded = residual < 0n ? -2n * residual - 1n : 2n * residual;
        writer.unary(Number(folded >> BigInt(parameter)));
        writer.put(folded, parameter);
      }
    }
  }
}

function crc(bytes: readonly number[], width: number, polynomial: number): number {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) {
      value = (value >> (width - 1)) & 1 ? (value << 1) ^ polynomial : value << 1;
      value &= 2 ** width - 1;
    }
  }
  return value;
}
