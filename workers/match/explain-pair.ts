/** One upload and one reference, opened for as many searches as an explanation takes. */
import type { Constellation } from '../fingerprint/constellation.ts';
import { decodeFingerprint } from '../fingerprint/fingerprint-file.ts';
import { buildSegment } from '../index/build-segment.ts';
import { openSegment } from '../index/segment.ts';
import type { PeakLookup } from './peak-lookup.ts';
import type { SearchedSegment } from './searched-segment.ts';
import { type UploadViews, viewUpload } from './upload-views.ts';

/** The one reference is nobody else's: its id never leaves here. */
const onlyReferenceId = '00000000-0000-7000-8000-000000000000';

export type Pair = {
  readonly bytes: Uint8Array;
  readonly durationMs: number;
  readonly upload: PeakLookup;
  readonly views: UploadViews;
  readonly reference: Constellation;
  readonly searched: SearchedSegment;
  readonly indexFrames: number;
};

export function openPair(bytes: Uint8Array, reference: Uint8Array, indexFrames: number): Pair {
  const fingerprint = decodeFingerprint(bytes);
  const views = viewUpload(fingerprint);
  const segment = openSegment(
    buildSegment([{ referenceId: onlyReferenceId, position: 1, fingerprint: reference }]),
  );
  return {
    bytes,
    durationMs: fingerprint.durationMs,
    upload: views.standard,
    views,
    reference: decodeFingerprint(reference).constellation,
    searched: { segment, tombstones: new Uint8Array(1) },
    indexFrames,
  };
}
