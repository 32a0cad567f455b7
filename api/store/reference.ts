import {
  bigint,
  boolean,
  bytea,
  computed,
  integer,
  nullable,
  oneOf,
  outer,
  type RowOf,
  text,
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

const storedFingerprint = {
  reference_id: uuid,
  party_id: uuid,
  algorithm: text,
  parameter_version: integer,
  audio_sha256: bytea,
  duration_ms: integer,
  peak_count: integer,
  constellation: bytea,
  descriptors: bytea,
};
/** What is stored of a fingerprint; `constellation` is its encoding without the descriptors. */
export type StoredFingerprint = Omit<RowOf<typeof storedFingerprint>, 'referenceId' | 'partyId'>;

const found = { reference_id: uuid, duration_ms: integer };
const locked = { reference_id: uuid, duration_ms: outer(integer) };

export const insertReference = statement('insert-reference', {
  parameters: {
    reference_id: uuid,
    party_id: uuid,
    audio_sha256: bytea,
    eligibility: oneOf(...eligibilities),
  },
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

export const insertRecordingReference = statement('insert-recording-reference', {
  parameters: { party_id: uuid, recording_id: uuid, reference_id: uuid },
});
export const deleteRecordingReferences = statement('delete-recording-references', {
  parameters: { recording_id: uuid },
  columns: { reference_id: uuid },
});
export const insertFingerprint = statement('insert-fingerprint', { parameters: storedFingerprint });

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
