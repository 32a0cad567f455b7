import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WorkerError } from '../../workers/errors.ts';
import { emptyConstellation } from '../../workers/fingerprint/constellation.ts';
import {
  decodeFingerprint,
  encodeFingerprint,
  type Fingerprint,
  looksLikeFingerprint,
  maxFingerprintDurationMs,
  thinToReference,
} from '../../workers/fingerprint/fingerprint-file.ts';
import { packConstellation } from '../../workers/fingerprint/packed-constellation.ts';
import { parameterVersion, stepCount, weakRank } from '../../workers/fingerprint/parameters.ts';
import { anyFingerprint } from './arbitrary.ts';

const small: Fingerprint = {
  parameterVersion,
  density: 'query',
  durationMs: 2000,
  audioSha256: Uint8Array.from({ length: 32 }, (_, i) => i),
  constellation: {
    frames: Uint32Array.of(0, 0, 7, 90),
    steps: Uint16Array.of(3, 400, 0, stepCount - 1),
    ranks: Uint8Array.of(0, weakRank, 5, 1),
  },
  descriptors: Uint8Array.from({ length: 22 }, (_, i) => 255 - i),
};

const short = { frames: Uint32Array.of(0, 8), steps: Uint16Array.of(3, 9), ranks: Uint8Array.of(0, 1) };
const long = { frames: Uint32Array.of(7), steps: Uint16Array.of(12), ranks: Uint8Array.of(0) };
const seenThrough = (changes: Partial<Fingerprint> = {}) =>
  encodeFingerprint({ ...small, otherWindows: { short, long }, ...changes });
const otherWindowsAt = encodeFingerprint(small).length - 4;

describe('a fingerprint file', () => {
  test('gives back what was written', () => {
    fc.assert(
      fc.property(anyFingerprint(), (fingerprint) => {
        expect(decodeFingerprint(encodeFingerprint(fingerprint))).toEqual(fingerprint);
      }),
    );
  });

  test('is the same bytes when what was read is written again', () => {
    fc.assert(
      fc.property(anyFingerprint(), (fingerprint) => {
        const bytes = encodeFingerprint(fingerprint);
        expect(Buffer.compare(encodeFingerprint(decodeFingerprint(bytes)), bytes)).toBe(0);
      }),
    );
  });

  test('is read where it lies in a larger buffer', () => {
    const bytes = encodeFingerprint(small);
    const larger = new Uint8Array(bytes.length + 30).fill(0xee);
    larger.set(bytes, 13);
    expect(decodeFingerprint(larger.subarray(13, 13 + bytes.length))).toEqual(small);
  });

  test('does not share memory with the bytes it was read from', () => {
    const bytes = encodeFingerprint(small);
    const read = decodeFingerprint(bytes);
    bytes.fill(0);
    expect(read).toEqual(small);
  });

  test('is laid out as its documentation says', () => {
    const bytes = encodeFingerprint(small);
    const view = new DataView(bytes.buffer);
    expect(Buffer.from(bytes.subarray(0, 4)).toString('latin1')).toBe('EMFP');
    expect(view.getUint8(4)).toBe(2);
    expect(view.getUint8(5)).toBe(1);
    expect(view.getUint16(6, true)).toBe(parameterVersion);
    expect(view.getUint32(8, true)).toBe(small.durationMs);
    expect(view.getUint32(12, true)).toBe(4);
    expect(view.getUint32(16, true)).toBe(packConstellation(small.constellation, weakRank + 1).length);
    expect(view.getUint32(20, true)).toBe(22);
    expect(bytes.subarray(24, 56)).toEqual(small.audioSha256);
    expect(bytes.subarray(-26, -4)).toEqual(small.descriptors);
    expect(view.getUint32(bytes.length - 4, true)).toBe(crc32(bytes.subarray(0, -4)));
  });

  test('has the other windows after the descriptor track', () => {
    const bytes = seenThrough();
    const view = new DataView(bytes.buffer, otherWindowsAt);
    expect([bytes[4], view.getUint32(0, true), bytes.length]).toEqual([
      3,
      2,
      otherWindowsAt + 16 + packConstellation(short, 64).length + packConstellation(long, 64).length + 4,
    ]);
    expect(bytes.subarray(5, otherWindowsAt)).toEqual(encodeFingerprint(small).subarray(5, otherWindowsAt));
  });

  test('of a reference has no other windows', () => {
    const { otherWindows, density } = thinToReference(decodeFingerprint(seenThrough()));
    expect([otherWindows, density]).toEqual([undefined, 'reference']);
  });

  test('of silence is read as well', () => {
    const silent = { ...small, constellation: emptyConstellation, descriptors: new Uint8Array(0) };
    expect(encodeFingerprint(silent)).toHaveLength(60);
    expect(decodeFingerprint(encodeFingerprint(silent))).toEqual(silent);
  });

  test('is told from audio by its first bytes', () => {
    expect(looksLikeFingerprint(encodeFingerprint(small))).toBe(true);
    for (const text of ['', 'EMF', 'OggS....', 'RIFF....', 'emfp....']) {
      expect(looksLikeFingerprint(Buffer.from(text))).toBe(false);
    }
  });
});

