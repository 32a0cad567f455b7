/**
 * The header of a RIFF/WAVE file, RF64 and BW64 included (EBU Tech 3306). Sizes in it are not trusted: streaming
 * writers leave 0 or 0xFFFFFFFF, and others lie.
 */
import { WorkerError } from '../errors.ts';

export type WavEncoding = 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64' | 'mulaw' | 'alaw';

type WavFormat = {
  readonly encoding: WavEncoding;
  readonly sampleRateHz: number;
  readonly channelCount: number;
  /** Bytes of one sample of one channel. */
  readonly sampleBytes: number;
};

export type WavHeader = WavFormat & {
  /** Where the samples begin. */
  readonly dataOffset: number;
  /** What the header says; undefined where a streaming writer left it open. */
  readonly declaredDataBytes: number | undefined;
};

/** Chunks in front of the samples; a real file has under ten. */
const maxChunks = 64;
const openSize = 0xffff_ffff;

/** Bytes `length` from `offset`, or undefined where the file ends before that. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array | undefined>;

/** `start` is where `RIFF` stands. Throws `AUDIO_UNREADABLE` or `AUDIO_UNSUPPORTED`. */
export async function readWavHeader(readAt: ReadAt, start: number): Promise<WavHeader> {
  let format: WavFormat | undefined;
  let longDataBytes: number | undefined;
  let offset = start + 12;
  for (let chunk = 0; chunk < maxChunks; chunk++) {
    const head = await readAt(offset, 8);
    if (head === undefined) break;
    const name = String.fromCharCode(...head.subarray(0, 4));
    const chunkBytes = view(head).getUint32(4, true);
    const bodyOffset = offset + 8;
    if (name === 'ds64') {
      const body = await readAt(bodyOffset, 16);
      if (body !== undefined) longDataBytes = Number(view(body).getBigUint64(8, true));
    } else if (name === 'fmt ') {
      const body = await readAt(bodyOffset, Math.min(Math.max(chunkBytes, 16), 40));
      if (body === undefined) break;
      format = readFormat(body);
    } else if (name === 'data') {
      if (format === undefined) throw unreadable('a WAVE format before the samples');
      const declared = chunkBytes === openSize ? longDataBytes : chunkBytes === 0 ? undefined : chunkBytes;
      return { ...format, dataOffset: bodyOffset, declaredDataBytes: declared };
    }
    // Chunks are padded to even lengths.
    offset = bodyOffset + chunkBytes + (chunkBytes & 1);
  }
  throw unreadable(format === undefined ? 'a WAVE format' : 'WAVE samples');
}

const formatPcm = 1;
const formatFloat = 3;
const formatAlaw = 6;
const formatMulaw = 7;
const formatExtensible = 0xfffe;

function readFormat(body: Uint8Array): WavFormat {
  const fields = view(body);
  let tag = fields.getUint16(0, true);
  const channelCount = fields.getUint16(2, true);
  const sampleRateHz = fields.getUint32(4, true);
  const blockBytes = fields.getUint16(12, true);
  const bits = fields.getUint16(14, true);
  // The first two bytes of the sub-format's GUID are the tag that a plain header would have had.
  if (tag === formatExtensible && body.length >= 26) tag = fields.getUint16(24, true);
  if (channelCount === 0) throw unreadable('at least one channel', 'a WAVE format with none');
  const sampleBytes = blockBytes % channelCount === 0 ? blockBytes / channelCount : Math.ceil(bits / 8);
  const encoding = encodingOf(tag, sampleBytes);
  if (encoding === undefined) {
    throw new WorkerError(
      'AUDIO_UNSUPPORTED',
      `expected WAVE samples as PCM, float, A-law or mu-law, received format ${tag} with ${bits} bits; install ffmpeg to read more formats`,
    );
  }
  return { encoding, sampleRateHz, channelCount, sampleBytes };
}

/** By the container's width, not by the valid bits: 20-bit audio stands left-justified in 24 bits. */
function encodingOf(tag: number, sampleBytes: number): WavEncoding | undefined {
  if (tag === formatPcm) return ([undefined, 'u8', 's16', 's24', 's32'] as const)[sampleBytes];
  if (tag === formatFloat) return sampleBytes === 4 ? 'f32' : sampleBytes === 8 ? 'f64' : undefined;
  if (tag === formatAlaw && sampleBytes === 1) return 'alaw';
  if (tag === formatMulaw && sampleBytes === 1) return 'mulaw';
  return undefined;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function unreadable(expected: string, received = 'a RIFF file without'): WorkerError {
  return new WorkerError('AUDIO_UNREADABLE', `expected ${expected}, received ${received}`);
}
