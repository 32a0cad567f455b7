/**
 * What reports are made of, a page at a time: no transaction is open between two pages, however slowly they are read.
 * A place is an instant as Postgres writes it, finer than a Date: two rows of one millisecond are told apart.
 */
import { claimStates } from '../rules/claim-machine.ts';
import { disputeStates } from '../rules/dispute-machine.ts';
import { actions } from '../rules/policy-document.ts';
import { disputeReasons } from '../rules/state-machine.ts';
import {
  bigint,
  computed,
  jsonb,
  nullable,
  oneOf,
  type RowOf,
  text,
  texts,
  timestamptz,
  uuid,
} from './columns.ts';
import { type Queryable, statement } from './statement.ts';

const asked = {
  party_id: nullable(uuid),
  from: timestamptz,
  to: timestamptz,
  after_place: nullable(text),
  after_id: nullable(uuid),
  limit: bigint,
};
export type ReportPage = RowOf<typeof asked>;

const claimColumns = {
  place: computed(text),
  raised_at: timestamptz,
  claim_id: uuid,
  raised_as: oneOf('active', 'potential'),
  party_id: uuid,
  party: computed(text),
  reporter_id: uuid,
  reporter: computed(text),
  submission_id: uuid,
  upload: jsonb,
  recording: jsonb,
  state: oneOf(...claimStates),
  action: oneOf(...actions),
  territories: jsonb,
  facts: jsonb,
  entered_at: timestamptz,
  deadline_at: nullable(timestamptz),
};
export type ReportedClaimRow = RowOf<typeof claimColumns>;

const disputeColumns = {
  place: computed(text),
  opened_at: timestamptz,
  dispute_id: uuid,
  claim_id: uuid,
  party_id: uuid,
  party: computed(text),
  reporter_id: uuid,
  reporter: computed(text),
  dispute_reason: oneOf(...disputeReasons),
  state: oneOf(...disputeStates),
  entered_at: timestamptz,
  deadline_at: nullable(timestamptz),
  claim_state: oneOf(...claimStates),
  action: oneOf(...actions),
  upload: jsonb,
  recording: jsonb,
};
export type ReportedDisputeRow = RowOf<typeof disputeColumns>;

const matchColumns = {
  place: computed(text),
  matched_at: timestamptz,
  submission_match_id: uuid,
  reporter_id: uuid,
  reporter: computed(text),
  submission_id: uuid,
  platform: text,
  upload_external_id: text,
  url: nullable(text),
  account: nullable(text),
  recording: jsonb,
  segments: jsonb,
  facts: jsonb,
  unclaimed: jsonb,
  claim_count: computed(bigint),
};
export type ReportedMatchRow = RowOf<typeof matchColumns>;

const precisionAsked = {
  party_id: nullable(uuid),
  from: timestamptz,
  to: timestamptz,
  won_by_uploader: texts,
  undecided: texts,
  limit: bigint,
};
const precisionColumns = {
  party_id: uuid,
  party: computed(text),
  claim_count: computed(bigint),
  disputed_count: computed(bigint),
  fallen_count: computed(bigint),
  stood_count: computed(bigint),
  pending_count: computed(bigint),
};
export type ChallengedPrecisionRow = RowOf<typeof precisionColumns>;

const claimsStatement = statement('report-claims', { parameters: asked, columns: claimColumns });
const disputesStatement = statement('report-disputes', { parameters: asked, columns: disputeColumns });
const matchesStatement = statement('report-matches', { parameters: asked, columns: matchColumns });
const precisionStatement = statement('report-challenged-precision', {
  parameters: precisionAsked,
  columns: precisionColumns,
});

export const reportClaims = (on: Queryable, page: ReportPage): Promise<ReportedClaimRow[]> =>
  claimsStatement.all(on, page);

export const reportDisputes = (on: Queryable, page: ReportPage): Promise<ReportedDisputeRow[]> =>
  disputesStatement.all(on, page);

export const reportMatches = (on: Queryable, page: ReportPage): Promise<ReportedMatchRow[]> =>
  matchesStatement.all(on, page);

/** Those with most claims first. */
export const reportChallengedPrecision = (
  on: Queryable,
  ask: RowOf<typeof precisionAsked>,
): Promise<ChallengedPrecisionRow[]> => precisionStatement.all(on, ask);