describe('is refused', () => {
  type Case = {
    readonly of: string;
    readonly code?: string;
    readonly says: RegExp;
    damage(bytes: Uint8Array<ArrayBuffer>): Uint8Array;
  };
  const patched = (at: number, width: 1 | 2 | 4, value: number) => (bytes: Uint8Array<ArrayBuffer>) => {
    const view = new DataView(bytes.buffer);
    if (width === 1) view.setUint8(at, value);
    else if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    return sealed(bytes);
  };
  const constellationOf = (changes: Partial<Fingerprint['constellation']>) => () =>
    encodeFingerprint({ ...small, constellation: { ...small.constellation, ...changes } });
  const cases: readonly Case[] = [
    { of: 'no bytes', says: /EMFP/, damage: () => new Uint8Array(0) },
    { of: 'other bytes', says: /EMFP/, damage: (bytes) => patched(0, 1, 0x65)(bytes) },
    { of: 'a header alone', says: /at least 60 bytes/, damage: (bytes) => bytes.subarray(0, 56) },
    {
      of: 'a later format',
      code: 'FINGERPRINT_VERSION_UNSUPPORTED',
      says: /format version 4/,
      damage: patched(4, 1, 4),
    },
    {
      of: 'other parameters',
      code: 'FINGERPRINT_VERSION_UNSUPPORTED',
      says: new RegExp(`parameter version ${parameterVersion + 1}.*version ${parameterVersion}`),
      damage: patched(6, 2, parameterVersion + 1),
    },
    { of: 'a density that is none', says: /density/, damage: patched(5, 1, 3) },
    { of: 'density 0', says: /density/, damage: patched(5, 1, 0) },
    { of: 'a duration beyond a day', says: /duration/, damage: patched(8, 4, maxFingerprintDurationMs + 1) },
    { of: 'a duration its peaks do not fit', says: /peaks/, damage: patched(8, 4, 1780) },
    { of: 'more peaks than sound can have', says: /peaks a second/, damage: patched(12, 4, 10_000) },
    { of: 'a peak more than there is', says: /peaks/, damage: patched(12, 4, 5) },
    { of: 'fewer peaks than there are', says: /peaks/, damage: patched(12, 4, 1) },
    { of: 'a length that does not add up', says: /lengths/, damage: patched(16, 4, 40) },
    { of: 'a length of 4 GiB', says: /lengths/, damage: patched(16, 4, 0xffffffff) },
    { of: 'a track of 4 GiB', says: /lengths/, damage: patched(20, 4, 0xffffffff) },
    {
      of: 'a track of half a second',
      says: /descriptor/,
      damage: () => encodeFingerprint({ ...small, descriptors: new Uint8Array(16) }),
    },
    {
      of: 'a track longer than the audio',
      says: /descriptor/,
      damage: () => encodeFingerprint({ ...small, descriptors: new Uint8Array(44) }),
    },
    { of: 'a flipped bit', says: /checksum/, damage: (bytes) => bytes.with(60, (bytes[60] as number) ^ 4) },
    { of: 'a byte less', says: /checksum/, damage: (bytes) => bytes.subarray(0, -1) },
    { of: 'a byte more', says: /checksum/, damage: (bytes) => Buffer.concat([bytes, Buffer.of(0)]) },
    {
      of: 'a peak above the highest there can be in its frame',
      says: /out of range/,
      damage: constellationOf({ steps: Uint16Array.of(stepCount - 1, stepCount, 0, 1) }),
    },
    {
      of: 'a frame after the end',
      says: /out of range/,
      damage: constellationOf({ frames: Uint32Array.of(0, 0, 7, 101) }),
    },
    { of: 'other windows that are missing', says: /cut short/, damage: patched(4, 1, 3) },
    {
      of: 'other windows where the format has none',
      says: /lengths/,
      damage: () => patched(4, 1, 2)(seenThrough()),
    },
    {
      of: 'other windows of a reference',
      says: /a reference has one/,
      damage: () => seenThrough({ density: 'reference', constellation: long }),
    },
    {
      of: 'another window that is longer than the rest',
      says: /cut short/,
      damage: () => patched(otherWindowsAt + 4, 4, 0xffffffff)(seenThrough()),
    },
    {
      of: 'more peaks than sound can have, through another window',
      says: /peaks a second/,
      damage: () => patched(otherWindowsAt, 4, 10_000)(seenThrough()),
    },
    {
      of: 'a peak out of range, through the last window',
      says: /out of range/,
      damage: () => seenThrough({ otherWindows: { short, long: { ...long, frames: Uint32Array.of(101) } } }),
    },
    {
      of: 'bytes after the last window',
      says: /more than its constellations/,
      damage: () => {
        const bytes = seenThrough();
        return sealed(new Uint8Array([...bytes.subarray(0, -4), 0, ...bytes.subarray(-4)]));
      },
    },
  ];

  test.each(cases)('$of', ({ damage, says, code = 'FINGERPRINT_MALFORMED' }) => {
    const damaged = damage(encodeFingerprint(small));
    let refusal: unknown;
    try {
      decodeFingerprint(damaged);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(WorkerError);
    expect(refusal).toMatchObject({ code, message: expect.stringMatching(says) });
  });

  test('a bit that fills the last byte and is not 0: one fingerprint has one way to be written', () => {
    let refusedCount = 0;
    // Of one to eight peaks, most leave bits to be filled.
    for (let peakCount = 1; peakCount <= 8; peakCount++) {
      const numbers = Array.from({ length: peakCount }, (_, i) => i);
      const constellation = {
        frames: Uint32Array.from(numbers),
        steps: Uint16Array.from(numbers),
        ranks: Uint8Array.from(numbers, () => 0),
      };
      const bytes = encodeFingerprint({ ...small, constellation, descriptors: new Uint8Array(0) });
      bytes[bytes.length - 5] = (bytes[bytes.length - 5] as number) | 1;
      try {
        expect(
          Buffer.compare(encodeFingerprint(decodeFingerprint(sealed(bytes))), bytes),
          `${peakCount} peaks`,
        ).toBe(0);
      } catch (error) {
        if (!(error instanceof WorkerError)) throw error;
        refusedCount++;
      }
    }
    expect(refusedCount).toBeGreaterThan(4);
  });
});

/** With a right checksum again, so that what lies behind it is reached. */
function sealed(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)), true);
  return bytes;
}
