/** Rows of reports: flat, with the same names in NDJSON and as columns of CSV. */
import { type Static, Type } from 'typebox';
import { claimStates } from '../rules/claim-machine.ts';
import { disputeStates } from '../rules/dispute-machine.ts';
import { actions } from '../rules/policy-document.ts';
import { disputeReasons } from '../rules/state-machine.ts';
import type {
  ChallengedPrecisionRow,
  ReportedClaimRow,
  ReportedDisputeRow,
  ReportedMatchRow,
} from '../store/report.ts';
import {
  type FactsView,
  nullable,
  type RecordingName,
  type TerritoriesView,
  type UnclaimedView,
  type UploadView,
} from './claim-view.ts';

const uuid = Type.String({ format: 'uuid' });
const time = Type.String({ format: 'date-time' });
const texts = Type.Array(Type.String());

const Upload = {
  submission_id: uuid,
  platform: Type.String({ examples: ['Tube'] }),
  upload_external_id: Type.String({ examples: ['upload-77'] }),
  url: nullable(Type.String()),
  account: nullable(Type.String()),
};
const Recording = {
  recording_id: uuid,
  recording_external_id: Type.String({ examples: ['catalog-000123'] }),
  title: nullable(Type.String()),
  artist: nullable(Type.String()),
};
const Facts = {
  match_seconds: Type.Number({ examples: [29.5] }),
  percent_of_upload: Type.Number({ examples: [49.2] }),
  percent_of_reference: Type.Number({ examples: [10.4] }),
  false_match_probability: Type.Number({ examples: [1e-12] }),
};
const Sides = {
  party_id: Type.String({ format: 'uuid', description: 'The claimant.' }),
  party: Type.String({ examples: ['Harbour Records'] }),
  reporter_id: Type.String({ format: 'uuid', description: 'Who reported the upload.' }),
  reporter: Type.String({ examples: ['Tube'] }),
};

export const ReportedClaim = Type.Object({
  raised_at: time,
  claim_id: uuid,
  raised_as: Type.Enum(['active', 'potential']),
  ...Sides,
  ...Upload,
  ...Recording,
  state: Type.Enum([...claimStates], { description: 'As it is now.' }),
  entered_at: Type.String({ format: 'date-time', description: 'Since when it is in its state.' }),
  deadline_at: nullable(time),
  action: Type.Enum([...actions]),
  territories_include: texts,
  territories_exclude: texts,
  ...Facts,
});
export type ReportedClaim = Static<typeof ReportedClaim>;

export const ReportedDispute = Type.Object({
  opened_at: time,
  dispute_id: uuid,
  claim_id: uuid,
  ...Sides,
  platform: Upload.platform,
  upload_external_id: Upload.upload_external_id,
  url: Upload.url,
  account: Upload.account,
  ...Recording,
  dispute_reason: Type.Enum([...disputeReasons]),
  state: Type.Enum([...disputeStates], { description: 'As it is now.' }),
  entered_at: time,
  deadline_at: nullable(time),
  claim_state: Type.Enum([...claimStates]),
  action: Type.Enum([...actions]),
});
export type ReportedDispute = Static<typeof ReportedDispute>;

export const ReportedMatch = Type.Object({
  matched_at: time,
  submission_match_id: uuid,
  reporter_id: Sides.reporter_id,
  reporter: Sides.reporter,
  ...Upload,
  ...Recording,
  ...Facts,
  transforms: texts,
  segment_count: Type.Integer(),
  claim_count: Type.Integer({ description: 'How many parties claim it.' }),
  unclaimed_because: { ...texts, description: 'Why it is not claimed by others, or in some territories.' },
});
export type ReportedMatch = Static<typeof ReportedMatch>;

