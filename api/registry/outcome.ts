/** What would happen to an upload in each territory, and why: of a match in a scan, or of one that is only thought of. */
import { type Static, Type } from 'typebox';
import type { Scoped } from '../context.ts';
import { describeOutcomes } from '../rules/describe-outcome.ts';
import {
  type ContentType,
  contentTypes,
  type MatchFacts,
  matchFacts,
  type Transform,
  transforms,
} from '../rules/match-facts.ts';
import { actions } from '../rules/policy-document.ts';
import { reviewReasons } from '../rules/review-thresholds.ts';
import { territoryOutcomes } from '../rules/territory-outcome.ts';
import { noRecording } from './get-recording.ts';
import { getScan } from './get-scan.ts';
import { type OwnedRecording, openOwnedRecordings } from './owned-recordings.ts';
import { writtenScope } from './recorded-rights.ts';
import { getRegistrant } from './rights.ts';
import { nullable, Territories } from './rights-view.ts';
import type { SegmentView } from './scan-answer.ts';

const Facts = Type.Object({
  match_seconds: Type.Number(),
  percent_of_upload: Type.Number(),
  percent_of_reference: Type.Number(),
  false_match_probability: Type.Number(),
  transforms: Type.Array(Type.Enum([...transforms])),
  content_type: nullable(Type.Enum([...contentTypes]), 'As the platform says.'),
});

export const OutcomeView = Type.Object({
  recording_id: Type.String({ format: 'uuid' }),
  scan_id: nullable(Type.String({ format: 'uuid' }), 'The scan whose match this is about.'),
  facts: Facts,
  outcomes: Type.Array(
    Type.Object({
      territories: Territories,
      action: Type.Enum([...actions], { examples: ['block'] }),
      review: Type.Array(Type.Enum([...reviewReasons]), {
        description: 'Why a person looks first; empty: nobody has to.',
      }),
      reason: Type.Enum(['no_owner', 'identify_only', 'conflict', 'owners']),
      because: Type.String({
        description: 'The reason in words.',
        examples: ['DE → block: rule 2 of policy X, version 3; owner is Harbour Records'],
      }),
    }),
    { description: 'Every territory once.' },
  ),
});
export type OutcomeView = Static<typeof OutcomeView>;

export type ThoughtOf = {
  readonly matchSeconds?: number | undefined;
  readonly percentOfUpload?: number | undefined;
  readonly percentOfReference?: number | undefined;
  readonly falseMatchProbability?: number | undefined;
  readonly transform?: Transform | undefined;
};

/** Throws RECORDING_NOT_FOUND, SCAN_NOT_FOUND, TOO_MANY_ASSERTIONS. */
export async function showOutcome(
  context: Scoped,
  ask: {
    readonly recordingId: string;
    /** Of this party only; undefined: of any. */
    readonly partyId: string | undefined;
    /** The match is the one of this scan. */
    readonly scanId?: string | undefined;
    readonly contentType?: ContentType | undefined;
    /** Where there is no scan: what the match would be. All of a whole and certain one, where nothing is said. */
    readonly facts?: ThoughtOf;
  },
): Promise<OutcomeView> {
  const { recordingId, partyId, scanId, contentType = null } = ask;
  const answer = scanId === undefined ? undefined : await getScan(context, { partyId, scanId });
  await getRegistrant(context, { recordingId, scanId });
  const recordings = openOwnedRecordings(context, scanId);
  await recordings.load([recordingId]);
  const recording = recordings.find(recordingId);
  const match = answer?.matches.find((one) => one.recording_id === recordingId);
  if (recording === undefined || (answer && !match)) throw noRecording(recordingId);
  const facts =
    answer && match
      ? factsOf(match.segments, { uploadMs: answer.duration_ms, recording, contentType })
      : thoughtOf(ask.facts ?? {}, recording, contentType);
  const outcomes = territoryOutcomes({
    facts,
    ownerships: recording.ownerships,
    policyOf: (owner) => recordings.policyOf(owner, recordingId),
    // Accounts are the submissions' to know.
    allowlistedBy: new Set(),
    eligibility: recording.eligibility,
  });
  const sentences = describeOutcomes(outcomes, (id) => recordings.names.get(id) ?? id);
  return {
    recording_id: recordingId,
    scan_id: scanId ?? null,
    facts: {
      match_seconds: facts.matchSeconds,
      percent_of_upload: facts.percentOfUpload,
      percent_of_reference: facts.percentOfReference,
      false_match_probability: facts.falseMatchProbability,
      transforms: [...facts.transforms],
      content_type: facts.contentType,
    },
    outcomes: outcomes.map(({ territories, action, review, reason }, index) => ({
      territories: writtenScope(territories),
      action,
      review: [...review],
      reason: reason.kind,
      because: sentences[index] ?? '',
    })),
  };
}

/** Facts of a match as a scan's answer has it. */
export function factsOf(
  segments: readonly SegmentView[],
  of: {
    readonly uploadMs: number;
    readonly recording: OwnedRecording;
    readonly contentType: ContentType | null;
  },
): MatchFacts {
  return matchFacts({
    segments: segments.map((segment) => ({
      queryStartMs: segment.query_start_ms,
      queryEndMs: segment.query_end_ms,
      referenceStartMs: segment.reference_start_ms,
      referenceEndMs: segment.reference_end_ms,
      transform: segment.transform,
      falseMatchProbability: segment.false_match_probability,
    })),
    uploadMs: of.uploadMs,
    referenceMs: of.recording.durationMs,
    contentType: of.contentType,
  });
}

function thoughtOf(
  facts: ThoughtOf,
  { durationMs }: OwnedRecording,
  contentType: ContentType | null,
): MatchFacts {
  return {
    matchSeconds: facts.matchSeconds ?? durationMs / 1000,
    percentOfUpload: facts.percentOfUpload ?? 100,
    percentOfReference: facts.percentOfReference ?? 100,
    falseMatchProbability: facts.falseMatchProbability ?? 0,
    transforms: [facts.transform ?? 'none'],
    contentType,
  };
}
