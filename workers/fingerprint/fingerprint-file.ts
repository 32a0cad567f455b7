/**
 * A fingerprint as bytes: what Postgres keeps, what files ending in `.earmark` hold, what travels over HTTP.
 * Integers are little-endian.
 *
 *    0   4  magic "EMFP"
 *    4   1  format version, 2 (1 packed its peaks in 19 bits)
 *    5   1  density: 1 query (about 80 peaks a second), 2 reference (about 20)
 *    6   2  parameter version
 *    8   4  duration, ms
 *   12   4  peak count
 *   16   4  bytes of the packed constellation (`packed-constellation.ts`)
 *   20   4  bytes of the descriptor track (`descriptors.ts`); 0 where it was left out
 *   24  32  SHA-256 of the audio file
 *   56   …  packed constellation, then descriptor track
 *  end   4  CRC-32 of everything before it
 */
import { crc32 } from 'node:zlib';
import { WorkerError } from '../errors.ts';
import { type Constellation, filterPeaks } from './constellation.ts';
import { descriptorBytes } from './descriptor-bytes.ts';
import { packConstellation, unpackConstellation } from './packed-constellation.ts';
import { frameMs, parameterVersion, referenceRankCount, referenceRanks, weakRank } from './parameters.ts';

export type Density = 'query' | 'reference';

export type Fingerprint = {
  readonly parameterVersion: number;
  readonly density: Density;
  readonly durationMs: number;
  /** 32 bytes. Where the fingerprint came from outside it is a claim, not a fact. */
  readonly audioSha256: Uint8Array;
  readonly constellation: Constellation;
  /** `descriptorBytes` a second; empty where left out. */
  readonly descriptors: Uint8Array;
};

const magic = 0x50464d45;
const formatVersion = 2;
const headerBytes = 56;
const trailerBytes = 4;
const densityCodes: Record<Density, number> = { query: 1, reference: 2 };
/** No fingerprint is longer than this, whatever its header says: a day of audio. */
export const maxFingerprintDurationMs = 24 * 3600 * 1000;
/** More peaks a second than the ranks let through on average; what has more was not made by this algorithm. */
const maxPeaksPerSecond = 250;
/** What the limits above come to: no fingerprint has more bytes. */
export const maxFingerprintBytes = 64 * 2 ** 20;

export function encodeFingerprint(fingerprint: Fingerprint): Uint8Array<ArrayBuffer> {
  const packed = packConstellation(fingerprint.constellation, rankCountOf(fingerprint.density));
  const bytes = new Uint8Array(headerBytes + packed.length + fingerprint.descriptors.length + trailerBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint8(4, formatVersion);
  view.setUint8(5, densityCodes[fingerprint.density]);
  view.setUint16(6, fingerprint.parameterVersion, true);
  view.setUint32(8, fingerprint.durationMs, true);
  view.setUint32(12, fingerprint.constellation.frames.length, true);
  view.setUint32(16, packed.length, true);
  view.setUint32(20, fingerprint.descriptors.length, true);
  bytes.set(fingerprint.audioSha256, 24);
  bytes.set(packed, headerBytes);
  bytes.set(fingerprint.descriptors, headerBytes + packed.length);
  view.setUint32(bytes.length - trailerBytes, crc32(bytes.subarray(0, -trailerBytes)), true);
  return bytes;
}

/** Whether these bytes say they are a fingerprint, before anything else is believed. */
export function looksLikeFingerprint(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true) === magic;
}

/**
 * Reads a fingerprint from anywhere. Nothing in it is trusted: every length and value is checked before use,
 * and the work is bounded by the bytes received.
 * @throws WorkerError FINGERPRINT_MALFORMED, FINGERPRINT_VERSION_UNSUPPORTED
 */
export function decodeFingerprint(bytes: Uint8Array): Fingerprint {
  if (bytes.length < headerBytes + trailerBytes || !looksLikeFingerprint(bytes)) {
    throw malformed(
      `expected "EMFP" and at least ${headerBytes + trailerBytes} bytes, received ${bytes.length} bytes`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint8(4) !== formatVersion) {
    throw unsupported(`format version ${view.getUint8(4)}; this build reads version ${formatVersion}`);
  }
  if (view.getUint32(bytes.length - trailerBytes, true) !== crc32(bytes.subarray(0, -trailerBytes))) {
    throw malformed('the checksum does not fit: the file was damaged or cut short');
  }
  const version = view.getUint16(6, true);
  if (version !== parameterVersion) {
    throw unsupported(
      `parameter version ${version}; this build matches version ${parameterVersion}. Make it again from the audio`,
    );
  }
  const density = view.getUint8(5) === 1 ? 'query' : view.getUint8(5) === 2 ? 'reference' : undefined;
  if (density === undefined) throw malformed(`density is 1 or 2, received ${view.getUint8(5)}`);
  const durationMs = view.getUint32(8, true);
  if (durationMs > maxFingerprintDurationMs) {
    throw malformed(`duration is at most ${maxFingerprintDurationMs} ms, received ${durationMs}`);
  }
  const peakCount = view.getUint32(12, true);
  if (peakCount > (durationMs / 1000 + 1) * maxPeaksPerSecond) {
    throw malformed(`at most ${maxPeaksPerSecond} peaks a second, received ${peakCount} in ${durationMs} ms`);
  }
  const packedBytes = view.getUint32(16, true);
  const trackBytes = view.getUint32(20, true);
  if (headerBytes + packedBytes + trackBytes + trailerBytes !== bytes.length) {
    throw malformed(
      `lengths in the header come to ${headerBytes + packedBytes + trackBytes + trailerBytes} bytes, received ${bytes.length}`,
    );
  }
  if (trackBytes % descriptorBytes !== 0 || trackBytes / descriptorBytes > durationMs / 1000 + 1) {
    throw malformed(
      `the descriptor track has ${descriptorBytes} bytes a second, received ${trackBytes} in ${durationMs} ms`,
    );
  }
  const unpacked = unpackConstellation(
    bytes.subarray(headerBytes, headerBytes + packedBytes),
    peakCount,
    Math.ceil(durationMs / frameMs),
    rankCountOf(density),
  );
  if (unpacked?.bytesRead !== packedBytes)
    throw malformed('its peaks are out of order, out of range or cut short');
  const { constellation } = unpacked;
  return {
    parameterVersion: version,
    density,
    durationMs,
    audioSha256: bytes.slice(24, 56),
    constellation,
    descriptors: bytes.slice(headerBytes + packedBytes, headerBytes + packedBytes + trackBytes),
  };
}

function rankCountOf(density: Density): number {
  return density === 'query' ? weakRank + 1 : referenceRankCount;
}

/**
 * The fingerprint a reference is kept by: the more salient half of the peaks of what is asked, and of their ranks two
 * taken together.
 */
export function thinToReference(fingerprint: Fingerprint): Fingerprint {
  if (fingerprint.density === 'reference') return fingerprint;
  const { ranks } = fingerprint.constellation;
  const salient = filterPeaks(fingerprint.constellation, (i) => (ranks[i] as number) < referenceRanks);
  return {
    ...fingerprint,
    density: 'reference',
    constellation: { ...salient, ranks: salient.ranks.map((rank) => rank >> 1) },
  };
}

function malformed(detail: string): WorkerError {
  return new WorkerError('FINGERPRINT_MALFORMED', `This is not a whole fingerprint: ${detail}.`);
}

function unsupported(detail: string): WorkerError {
  return new WorkerError(
    'FINGERPRINT_VERSION_UNSUPPORTED',
    `This fingerprint cannot be used here: ${detail}.`,
  );
}