export const ChallengedPrecision = Type.Object({
  party_id: Sides.party_id,
  party: Sides.party,
  claim_count: Type.Integer({ description: 'Raised in the period.' }),
  disputed_count: Type.Integer({ description: 'Of these, ever disputed.' }),
  fallen_count: Type.Integer({ description: 'Of the disputed: released or expired.' }),
  stood_count: Type.Integer({
    description: 'Of the disputed: reinstated, backed by a notice, or the dispute was withdrawn.',
  }),
  pending_count: Type.Integer({ description: 'Of the disputed: waiting for the claimant.' }),
  fallen_share: nullable(
    Type.Number({ minimum: 0, maximum: 1, examples: [0.25] }),
    'Of the disputed claims that are decided, those that fell; null where none is decided.',
  ),
});
export type ChallengedPrecision = Static<typeof ChallengedPrecision>;

export function describeReportedClaim(row: ReportedClaimRow): ReportedClaim {
  const { include = [], exclude = [] } = row.territories as TerritoriesView;
  return {
    raised_at: row.raisedAt.toISOString(),
    claim_id: row.claimId,
    raised_as: row.raisedAs,
    ...sidesOf(row),
    submission_id: row.submissionId,
    ...uploadOf(row.upload as UploadView),
    ...recordingOf(row.recording as RecordingName),
    state: row.state,
    entered_at: row.enteredAt.toISOString(),
    deadline_at: row.deadlineAt?.toISOString() ?? null,
    action: row.action,
    territories_include: include,
    territories_exclude: exclude,
    ...factsOf(row.facts as FactsView),
  };
}

export function describeReportedDispute(row: ReportedDisputeRow): ReportedDispute {
  return {
    opened_at: row.openedAt.toISOString(),
    dispute_id: row.disputeId,
    claim_id: row.claimId,
    ...sidesOf(row),
    ...uploadOf(row.upload as UploadView),
    ...recordingOf(row.recording as RecordingName),
    dispute_reason: row.disputeReason,
    state: row.state,
    entered_at: row.enteredAt.toISOString(),
    deadline_at: row.deadlineAt?.toISOString() ?? null,
    claim_state: row.claimState,
    action: row.action,
  };
}

export function describeReportedMatch(row: ReportedMatchRow): ReportedMatch {
  const facts = row.facts as FactsView;
  const because = (row.unclaimed as UnclaimedView[]).map((one) => one.because);
  return {
    matched_at: row.matchedAt.toISOString(),
    submission_match_id: row.submissionMatchId,
    reporter_id: row.reporterId,
    reporter: row.reporter,
    submission_id: row.submissionId,
    platform: row.platform,
    upload_external_id: row.uploadExternalId,
    url: row.url ?? null,
    account: row.account ?? null,
    ...recordingOf(row.recording as RecordingName),
    ...factsOf(facts),
    transforms: facts.transforms,
    segment_count: (row.segments as unknown[]).length,
    claim_count: row.claimCount,
    unclaimed_because: [...new Set(because)],
  };
}

export function describePrecision(row: ChallengedPrecisionRow): ChallengedPrecision {
  const decidedCount = row.fallenCount + row.stoodCount;
  const share = Math.round((row.fallenCount / decidedCount) * 10_000) / 10_000;
  return {
    party_id: row.partyId,
    party: row.party,
    claim_count: row.claimCount,
    disputed_count: row.disputedCount,
    fallen_count: row.fallenCount,
    stood_count: row.stoodCount,
    pending_count: row.pendingCount,
    fallen_share: decidedCount === 0 ? null : share,
  };
}

function sidesOf(row: ReportedClaimRow | ReportedDisputeRow) {
  const { partyId, party, reporterId, reporter } = row;
  return { party_id: partyId, party, reporter_id: reporterId, reporter };
}

function uploadOf({ platform, external_id, url, account }: UploadView) {
  return { platform, upload_external_id: external_id, url, account };
}

function recordingOf({ recording_id, external_id, title, artist }: RecordingName) {
  return { recording_id, recording_external_id: external_id, title, artist };
}

function factsOf(facts: FactsView) {
  const { match_seconds, percent_of_upload, percent_of_reference, false_match_probability } = facts;
  return { match_seconds, percent_of_upload, percent_of_reference, false_match_probability };
}
