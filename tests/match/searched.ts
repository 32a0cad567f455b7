/** A catalog in memory to be searched, and the answers in words that tests compare. */
import {
  decodeFingerprint,
  encodeFingerprint,
  type Fingerprint,
} from '../../workers/fingerprint/fingerprint-file.ts';
import { parameterVersion } from '../../workers/fingerprint/parameters.ts';
import { buildSegment } from '../../workers/index/build-segment.ts';
import { openSegment, segmentReference } from '../../workers/index/segment.ts';
import { matchUpload } from '../../workers/match/match-upload.ts';
import type { SearchedSegment } from '../../workers/match/searched-segment.ts';
import type { MatchAnswer, MatchSegment, NewReference, TransformSet } from '../../workers/protocol.ts';
import { asReference, type FingerprintedFile } from '../fingerprint/bundled-fingerprints.ts';
import { fingerprintOf } from '../fingerprint/synthesis.ts';
import { referenceIdOf } from '../index/references.ts';

export type FoundSegment = MatchSegment & { readonly externalId: string };

export class SearchedCatalog {
  readonly references: readonly NewReference[];
  readonly #externalIds: ReadonlyMap<string, string>;

  constructor(files: readonly Pick<FingerprintedFile, 'externalId' | 'fingerprint'>[]) {
    this.references = files.map(({ externalId, fingerprint }, i) => ({
      referenceId: referenceIdOf(externalId),
      position: i + 1,
      fingerprint: encodeFingerprint(asReference(fingerprint)),
    }));
    this.#externalIds = new Map(files.map(({ externalId }) => [referenceIdOf(externalId), externalId]));
  }

  /** In segments of so many references each; those removed are there still, under tombstones. */
  segments(
    sizes: readonly number[] = [this.references.length],
    removed: readonly string[] = [],
  ): SearchedSegment[] {
    const ids = new Set(removed.map((externalId) => referenceIdOf(externalId)));
    let at = 0;
    return sizes.map((size) => {
      const segment = openSegment(buildSegment(this.references.slice(at, at + size)));
      at += size;
      const tombstones = new Uint8Array(segment.referenceCount);
      for (let i = 0; i < tombstones.length; i++) {
        tombstones[i] = ids.has(segmentReference(segment, i).referenceId) ? 1 : 0;
      }
      return { segment, tombstones };
    });
  }

  search(
    upload: Uint8Array,
    segments: readonly SearchedSegment[] = this.segments(),
    transforms: TransformSet = 'none',
  ): FoundSegment[] {
    return this.describe(matchUpload(upload, segments, { transforms }));
  }

  /** In the order of the upload. */
  describe({ matches }: MatchAnswer): FoundSegment[] {
    return matches
      .flatMap(({ referenceId, segments }) =>
        segments.map((segment) => ({ externalId: this.#externalIds.get(referenceId) as string, ...segment })),
      )
      .sort((a, b) => a.queryStartMs - b.queryStartMs || (a.externalId < b.externalId ? -1 : 1));
  }
}

/** An upload made of samples. */
export function uploadOf(samples: Float32Array, sampleRateHz: number): Uint8Array<ArrayBuffer> {
  const { constellation, descriptors, durationMs } = fingerprintOf(samples, sampleRateHz);
  const fingerprint: Fingerprint = {
    parameterVersion,
    density: 'query',
    durationMs,
    audioSha256: new Uint8Array(32),
    constellation,
    descriptors,
  };
  const bytes = encodeFingerprint(fingerprint);
  decodeFingerprint(bytes);
  return bytes;
}
