/** AAC in ADTS (ISO/IEC 13818-7, 6.2): frames one after the other, each with a header that says what it is. */
import { WorkerError } from '../errors.ts';
import { AacCodec } from './aac-codec.ts';
import type { AudioFile } from './audio-file.ts';
import { aacRatesHz, channelCountOf } from './audio-specific-config.ts';
import type { DecodedStream } from './decoded-stream.ts';
import { id3v2Length } from './detect-format.ts';
import type { SampleSink } from './sample-sink.ts';

type AdtsHeader = {
  readonly profile: number;
  readonly rateIndex: number;
  readonly channelConfiguration: number;
  readonly headerBytes: number;
  readonly frameBytes: number;
  /** Raw data blocks; an encoder that writes more than one has not been met. */
  readonly blockCount: number;
};

const lowComplexity = 1;
const headerBytes = 7;
/** 13 bits. */
const maxFrameBytes = 8191;
/** Changes of rate or channels in one stream; more is a file made to keep us busy. */
const maxStreams = 100;
/** Read at a time: some twenty seconds. */
const windowBytes = 128 * 1024;

export async function decodeAdts(file: AudioFile, start: number, sink: SampleSink): Promise<DecodedStream> {
  file.seek(start);
  let stream: AdtsHeader | undefined;
  let codec: AacCodec | undefined;
  let damaged = false;
  let truncated = false;
  let isInStep = true;
  let passedBytes = 0;
  let streamCount = 0;
  for (;;) {
    if (file.availableBytes < 2 * maxFrameBytes) await file.ensure(windowBytes);
    const bytes = file.window;
    if (bytes.length < headerBytes) break;
    const header = readAdtsHeader(bytes, 0);
    if (header === undefined || !isBelievable(bytes, header, isInStep ? stream : undefined)) {
      const gap = id3v2Length(bytes) || gapBytes(bytes);
      isInStep = false;
      passedBytes += id3v2Length(bytes) > 0 ? 0 : gap;
      file.skip(gap);
      continue;
    }
    if (header.frameBytes > bytes.length) {
      truncated = true;
      break;
    }
    // What lay between two frames; what lies behind the last one is a tag, and no damage.
    damaged ||= passedBytes > 0;
    passedBytes = 0;
    isInStep = true;
    if (codec === undefined || stream === undefined || !isSameStream(header, stream)) {
      if (codec === undefined) refuseForeign(header);
      codec?.flush();
      damaged ||= codec?.damaged ?? false;
      if (++streamCount > maxStreams) {
        truncated = true;
        break;
      }
      codec = new AacCodec(configOf(header), sink);
      stream = header;
    }
    // A frame of several blocks is damage: their lengths are nowhere said.
    codec.add(
      header.blockCount === 1 ? bytes.subarray(header.headerBytes, header.frameBytes) : bytes.subarray(0, 0),
    );
    file.skip(header.frameBytes);
  }
  codec?.flush();
  return { format: 'aac/aac', truncated, damaged: damaged || (codec?.damaged ?? false) };
}

/** Undefined where there is none. */
export function readAdtsHeader(bytes: Uint8Array, at: number): AdtsHeader | undefined {
  if (at + headerBytes > bytes.length) return undefined;
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0] = bytes.subarray(at, at + headerBytes);
  if (b0 !== 0xff || (b1 & 0xf6) !== 0xf0) return undefined;
  const header = {
    profile: b2 >> 6,
    rateIndex: (b2 >> 2) & 15,
    channelConfiguration: ((b2 & 1) << 2) | (b3 >> 6),
    headerBytes: (b1 & 1) === 1 ? headerBytes : headerBytes + 2,
    frameBytes: ((b3 & 3) << 11) | (b4 << 3) | (b5 >> 5),
    blockCount: (b6 & 3) + 1,
  };
  return header.frameBytes > header.headerBytes && header.rateIndex < aacRatesHz.length ? header : undefined;
}

function isSameStream(one: AdtsHeader, other: AdtsHeader): boolean {
  return (
    one.profile === other.profile &&
    one.rateIndex === other.rateIndex &&
    one.channelConfiguration === other.channelConfiguration
  );
}

/** In step, a header like the one before is taken at its word; else the one after it must agree, or the file end with it. */
function isBelievable(bytes: Uint8Array, header: AdtsHeader, stream: AdtsHeader | undefined): boolean {
  if (stream !== undefined && isSameStream(header, stream)) return true;
  if (header.profile !== lowComplexity && stream !== undefined) return false;
  if (header.frameBytes + headerBytes > bytes.length) return header.frameBytes === bytes.length;
  const next = readAdtsHeader(bytes, header.frameBytes);
  return next !== undefined && isSameStream(header, next);
}

function gapBytes(bytes: Uint8Array): number {
  const next = bytes.indexOf(0xff, 1);
  return next === -1 ? bytes.length : next;
}

function configOf({ rateIndex, channelConfiguration }: AdtsHeader) {
  const channelCount = channelCountOf(channelConfiguration);
  return { rateHz: aacRatesHz[rateIndex] ?? 0, rateIndex, channelCount, isReplicated: false };
}

function refuseForeign({ profile, blockCount }: AdtsHeader): void {
  if (profile === lowComplexity && blockCount === 1) return;
  const received =
    blockCount > 1 ? `ADTS frames of ${blockCount} blocks` : `AAC ${['Main', 'LC', 'SSR', 'LTP'][profile]}`;
  throw new WorkerError('AUDIO_UNSUPPORTED', `expected AAC of low complexity, received ${received}`);
}
