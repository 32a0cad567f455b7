/** What submissions sounded like, in the order they were kept in: what a new reference is looked for in. */
import { bigint, bytea, computed, nullable, oneOf, type RowOf, text, timestamptz, uuid } from './columns.ts';
import { type Queryable, statement } from './statement.ts';
import { submissionContentTypes } from './submission.ts';

const kept = {
  submission_id: uuid,
  party_id: uuid,
  index_position: bigint,
  bytes: bytea,
  created_at: timestamptz,
};
export type NewSubmissionFingerprint = RowOf<typeof kept>;

const replayed = {
  bytes: bytea,
  submission_id: uuid,
  party_id: uuid,
  platform: text,
  external_id: text,
  url: nullable(text),
  account: nullable(text),
  title: nullable(text),
  content_type: nullable(oneOf(...submissionContentTypes)),
};
/** A past submission, to be scanned again. */
export type ReplayedSubmissionRow = RowOf<typeof replayed>;

const read = { position: bigint, submission_id: uuid, bytes: bytea };
const listed = { submission_id: uuid, position: bigint };
const head = { position: bigint, oldest_position: computed(bigint) };

const insertStatement = statement('insert-submission-fingerprint', {
  parameters: kept,
  columns: { position: bigint },
});
const findStatement = statement('find-submission-fingerprint', {
  parameters: { submission_id: uuid, kept_after: timestamptz },
  columns: replayed,
});
const submittedStatement = statement('find-submitted-fingerprint', {
  parameters: { scan_id: uuid, kept_after: timestamptz },
  columns: { bytes: bytea },
});
const readStatement = statement('read-submission-fingerprints', {
  parameters: { after: bigint, limit: bigint, max_bytes: bigint },
  columns: read,
});
const listStatement = statement('list-kept-submissions', {
  parameters: { after: bigint, until: bigint, limit: bigint },
  columns: listed,
});
const headStatement = statement('read-submission-head', { parameters: {}, columns: head });
const deleteExpiredStatement = statement('delete-expired-submission-fingerprints', {
  parameters: { kept_after: timestamptz, limit: bigint },
  columns: { submission_id: uuid },
});

/** Only as the last statement of a transaction: every other submission waits for its commit. */
export const insertSubmissionFingerprint = async (
  on: Queryable,
  fingerprint: NewSubmissionFingerprint,
): Promise<void> => {
  await insertStatement.all(on, fingerprint);
};

/** Undefined once it is over its time, whether it is deleted already or not. */
export const findReplayedSubmission = (
  on: Queryable,
  which: { readonly submissionId: string; readonly keptAfter: Date },
): Promise<ReplayedSubmissionRow | undefined> => findStatement.find(on, which);

/** What was submitted with a scan; undefined once it is over its time. */
export const findSubmittedFingerprint = async (
  on: Queryable,
  which: { readonly scanId: string; readonly keptAfter: Date },
): Promise<Uint8Array | undefined> => (await submittedStatement.find(on, which))?.bytes;

/** Those after a position, in order. */
export const readSubmissionFingerprints = (
  on: Queryable,
  from: { readonly after: number; readonly limit: number; readonly maxBytes: number },
): Promise<RowOf<typeof read>[]> => readStatement.all(on, from);

/** Without what they sounded like; those after a position and up to another, in order. */
export const listKeptSubmissions = (
  on: Queryable,
  which: { readonly after: number; readonly until: number; readonly limit: number },
): Promise<RowOf<typeof listed>[]> => listStatement.all(on, which);

/** The last position taken, and the first that is still kept: one more where none is. */
export const submissionHead = (on: Queryable): Promise<RowOf<typeof head>> => headStatement.get(on, {});

/** Hands how many were forgotten, at most `limit`. */
export const forgetSubmissionFingerprints = async (
  on: Queryable,
  which: { readonly keptAfter: Date; readonly limit: number },
): Promise<number> => (await deleteExpiredStatement.all(on, which)).length;
