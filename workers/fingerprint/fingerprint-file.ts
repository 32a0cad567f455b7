/**
 * A fingerprint as bytes: what Postgres keeps, what files ending in `.earmark` hold, what travels over HTTP.
 * Integers are little-endian.
 *
 *    0   4  magic "EMFP"
 *    4   1  format version: 2, or 3 with two more constellations (1 packed its peaks in 19 bits)
 *    5   1  density: 1 query (about 80 peaks a second), 2 reference (about 20)
 *    6   2  parameter version
 *    8   4  duration, ms
 *   12   4  peak count
 *   16   4  bytes of the packed constellation (`packed-constellation.ts`)
 *   20   4  bytes of the descriptor track (`descriptors.ts`); 0 where it was left out
 *   24  32  SHA-256 of the audio file
 *   56   …  packed constellation, then descriptor track
 *    …   …  version 3, query density only: of the short window's constellation, then of the long one's, 4 bytes peak
 *           count, 4 bytes length, packed constellation
 *  end   4  CRC-32 of everything before it
 */
import { crc32 } from 'node:zlib';
import { WorkerError } from '../errors.ts';
import { type Constellation, filterPeaks, type OtherWindows } from './constellation.ts';
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
  /** Of what is asked. Without it less of what was altered is found. */
  readonly otherWindows?: OtherWindows;
  /** `descriptorBytes` a second; empty where left out. */
  readonly descriptors: Uint8Array;
};

const magic = 0x50464d45;
const formatVersion = 2;
const formatVersionWithOthers = 3;
const headerBytes = 56;
const trailerBytes = 4;
const densityCodes: Record<Density, number> = { query: 1, reference: 2 };
/** No fingerprint is longer than this, whatever its header says: a day of audio. */
export const maxFingerprintDurationMs = 24 * 3600 * 1000;
/** More peaks a second than the ranks let through on average; what has more was not made by this algorithm. */
const maxPeaksPerSecond = 250;
/** A day of dense music, with all three constellations, has 50 MB. */
export const maxFingerprintBytes = 64 * 2 ** 20;

export function encodeFingerprint(fingerprint: Fingerprint): Uint8Array<ArrayBuffer> {
  const packed = packConstellation(fingerprint.constellation, rankCountOf(fingerprint.density));
  const others = encodeOthers(fingerprint.otherWindows);
  const length = headerBytes + packed.length + fingerprint.descriptors.length + others.length + trailerBytes;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint8(4, others.length > 0 ? formatVersionWithOthers : formatVersion);
  view.setUint8(5, densityCodes[fingerprint.density]);
  view.setUint16(6, fingerprint.parameterVersion, true);
  view.setUint32(8, fingerprint.durationMs, true);
  view.setUint32(12, fingerprint.constellation.frames.length, true);
  view.setUint32(16, packed.length, true);
  view.setUint32(20, fingerprint.descriptors.length, true);
  bytes.set(fingerprint.audioSha256, 24);
  bytes.set(packed, headerBytes);
  bytes.set(fingerprint.descriptors, headerBytes + packed.length);
  bytes.set(others, length - trailerBytes - others.length);
  view.setUint32(bytes.length - trailerBytes, crc32(bytes.subarray(0, -trailerBytes)), true);
  return bytes;
}

function encodeOthers(others: OtherWindows | undefined): Uint8Array {
  if (others === undefined) return new Uint8Array(0);
  return Buffer.concat(
    [others.short, others.long].flatMap((constellation) => {
      const packed = packConstellation(constellation, rankCountOf('query'));
      return [Buffer.from(Uint32Array.of(constellation.frames.length, packed.length).buffer), packed];
    }),
  );
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
  const format = view.getUint8(4);
  if (format !== formatVersion && format !== formatVersionWithOthers) {
    throw unsupported(
      `format version ${format}; this build reads versions ${formatVersion} and ${formatVersionWithOthers}`,
    );
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
  const packedBytes = view.getUint32(16, true);
  const trackBytes = view.getUint32(20, true);
  const body = bytes.subarray(headerBytes, -trailerBytes);
  const isWhole = packedBytes + trackBytes === body.length;
  if (format === formatVersion ? !isWhole : packedBytes + trackBytes > body.length) {
    throw malformed(
      `lengths in the header come to ${headerBytes + packedBytes + trackBytes + trailerBytes} bytes, received ${bytes.length}`,
    );
  }
  if (trackBytes % descriptorBytes !== 0 || trackBytes / descriptorBytes > durationMs / 1000 + 1) {
    throw malformed(
      `the descriptor track has ${descriptorBytes} bytes a second, received ${trackBytes} in ${durationMs} ms`,
    );
  }
  const packed = body.subarray(0, packedBytes);
  return {
    parameterVersion: version,
    density,
    durationMs,
    audioSha256: bytes.slice(24, 56),
    constellation: decodeConstellation(packed, view.getUint32(12, true), durationMs, density),
    ...(format === formatVersionWithOthers && {
      otherWindows: decodeOthers(body.subarray(packedBytes + trackBytes), durationMs, density),
    }),
    descriptors: body.slice(packedBytes, packedBytes + trackBytes),
  };
}

function decodeConstellation(
  packed: Uint8Array,
  peakCount: number,
  durationMs: number,
  density: Density,
): Constellation {
  if (peakCount > (durationMs / 1000 + 1) * maxPeaksPerSecond) {
    throw malformed(`at most ${maxPeaksPerSecond} peaks a second, received ${peakCount} in ${durationMs} ms`);
  }
  const unpacked = unpackConstellation(
    packed,
    peakCount,
    Math.ceil(durationMs / frameMs),
    rankCountOf(density),
  );
  if (unpacked?.bytesRead !== packed.length) {
    throw malformed('its peaks are out of order, out of range or cut short');
  }
  return unpacked.constellation;
}

function decodeOthers(bytes: Uint8Array, durationMs: number, density: Density): OtherWindows {
  if (density !== 'query') throw malformed('a reference has one constellation');
  let at = 0;
  const next = (): Constellation => {
    const left = bytes.subarray(at);
    const view = new DataView(left.buffer, left.byteOffset, left.length);
    const packedBytes = left.length < 8 ? -1 : view.getUint32(4, true);
    if (packedBytes < 0 || packedBytes > left.length - 8) {
      throw malformed('a constellation of another window is cut short');
    }
    at += 8 + packedBytes;
    return decodeConstellation(
      left.subarray(8, 8 + packedBytes),
      view.getUint32(0, true),
      durationMs,
      density,
    );
  };
  const others = { short: next(), long: next() };
  if (at !== bytes.length) throw malformed(`${bytes.length - at} bytes more than its constellations have`);
  return others;
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
  const { otherWindows: _, ...kept } = fingerprint;
  const { ranks } = fingerprint.constellation;
  const salient = filterPeaks(fingerprint.constellation, (i) => (ranks[i] as number) < referenceRanks);
  return {
    ...kept,
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
