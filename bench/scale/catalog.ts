/**
 * A catalog of any size that need not be in memory: synthetic recordings by their number (`synthetic/recordings.ts`), and
 * the real ones spread evenly among them. An index follows it as it follows the feed of a registry.
 */
import type { FollowedFeed } from '../../api/registry/index-follower.ts';
import {
  decodeFingerprint,
  encodeFingerprint,
  type Fingerprint,
  thinToReference,
} from '../../workers/fingerprint/fingerprint-file.ts';
import type { Named } from '../in-process/catalog.ts';
import { syntheticFingerprint, syntheticSeed } from '../synthetic/fingerprint-files.ts';

export type ScaleCatalog = {
  readonly recordings: number;
  /** Fingerprint file's bytes, at reference density. */
  fingerprintOf(index: number): Uint8Array<ArrayBuffer>;
  /** A real recording's name; undefined of a synthetic one. */
  nameOf(index: number): string | undefined;
};

export function openCatalog(real: readonly Named[], recordings: number, seed: number): ScaleCatalog {
  if (recordings < real.length)
    throw new Error(`${real.length} real recordings are planted, received a catalog of ${recordings}`);
  const thinned = real.map(({ fingerprint }) => thinToReference(fingerprint));
  const sources = thinned.map(({ constellation }) => constellation);
  const planted = new Map(real.map((_, i) => [Math.floor(((i + 0.5) * recordings) / real.length), i]));
  const made = (index: number): Fingerprint => {
    const own = planted.get(index);
    return own === undefined
      ? syntheticFingerprint(sources, syntheticSeed(seed, index))
      : (thinned[own] as Fingerprint);
  };
  return {
    recordings,
    fingerprintOf: (index) => encodeFingerprint({ ...made(index), descriptors: new Uint8Array(0) }),
    nameOf: (index) => {
      const own = planted.get(index);
      return own === undefined ? undefined : real[own]?.name;
    },
  };
}

/** Bytes of a fingerprint for each second of audio, of recordings evenly spread over the catalog. */
export function fingerprintBytesPerSecond({ recordings, fingerprintOf }: ScaleCatalog): number {
  const sample = Array.from({ length: Math.min(1000, recordings) }, (_, i) =>
    fingerprintOf(Math.floor((i * recordings) / Math.min(1000, recordings))),
  );
  const ms = sample.reduce((sum, fingerprint) => sum + decodeFingerprint(fingerprint).durationMs, 0);
  return (1000 * sample.reduce((sum, { length }) => sum + length, 0)) / ms;
}

export const catalogRegistryId = '00000000-0000-4000-8000-000000000000';
const idPrefix = '00000000-0000-7000-8000-';
export const referenceIdOf = (index: number) => `${idPrefix}${index.toString(16).padStart(12, '0')}`;
export const indexOfReference = (id: string) => Number.parseInt(id.slice(idPrefix.length), 16);

/** Position p is recording p − 1. */
export function catalogFeed(catalog: ScaleCatalog): FollowedFeed {
  return {
    registryId: () => Promise.resolve(catalogRegistryId),
    feedHead: () => Promise.resolve(catalog.recordings),
    listExcludedIntervals: () => Promise.resolve([]),
    listenToFeed: () => Promise.resolve(() => Promise.resolve()),
    readFeed: ({ after, limit, maxBytes = Number.POSITIVE_INFINITY }) => {
      const entries = [];
      let bytes = 0;
      for (let i = after; i < Math.min(after + limit, catalog.recordings) && bytes < maxBytes; i++) {
        const constellation = catalog.fingerprintOf(i);
        bytes += constellation.length;
        const position = i + 1;
        const referenceId = referenceIdOf(i);
        entries.push({
          kind: 'register' as const,
          position,
          referenceId,
          durationMs: undefined,
          constellation,
        });
      }
      return Promise.resolve(entries);
    },
  };
}
