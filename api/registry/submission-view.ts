/** A submission as it is shown: what was found in it, what follows by territory, and what holds now. */
import { type Static, Type } from 'typebox';
import { claimStates } from '../rules/claim-machine.ts';
import { enforcedActions } from '../rules/enforced-actions.ts';
import { contentTypes } from '../rules/match-facts.ts';
import { actions } from '../rules/policy-document.ts';
import { reviewReasons } from '../rules/review-thresholds.ts';
import { resolveTerritories } from '../rules/territory.ts';
import type { ClaimRow } from '../store/claim.ts';
import type { SubmissionMatchRow, SubmissionRow } from '../store/submission.ts';
import {
  FactsView,
  nullable,
  OutcomeView,
  type PartView,
  RecordingName,
  TerritoriesView,
  UnclaimedView,
} from './claim-view.ts';
import { describeTerritories } from './judge-match.ts';
import { SegmentView } from './scan-answer.ts';

const uuid = Type.String({ format: 'uuid' });

const RaisedClaimView = Type.Object({
  claim_id: uuid,
  party_id: Type.String({ format: 'uuid', description: 'The claimant.' }),
  party: Type.String({ examples: ['Harbour Records'] }),
  state: Type.Enum([...claimStates]),
  action: Type.Enum([...actions]),
  territories: TerritoriesView,
  review: Type.Array(Type.Enum([...reviewReasons])),
  deadline_at: nullable(Type.String({ format: 'date-time' })),
});

const SubmissionMatchView = Type.Object({
  recording: RecordingName,
  segments: Type.Array(SegmentView),
  facts: FactsView,
  outcomes: Type.Array(OutcomeView, {
    description:
      'Of each territory, with the reason, as it was when the match was made: when all is confirmed.',
  }),
  claims: Type.Array(RaisedClaimView, { description: 'As they are now.' }),
  unclaimed: Type.Array(UnclaimedView, { description: 'Who does not claim it, where and why.' }),
  enforced: Type.Array(Type.Object({ territories: TerritoriesView, action: Type.Enum([...actions]) }), {
    description: 'What holds now in each territory, the claims being as they are.',
  }),
});

export const SubmissionView = Type.Object({
  submission_id: uuid,
  platform: Type.String({ examples: ['Tube'] }),
  external_id: Type.String({ examples: ['upload-77'] }),
  url: nullable(Type.String()),
  account: nullable(Type.String()),
  title: nullable(Type.String()),
  content_type: nullable(Type.Enum([...contentTypes])),
  scan_id: Type.String({ format: 'uuid', description: 'Its scan, which can be explained.' }),
  matches: Type.Array(SubmissionMatchView, {
    description: 'Best first. Empty: nothing registered was found.',
  }),
  created_at: Type.String({ format: 'date-time' }),
});
export type SubmissionView = Static<typeof SubmissionView>;

export function describeSubmission(
  row: SubmissionRow,
  matches: readonly SubmissionMatchRow[],
  claims: readonly ClaimRow[],
): SubmissionView {
  return {
    submission_id: row.submissionId,
    platform: row.platform,
    external_id: row.externalId,
    url: row.url ?? null,
    account: row.account ?? null,
    title: row.title ?? null,
    content_type: row.contentType ?? null,
    scan_id: row.scanId,
    matches: matches.map((match) =>
      describeMatch(
        match,
        claims.filter(({ recordingId }) => recordingId === match.recordingId),
      ),
    ),
    created_at: row.createdAt.toISOString(),
  };
}

function describeMatch(
  match: SubmissionMatchRow,
  claims: readonly ClaimRow[],
): Static<typeof SubmissionMatchView> {
  const enforced = enforcedActions(
    claims.map(({ state, parts }) => ({
      state,
      parts: (parts as PartView[]).map(({ territories, action }) => ({
        territories: resolveTerritories(territories),
        action,
      })),
    })),
  );
  return {
    recording: match.recording as Static<typeof RecordingName>,
    segments: match.segments as Static<typeof SegmentView>[],
    facts: match.facts as Static<typeof FactsView>,
    outcomes: match.outcomes as Static<typeof OutcomeView>[],
    claims: claims.map((claim) => ({
      claim_id: claim.claimId,
      party_id: claim.partyId,
      party: claim.claimant,
      state: claim.state,
      action: claim.action,
      territories: claim.territories as Static<typeof TerritoriesView>,
      review: claim.review as Static<typeof RaisedClaimView>['review'],
      deadline_at: claim.deadlineAt?.toISOString() ?? null,
    })),
    unclaimed: match.unclaimed as Static<typeof UnclaimedView>[],
    enforced: enforced.map(({ territories, action }) => ({
      territories: describeTerritories(territories),
      action,
    })),
  };
}
