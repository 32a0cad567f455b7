/** A claim and a match as they are shown: to the claimant, to who reported the upload, and in the review queue. */
import { type Static, Type } from 'typebox';
import { claimStates } from '../rules/claim-machine.ts';
import { contentTypes, transforms } from '../rules/match-facts.ts';
import { actions } from '../rules/policy-document.ts';
import { reviewReasons } from '../rules/review-thresholds.ts';
import type { ClaimRow } from '../store/claim.ts';
import { SegmentView } from './scan-answer.ts';

export const nullable = <T extends Type.TSchema>(schema: T, description = '') =>
  Type.Union([schema, Type.Null()], description === '' ? {} : { description });
const uuid = Type.String({ format: 'uuid' });
const time = Type.String({ format: 'date-time' });

export const TerritoriesView = Type.Object(
  {
    include: Type.Optional(Type.Array(Type.String(), { examples: [['Worldwide']] })),
    exclude: Type.Optional(Type.Array(Type.String(), { examples: [['US']] })),
  },
  { description: 'ISO 3166-1 alpha-2 codes, or `Worldwide`.' },
);

export const RecordingName = Type.Object({
  recording_id: uuid,
  external_id: Type.String({ examples: ['catalog-000123'] }),
  title: nullable(Type.String()),
  artist: nullable(Type.String()),
});
export type TerritoriesView = Static<typeof TerritoriesView>;
export type RecordingName = Static<typeof RecordingName>;

export const UploadView = Type.Object({
  platform: Type.String({ examples: ['Tube'] }),
  external_id: Type.String({ examples: ['upload-77'] }),
  url: nullable(Type.String()),
  account: nullable(Type.String(), 'Who uploaded it, as the platform calls them.'),
  title: nullable(Type.String()),
  content_type: nullable(Type.Enum([...contentTypes])),
  duration_ms: Type.Integer({ examples: [60_000] }),
});
export type UploadView = Static<typeof UploadView>;

export const FactsView = Type.Object({
  match_seconds: Type.Number({ description: 'How much of the upload is the recording.', examples: [29.5] }),
  percent_of_upload: Type.Number({ examples: [49.2] }),
  percent_of_reference: Type.Number({ examples: [10.4] }),
  false_match_probability: Type.Number({ description: 'Of the most certain segment.', examples: [1e-12] }),
  transforms: Type.Array(Type.Enum([...transforms])),
});
export type FactsView = Static<typeof FactsView>;

export const OutcomeView = Type.Object({
  territories: TerritoriesView,
  action: Type.Enum([...actions]),
  review: Type.Array(Type.Enum([...reviewReasons]), { description: 'Why a person looks first.' }),
  reason: Type.String({
    examples: ['Worldwide → track: rule 1 of policy track, version 1; owner is Harbour'],
  }),
});
export type OutcomeView = Static<typeof OutcomeView>;

export const UnclaimedView = Type.Object({
  party_id: nullable(uuid, 'Null: nobody owns it there.'),
  territories: TerritoriesView,
  because: Type.Enum(['no_owner', 'allowlisted', 'policy_allows', 'identify_only']),
});
export type UnclaimedView = Static<typeof UnclaimedView>;

export const PartView = Type.Object({
  territories: TerritoriesView,
  action: Type.Enum([...actions]),
  because: Type.Enum(['rule', 'no_rule', 'no_policy', 'allowlisted']),
  policy: nullable(Type.Object({ policy_id: Type.String(), version: Type.Integer(), name: Type.String() })),
  rule_number: nullable(Type.Integer()),
  review: Type.Array(Type.Enum([...reviewReasons])),
});
export type PartView = Static<typeof PartView>;

export const ClaimView = Type.Object({
  claim_id: uuid,
  party_id: Type.String({ format: 'uuid', description: 'The claimant.' }),
  party: Type.String({ examples: ['Harbour Records'] }),
  reporter_id: Type.String({ format: 'uuid', description: 'Who reported the upload.' }),
  reporter: Type.String({ examples: ['Tube'] }),
  submission_id: uuid,
  reference_id: uuid,
  recording: RecordingName,
  upload: UploadView,
  segments: Type.Array(SegmentView),
  facts: FactsView,
  state: Type.Enum([...claimStates]),
  action: Type.Enum([...actions], { description: 'The most restrictive of its parts’.' }),
  territories: TerritoriesView,
  parts: Type.Array(PartView),
  review: Type.Array(Type.Enum([...reviewReasons]), {
    description: 'Why a person had to look; empty where it was raised active.',
  }),
  entered_at: Type.String({ format: 'date-time', description: 'Since when it is in its state.' }),
  deadline_at: nullable(time, 'When its state ends by itself.'),
  version: Type.Integer({ description: 'Entries of its history; for `expected_version`.', examples: [1] }),
  stake: Type.Integer({
    description: 'What the review queue is ordered by: action, then territories, then seconds.',
  }),
  taken_until: nullable(time, 'Until when a reviewer has taken it.'),
});
export type ClaimView = Static<typeof ClaimView>;

export function describeClaim(row: ClaimRow): ClaimView {
  return {
    claim_id: row.claimId,
    party_id: row.partyId,
    party: row.claimant,
    reporter_id: row.reporterId,
    reporter: row.reporter,
    submission_id: row.submissionId,
    reference_id: row.referenceId,
    recording: row.recording as RecordingName,
    upload: row.upload as UploadView,
    segments: row.segments as ClaimView['segments'],
    facts: row.facts as FactsView,
    state: row.state,
    action: row.action,
    territories: row.territories as ClaimView['territories'],
    parts: row.parts as PartView[],
    review: row.review as ClaimView['review'],
    entered_at: row.enteredAt.toISOString(),
    deadline_at: row.deadlineAt?.toISOString() ?? null,
    version: row.version,
    stake: row.stake,
    taken_until: row.leasedUntil?.toISOString() ?? null,
  };
}
