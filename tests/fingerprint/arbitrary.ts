/** Any constellation and any fingerprint that keep their laws, for properties. */
import fc from 'fast-check';
import type { Constellation } from '../../workers/fingerprint/constellation.ts';
import { descriptorBytes } from '../../workers/fingerprint/descriptor-bytes.ts';
import type { Density, Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import {
  frameMs,
  parameterVersion,
  referenceRankCount,
  stepCount,
  weakRank,
} from '../../workers/fingerprint/parameters.ts';
import { seededRandom } from '../support/synthetic-fingerprint.ts';

/** In order of time, then frequency; no two peaks share both. */
export function anyConstellation(limits: {
  readonly frameCount: number;
  readonly maxPeaks: number;
  readonly ranks: number;
}): fc.Arbitrary<Constellation> {
  const places = fc.uniqueArray(fc.nat(limits.frameCount * stepCount - 1), { maxLength: limits.maxPeaks });
  return fc.tuple(places, fc.integer()).map(([found, seed]) => {
    const sorted = found.toSorted((a, b) => a - b);
    const random = seededRandom(seed);
    return {
      frames: Uint32Array.from(sorted, (place) => Math.floor(place / stepCount)),
      steps: Uint16Array.from(sorted, (place) => place % stepCount),
      ranks: Uint8Array.from(sorted, () => Math.floor(random() * limits.ranks)),
    };
  });
}

export function anyFingerprint(maxPeaks = 300): fc.Arbitrary<Fingerprint> {
  return fc
    .record({
      density: fc.constantFrom<Density>('query', 'reference'),
      durationMs: fc.integer({ min: 4000, max: 4 * 3_600_000 }),
      audioSha256: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      descriptorSeconds: fc.nat(5),
    })
    .chain(({ descriptorSeconds, ...rest }) => {
      const asked = anyConstellation({
        frameCount: Math.floor(rest.durationMs / frameMs),
        maxPeaks,
        ranks: weakRank + 1,
      });
      const required = {
        parameterVersion: fc.constant(parameterVersion),
        density: fc.constant(rest.density),
        durationMs: fc.constant(rest.durationMs),
        audioSha256: fc.constant(rest.audioSha256),
        constellation: anyConstellation({
          frameCount: Math.floor(rest.durationMs / frameMs),
          maxPeaks,
          ranks: rest.density === 'query' ? weakRank + 1 : referenceRankCount,
        }),
        descriptors: fc.uint8Array({
          minLength: descriptorSeconds * descriptorBytes,
          maxLength: descriptorSeconds * descriptorBytes,
        }),
      };
      return rest.density === 'reference'
        ? fc.record(required)
        : fc.record(
            { ...required, otherWindows: fc.record({ short: asked, long: asked }) },
            { requiredKeys: Object.keys(required) as (keyof typeof required)[] },
          );
    });
}
