/**
 * A catalog in this process: references from fingerprint files, and synthetic recordings among them, in segments as
 * the index holds them after its merges. No database, no threads: what a bench sees is matching alone.
 */
import {
  encodeFingerprint,
  type Fingerprint,
  thinToReference,
} from '../../workers/fingerprint/fingerprint-file.ts';
import { frameMs } from '../../workers/fingerprint/parameters.ts';
import { buildSegment } from '../../workers/index/build-segment.ts';
import { openSegment } from '../../workers/index/segment.ts';
import type { SearchedSegment } from '../../workers/match/searched-segment.ts';
import type { NewReference } from '../../workers/protocol.ts';
import { openProgress } from '../report/progress.ts';
import { syntheticFingerprint, syntheticSeed } from '../synthetic/fingerprint-files.ts';

export type Named = { readonly name: string; readonly fingerprint: Fingerprint };

export type Catalog = {
  readonly segments: readonly SearchedSegment[];
  readonly realRecordings: number;
  readonly syntheticRecordings: number;
  readonly seconds: number;
  readonly bytes: number;
  /** A reference's name; synthetic ones have names of their own. */
  nameOf(referenceId: string): string;
};

/** Recordings of one segment: an index that has merged holds few and large ones. */
const recordingsInSegment = 50_000;

/** Which synthetic recordings: `seed` and `count` say them all. */
export type Synthetic = { readonly count: number; readonly seed: number };

/**
 * The real recordings are spread over the segments, not kept in one of their own: a search reads so many postings of
 * each segment, and theirs must stand in the same crowd as everybody's.
 */
export function buildCatalog(real: readonly Named[], { count, seed }: Synthetic): Catalog {
  const sources = real.map(({ fingerprint }) => thinToReference(fingerprint).constellation);
  const total = real.length + count;
  const segmentCount = Math.max(1, Math.ceil(total / recordingsInSegment));
  const segments: SearchedSegment[] = [];
  const progress = openProgress('building the catalog', total);
  for (let s = 0; s < segmentCount; s++) {
    const members: NewReference[] = [];
    for (let i = s; i < total; i += segmentCount) {
      const fingerprint =
        real[i]?.fingerprint ?? syntheticFingerprint(sources, syntheticSeed(seed, i - real.length));
      members.push(newReference(fingerprint, i));
      progress.step('');
    }
    segments.push({
      segment: openSegment(buildSegment(members)),
      tombstones: new Uint8Array(members.length),
    });
  }
  progress.end();
  return {
    segments,
    realRecordings: real.length,
    syntheticRecordings: count,
    seconds: segments.reduce((sum, { segment }) => sum + (segment.timelineFrames * frameMs) / 1000, 0),
    bytes: segments.reduce((sum, { segment }) => sum + segment.bytes.byteLength, 0),
    nameOf(referenceId) {
      const index = Number.parseInt(referenceId.slice(-12), 16);
      return real[index]?.name ?? `synthetic-${String(index - real.length).padStart(7, '0')}`;
    },
  };
}

function newReference(fingerprint: Fingerprint, index: number): NewReference {
  return {
    referenceId: `00000000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`,
    position: index,
    fingerprint: encodeFingerprint({ ...thinToReference(fingerprint), descriptors: new Uint8Array(0) }),
  };
}
