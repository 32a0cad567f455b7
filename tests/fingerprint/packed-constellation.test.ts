import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeFingerprint,
  encodeFingerprint,
  thinToReference,
} from '../../workers/fingerprint/fingerprint-file.ts';
import { packConstellation, unpackConstellation } from '../../workers/fingerprint/packed-constellation.ts';
import { referenceRankCount, referenceRanks, weakRank } from '../../workers/fingerprint/parameters.ts';
import { anyConstellation, anyFingerprint } from './arbitrary.ts';

describe.each([referenceRankCount, weakRank + 1])('a packed constellation of %d ranks', (ranks) => {
  const limits = { frameCount: 100_000, maxPeaks: 400, ranks };

  test('gives back what was packed and says how many bytes it had', () => {
    fc.assert(
      fc.property(anyConstellation(limits), fc.uint8Array({ maxLength: 9 }), (constellation, rest) => {
        const packed = packConstellation(constellation, limits.ranks);
        const read = unpackConstellation(
          Buffer.concat([packed, rest]),
          constellation.frames.length,
          limits.frameCount,
          limits.ranks,
        );
        expect(read).toEqual({ constellation, bytesRead: packed.length });
      }),
    );
  });

  test('cut short anywhere gives nothing', () => {
    fc.assert(
      fc.property(anyConstellation({ ...limits, frameCount: 200, maxPeaks: 10 }), (constellation) => {
        const packed = packConstellation(constellation, limits.ranks);
        for (let length = 0; length < packed.length; length++) {
          const read = unpackConstellation(
            packed.subarray(0, length),
            constellation.frames.length,
            limits.frameCount,
            limits.ranks,
          );
          expect(read).toBeUndefined();
        }
      }),
      { numRuns: 50 },
    );
  });

  test('reaches across a silence of hours', () => {
    const frames = Uint32Array.of(0, 1, 4 * 3600 * 50);
    const constellation = { frames, steps: Uint16Array.of(1, 2, 3), ranks: Uint8Array.of(0, 1, 2) };
    const packed = packConstellation(constellation, limits.ranks);
    expect(unpackConstellation(packed, 3, 4 * 3600 * 50, limits.ranks)?.constellation).toEqual(constellation);
    expect(unpackConstellation(packed, 3, 4 * 3600 * 50 - 1, limits.ranks)).toBeUndefined();
  });
});

describe('thinning to a reference', () => {
  test('keeps the salient peaks of the one window, in order, with ranks two by two, and nothing else changes', () => {
    fc.assert(
      fc.property(anyFingerprint(), (fingerprint) => {
        const thinned = thinToReference(fingerprint);
        const { otherWindows: _, ...rest } = fingerprint;
        expect({ ...thinned, density: 0, constellation: 0 }).toEqual({
          ...rest,
          density: 0,
          constellation: 0,
        });
        expect(thinned.density).toBe('reference');
        const { frames, steps, ranks } = fingerprint.constellation;
        const shared = fingerprint.density === 'query' ? 2 : 1;
        const kept = [...ranks.keys()].filter((i) => (ranks[i] as number) < referenceRanks);
        expect([...thinned.constellation.frames]).toEqual(kept.map((i) => frames[i]));
        expect([...thinned.constellation.steps]).toEqual(kept.map((i) => steps[i]));
        expect([...thinned.constellation.ranks]).toEqual(
          kept.map((i) => Math.floor((ranks[i] as number) / shared)),
        );
      }),
    );
  });

  test('a second time changes nothing, and what comes out can be written', () => {
    fc.assert(
      fc.property(anyFingerprint(), (fingerprint) => {
        const thinned = thinToReference(fingerprint);
        expect(thinToReference(thinned)).toEqual(thinned);
        expect(decodeFingerprint(encodeFingerprint(thinned))).toEqual(thinned);
      }),
    );
  });
});
