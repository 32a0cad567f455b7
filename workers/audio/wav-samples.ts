/** Samples as WAVE stores them, little-endian, to floats in [-1, 1]. */
import type { WavEncoding } from './wav-header.ts';

/** Fills `out` with as many samples as it has room for, from the start of `bytes`. */
export function readWavSamples(bytes: Uint8Array, encoding: WavEncoding, out: Float32Array): void {
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = out.length;
  switch (encoding) {
    case 'u8':
      for (let i = 0; i < count; i++) out[i] = ((bytes[i] as number) - 128) / 128;
      break;
    case 's16':
      for (let i = 0; i < count; i++) out[i] = fields.getInt16(2 * i, true) / 0x8000;
      break;
    case 's24':
      for (let i = 0, at = 0; i < count; i++, at += 3) {
        out[i] = ((fields.getInt8(at + 2) << 16) | fields.getUint16(at, true)) / 0x80_0000;
      }
      break;
    case 's32':
      for (let i = 0; i < count; i++) out[i] = fields.getInt32(4 * i, true) / 0x8000_0000;
      break;
    case 'f32':
      for (let i = 0; i < count; i++) out[i] = fields.getFloat32(4 * i, true);
      break;
    case 'f64':
      for (let i = 0; i < count; i++) out[i] = fields.getFloat64(8 * i, true);
      break;
    case 'alaw':
      for (let i = 0; i < count; i++) out[i] = alawSamples[bytes[i] as number] as number;
      break;
    case 'mulaw':
      for (let i = 0; i < count; i++) out[i] = mulawSamples[bytes[i] as number] as number;
      break;
  }
}

/** ITU-T G.711, table 1a: even bits inverted, three bits of exponent, four of mantissa. */
const alawSamples = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return ((bits & 0x80) === 0 ? -magnitude : magnitude) / 0x8000;
});

/** ITU-T G.711, table 2a: all bits inverted, a bias of 33 (132 at 16 bits). */
const mulawSamples = Float32Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0xff;
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return ((bits & 0x80) === 0 ? magnitude : -magnitude) / 0x8000;
});
