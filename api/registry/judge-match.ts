/** What follows from a recording found in an upload, as it is kept: facts, outcome by territory, claims and who claims not. */
import { v7 as uuidv7 } from 'uuid';
import type { MatchSegment } from '../../workers/protocol.ts';
import { type Claim, type ClaimEntry, stepClaim } from '../rules/claim-machine.ts';
import { claimsOfMatch, type RaisedClaim } from '../rules/claims-of-match.ts';
import { describeOutcomes } from '../rules/describe-outcome.ts';
import { type MatchFacts, matchFacts } from '../rules/match-facts.ts';
import type { DeadlineDays } from '../rules/state-machine.ts';
import { scopeOf, type TerritorySet } from '../rules/territory.ts';
import { territoryOutcomes } from '../rules/territory-outcome.ts';
import type { NewClaim } from '../store/claim.ts';
import type { MatchedRecordingRow } from '../store/recording.ts';
import type { MatchedReferenceRow } from '../store/reference.ts';
import type { NewSubmissionMatch } from '../store/submission.ts';
import { stakeOf } from './claim-stake.ts';
import type {
  FactsView,
  OutcomeView,
  PartView,
  RecordingName,
  TerritoriesView,
  UnclaimedView,
  UploadView,
} from './claim-view.ts';
import type { OwnedRecording, OwnedRecordings } from './owned-recordings.ts';
import { describeSegment } from './scan-upload.ts';

const system = { role: 'system', partyId: null, onBehalfOf: null } as const;

export type FoundMatch = {
  readonly recording: MatchedRecordingRow;
  readonly reference: MatchedReferenceRow;
  readonly segments: readonly MatchSegment[];
  readonly owned: OwnedRecording;
  readonly allowlistedBy: ReadonlySet<string>;
};

export type UploadFound = {
  readonly submissionId: string;
  readonly reporterId: string;
  readonly upload: UploadView;
  readonly at: Date;
  readonly days: DeadlineDays<'potential' | 'disputed' | 'appealed'>;
  /** The upload was submitted before, and a retroscan found this in it. */
  readonly isPast?: boolean;
};

export type JudgedMatch = {
  readonly match: NewSubmissionMatch;
  readonly claims: readonly { readonly row: NewClaim; readonly entry: ClaimEntry }[];
};

export function judgeMatch(
  found: FoundMatch,
  on: UploadFound,
  { policyOf, names }: Pick<OwnedRecordings, 'policyOf' | 'names'>,
): JudgedMatch {
  const { recording, reference, segments, owned, allowlistedBy } = found;
  const { recordingId } = recording;
  const facts = matchFacts({
    segments,
    uploadMs: on.upload.duration_ms,
    referenceMs: reference.durationMs,
    contentType: on.upload.content_type,
  });
  const input = {
    facts,
    ownerships: owned.ownerships,
    policyOf: (partyId: string) => policyOf(partyId, recordingId),
    allowlistedBy,
    eligibility: reference.eligibility,
  };
  const outcomes = territoryOutcomes(input);
  const reasons = describeOutcomes(outcomes, (partyId) => names.get(partyId) ?? partyId);
  const { claims, unclaimed } = claimsOfMatch(input);
  const what = {
    submissionId: on.submissionId,
    recordingId,
    referenceId: reference.referenceId,
    recording: {
      recording_id: recordingId,
      external_id: recording.externalId,
      title: recording.title ?? null,
      artist: recording.artist ?? null,
    } satisfies RecordingName,
    segments: segments.map(describeSegment),
    facts: describeFacts(facts),
  };
  return {
    match: {
      submissionMatchId: uuidv7(),
      partyId: on.reporterId,
      ...what,
      outcomes: outcomes.map(
        ({ territories, action, review }, index): OutcomeView => ({
          territories: describeTerritories(territories),
          action,
          review: [...review],
          reason: reasons[index] as string,
        }),
      ),
      unclaimed: unclaimed.map(
        ({ partyId, territories, because }): UnclaimedView => ({
          party_id: partyId,
          territories: describeTerritories(territories),
          because,
        }),
      ),
    },
    claims: claims.map((claim) => {
      const { subject, entry } = raise(claim, on);
      const row: NewClaim = {
        claimId: uuidv7(),
        partyId: claim.partyId,
        reporterId: on.reporterId,
        ...what,
        referencePartyId: reference.partyId,
        raisedAs: claim.state,
        action: claim.action,
        review: claim.review,
        territories: describeTerritories(claim.territories),
        parts: claim.parts.map(describePart),
        upload: on.upload,
        stake: stakeOf({ ...claim, matchSeconds: facts.matchSeconds }),
        ...derivedOf(subject),
      };
      return { row, entry };
    }),
  };
}

/** What a row repeats of what its history gives. */
export function derivedOf<S extends string>(subject: {
  readonly state: S;
  readonly enteredAtMs: number;
  readonly deadlineAtMs: number | null;
  readonly entryCount: number;
}) {
  return {
    state: subject.state,
    enteredAt: new Date(subject.enteredAtMs),
    deadlineAt: subject.deadlineAtMs === null ? undefined : new Date(subject.deadlineAtMs),
    version: subject.entryCount,
  };
}

function raise({ partyId, action, state, review }: RaisedClaim, { at, days, isPast }: UploadFound) {
  const match = isPast === true ? 'A match in a past upload, found by a retroscan' : 'A match';
  const reason =
    state === 'active' ? `${match}.` : `${match} that a person has to look at: ${review.join(', ')}.`;
  const event = {
    type: state === 'active' ? ('raise' as const) : ('route' as const),
    actor: system,
    reason,
    atMs: at.getTime(),
    detail: { claimantPartyId: partyId, action },
  };
  return stepClaim(null, event, days) satisfies { readonly subject: Claim; readonly entry: ClaimEntry };
}

export function describeTerritories(territories: TerritorySet): TerritoriesView {
  const { include, exclude } = scopeOf(territories);
  return { ...(include ? { include: [...include] } : {}), ...(exclude ? { exclude: [...exclude] } : {}) };
}

function describePart({ territories, say, review }: RaisedClaim['parts'][number]): PartView {
  const { policy } = say;
  return {
    territories: describeTerritories(territories),
    action: say.action,
    because: say.because,
    policy: policy && { policy_id: policy.policyId, version: policy.version, name: policy.name },
    rule_number: say.ruleNumber,
    review: [...review],
  };
}

function describeFacts(facts: MatchFacts): FactsView {
  return {
    match_seconds: facts.matchSeconds,
    percent_of_upload: facts.percentOfUpload,
    percent_of_reference: facts.percentOfReference,
    false_match_probability: facts.falseMatchProbability,
    transforms: [...facts.transforms],
  };
}
