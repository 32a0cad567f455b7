import {
  bigint,
  boolean,
  bytea,
  byteas,
  computed,
  integer,
  integers,
  nullable,
  oneOf,
  outer,
  type RowOf,
  text,
  texts,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import { type Queryable, statement } from './statement.ts';

const referenceStatuses = [
  'received',
  'fingerprinting',
  'clearing',
  'active',
  'on_hold',
  'inactive',
] as const;
const eligibilities = ['identify_only', 'claim_eligible'] as const;
export type Eligibility = (typeof eligibilities)[number];

const listed = {
  recording_id: uuid,
  reference_id: uuid,
  status: oneOf(...referenceStatuses),
  status_reason: nullable(text),
  eligibility: oneOf(...eligibilities),
  audio_sha256: bytea,
  algorithm: text,
  parameter_version: integer,
  duration_ms: integer,
  peak_count: integer,
  created_at: timestamptz,
};
export type ReferenceRow = RowOf<typeof listed>;

/** What is stored of a fingerprint. */
export type StoredFingerprint = {
  readonly algorithm: string;
  readonly parameterVersion: number;
  readonly audioSha256: Uint8Array;
  readonly durationMs: number;
  readonly peakCount: number;
  /** A fingerprint file's bytes, without the descriptors. */
  readonly constellation: Uint8Array;
  readonly descriptors: Uint8Array;
};

const found = { reference_id: uuid, duration_ms: integer };
const locked = { reference_id: uuid, duration_ms: outer(integer) };

export const insertReferences = statement('insert-references', {
  parameters: { reference_ids: uuids, party_ids: uuids, audio_sha256: byteas, eligibilities: texts },
  columns: { reference_id: uuid },
});
export const lockReferenceByAudio = statement('lock-reference-by-audio', {
  parameters: { party_id: uuid, audio_sha256: bytea },
  columns: locked,
});
export const lockReference = statement('lock-reference', {
  parameters: { reference_id: uuid },
  columns: { reference_id: uuid },
});
export const deleteUnlinkedReference = statement('delete-unlinked-reference', {
  parameters: { reference_id: uuid },
  columns: { reference_id: uuid },
});
export const hasReference = statement('has-reference', {
  parameters: { recording_id: uuid },
  columns: { is_there: computed(boolean) },
});
export const findReferenceOfRecording = statement('find-reference-of-recording', {
  parameters: { recording_id: uuid, audio_sha256: bytea },
  columns: found,
});
export const listReferences = statement('list-references', {
  parameters: { recording_ids: uuids },
  columns: listed,
});
const matchable = { reference_id: uuid, duration_ms: integer, constellation: bytea, created_at: timestamptz };
/** `constellation` is a fingerprint file's bytes, reference density. */
export type MatchableFingerprint = RowOf<typeof matchable>;

const matchableStatement = statement('list-matchable-fingerprints', {
  parameters: { recording_id: uuid, limit: bigint },
  columns: matchable,
});
export const listMatchableFingerprints = (
  on: Queryable,
  which: { readonly recordingId: string; readonly limit: number },
): Promise<MatchableFingerprint[]> => matchableStatement.all(on, which);

const scannedStatement = statement('list-scanned-fingerprints', {
  parameters: { scan_id: uuid, recording_id: uuid, limit: bigint },
  columns: {
    reference_id: computed(uuid),
    duration_ms: computed(integer),
    constellation: computed(bytea),
    created_at: computed(timestamptz),
  },
});
/** The same of a recording that a scan of the caller's named, whoever registered it. */
export const listScannedFingerprints = (
  on: Queryable,
  which: { readonly scanId: string; readonly recordingId: string; readonly limit: number },
): Promise<MatchableFingerprint[]> => scannedStatement.all(on, which);

export const insertRecordingReferences = statement('insert-recording-references', {
  parameters: { party_ids: uuids, recording_ids: uuids, reference_ids: uuids },
});
export const deleteRecordingReferences = statement('delete-recording-references', {
  parameters: { recording_id: uuid },
  columns: { reference_id: uuid },
});
export const insertFingerprints = statement('insert-fingerprints', {
  parameters: {
    reference_ids: uuids,
    party_ids: uuids,
    algorithms: texts,
    parameter_versions: integers,
    audio_sha256: byteas,
    duration_ms: integers,
    peak_counts: integers,
    constellations: byteas,
    descriptors: byteas,
  },
});

const matchedReference = {
  reference_id: computed(uuid),
  party_id: computed(uuid),
  eligibility: computed(oneOf(...eligibilities)),
  duration_ms: computed(integer),
};
export type MatchedReferenceRow = RowOf<typeof matchedReference>;

const listMatchedStatement = statement('list-matched-references', {
  parameters: { reference_ids: uuids },
  columns: matchedReference,
});
/** Of references that matched, whosever they are; one that is gone by now is not among them. */
export const listMatchedReferences = (
  on: Queryable,
  referenceIds: readonly string[],
): Promise<MatchedReferenceRow[]> => listMatchedStatement.all(on, { referenceIds });
