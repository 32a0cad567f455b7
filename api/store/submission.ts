import {
  bigint,
  boolean,
  bytea,
  computed,
  jsonb,
  nullable,
  oneOf,
  type RowOf,
  text,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import { type Queryable, statement } from './statement.ts';

export const submissionContentTypes = ['audio', 'video', 'short_video', 'live_stream'] as const;

const inserted = {
  submission_id: uuid,
  party_id: uuid,
  platform: text,
  external_id: text,
  url: nullable(text),
  account: nullable(text),
  title: nullable(text),
  content_type: nullable(oneOf(...submissionContentTypes)),
  audio_sha256: bytea,
  scan_id: uuid,
};
const found = { ...inserted, created_at: timestamptz };
export type NewSubmission = RowOf<typeof inserted>;
export type SubmissionRow = RowOf<typeof found>;

const insertedMatch = {
  submission_match_id: uuid,
  party_id: uuid,
  submission_id: uuid,
  recording_id: uuid,
  reference_id: uuid,
  recording: jsonb,
  segments: jsonb,
  facts: jsonb,
  outcomes: jsonb,
  unclaimed: jsonb,
};
const foundMatch = { ...insertedMatch, created_at: timestamptz };
export type NewSubmissionMatch = RowOf<typeof insertedMatch>;
export type SubmissionMatchRow = RowOf<typeof foundMatch>;

const insertStatement = statement('insert-submission', {
  parameters: inserted,
  columns: { submission_id: uuid },
});
const findStatement = statement('find-submission', {
  parameters: { submission_id: uuid, party_id: nullable(uuid) },
  columns: found,
});
const findByExternalIdStatement = statement('find-submission-by-external-id', {
  parameters: { party_id: uuid, platform: text, external_id: text },
  columns: found,
});
const listStatement = statement('list-submissions', {
  parameters: {
    party_id: nullable(uuid),
    platform: nullable(text),
    account: nullable(text),
    after_submission_id: nullable(uuid),
    limit: bigint,
  },
  columns: found,
});
const insertMatchStatement = statement('insert-submission-match', { parameters: insertedMatch });
const keepReplayedStatement = statement('keep-replayed-match', {
  parameters: insertedMatch,
  columns: { is_new: computed(boolean) },
});
const listMatchesStatement = statement('list-submission-matches', {
  parameters: { submission_ids: uuids },
  columns: foundMatch,
});

const isFoundStatement = statement('is-found-in-submission', {
  parameters: { scan_id: uuid, recording_id: uuid },
  columns: { is_found: computed(boolean) },
});

/** False where the party has reported the same upload before: then nothing is done. */
export const insertSubmission = async (on: Queryable, submission: NewSubmission): Promise<boolean> =>
  (await insertStatement.find(on, submission)) !== undefined;

export const findSubmission = (
  on: Queryable,
  which: { readonly submissionId: string; readonly partyId: string | undefined },
): Promise<SubmissionRow | undefined> => findStatement.find(on, which);

export const findSubmissionByExternalId = (
  on: Queryable,
  which: { readonly partyId: string; readonly platform: string; readonly externalId: string },
): Promise<SubmissionRow | undefined> => findByExternalIdStatement.find(on, which);

/** In the order they were made in. */
export const listSubmissions = (
  on: Queryable,
  page: {
    readonly partyId: string | undefined;
    readonly platform: string | undefined;
    readonly account: string | undefined;
    readonly afterSubmissionId: string | undefined;
    readonly limit: number;
  },
): Promise<SubmissionRow[]> => listStatement.all(on, page);

export const insertSubmissionMatch = async (on: Queryable, match: NewSubmissionMatch): Promise<void> => {
  await insertMatchStatement.all(on, match);
};

/** Of a past submission; where the recording was found in it before, that match now says what this one does. */
export const keepReplayedMatch = async (on: Queryable, match: NewSubmissionMatch): Promise<boolean> =>
  (await keepReplayedStatement.get(on, match)).isNew;

export const listSubmissionMatches = (
  on: Queryable,
  submissionIds: readonly string[],
): Promise<SubmissionMatchRow[]> => listMatchesStatement.all(on, { submissionIds });

/** Whether a recording was found in what was submitted with a scan. */
export const isFoundInSubmission = async (
  on: Queryable,
  which: { readonly scanId: string; readonly recordingId: string },
): Promise<boolean> => (await isFoundStatement.get(on, which)).isFound;
