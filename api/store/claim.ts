import { claimStates } from '../rules/claim-machine.ts';
import { actions } from '../rules/policy-document.ts';
import { reviewReasons } from '../rules/review-thresholds.ts';
import {
  bigint,
  computed,
  integer,
  jsonb,
  nullable,
  oneOf,
  type RowOf,
  text,
  texts,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import { historyColumns, type NewEvent } from './history.ts';
import { type Queryable, statement } from './statement.ts';

const state = oneOf(...claimStates);
const action = oneOf(...actions);
const inserted = {
  claim_id: uuid,
  party_id: uuid,
  reporter_id: uuid,
  submission_id: uuid,
  recording_id: uuid,
  reference_id: uuid,
  reference_party_id: uuid,
  raised_as: oneOf('active', 'potential'),
  action,
  review: texts,
  territories: jsonb,
  parts: jsonb,
  recording: jsonb,
  upload: jsonb,
  segments: jsonb,
  facts: jsonb,
  stake: bigint,
  state,
  entered_at: timestamptz,
  deadline_at: nullable(timestamptz),
  version: integer,
};
const found = {
  ...inserted,
  leased_by: nullable(uuid),
  leased_until: nullable(timestamptz),
  /** Names of the parties. */
  claimant: computed(text),
  reporter: computed(text),
};
export type NewClaim = RowOf<typeof inserted>;
export type ClaimRow = RowOf<typeof found>;
/** Who is concerned by a claim, and by what. */
export type ClaimSides = Pick<
  NewClaim,
  'claimId' | 'partyId' | 'reporterId' | 'submissionId' | 'recordingId'
>;

/** What the history gives. */
const derived = {
  claim_id: uuid,
  state,
  entered_at: timestamptz,
  deadline_at: nullable(timestamptz),
  version: integer,
};
const event = { claim_id: uuid, ...historyColumns };
export type ClaimEventRow = RowOf<typeof event>;

const reviewFilter = {
  party_id: nullable(uuid),
  review: nullable(oneOf(...reviewReasons)),
  action: nullable(action),
  recording_id: nullable(uuid),
  platform: nullable(text),
};
export type ReviewFilter = RowOf<typeof reviewFilter>;

const insertStatement = statement('insert-claim', { parameters: inserted, columns: { claim_id: uuid } });
const findStatement = statement('find-claim', {
  parameters: { claim_id: uuid, party_id: nullable(uuid) },
  columns: found,
});
const lockStatement = statement('lock-claim', { parameters: { claim_id: uuid }, columns: found });
const listStatement = statement('list-claims', {
  parameters: {
    party_id: nullable(uuid),
    state: nullable(state),
    action: nullable(action),
    recording_id: nullable(uuid),
    submission_id: nullable(uuid),
    after_claim_id: nullable(uuid),
    limit: bigint,
  },
  columns: found,
});
const ofSubmissionsStatement = statement('list-claims-of-submissions', {
  parameters: { submission_ids: uuids },
  columns: found,
});
const queueStatement = statement('list-review-queue', {
  parameters: {
    ...reviewFilter,
    free_at: nullable(timestamptz),
    after_claim_id: nullable(uuid),
    limit: bigint,
  },
  columns: found,
});
const takeManyStatement = statement('take-reviews', {
  parameters: {
    ...reviewFilter,
    now: timestamptz,
    leased_by: uuid,
    leased_until: timestamptz,
    limit: bigint,
  },
  columns: found,
});
const takeStatement = statement('take-claim', {
  parameters: { claim_id: uuid, now: timestamptz, leased_by: uuid, leased_until: timestamptz },
  columns: found,
});
const returnStatement = statement('return-claim', {
  parameters: { claim_id: uuid, leased_by: uuid },
  columns: { claim_id: uuid },
});
const updateStatement = statement('update-claim', { parameters: derived });
const dueStatement = statement('list-due-claims', {
  parameters: { now: timestamptz, limit: bigint },
  columns: { claim_id: uuid },
});
const insertEventStatement = statement('insert-claim-event', { parameters: event });
const listEventsStatement = statement('list-claim-events', {
  parameters: { claim_id: uuid },
  columns: event,
});

/** False where the match raised it before: then nothing is done. */
export const insertClaim = async (on: Queryable, claim: NewClaim): Promise<boolean> =>
  (await insertStatement.find(on, claim)) !== undefined;

type OneClaim = { readonly claimId: string; readonly partyId: string | undefined };

export const findClaim = (on: Queryable, which: OneClaim): Promise<ClaimRow | undefined> =>
  findStatement.find(on, which);

/** Within a transaction, to whose end nobody else changes it. */
export const lockClaim = (on: Queryable, claimId: string): Promise<ClaimRow | undefined> =>
  lockStatement.find(on, { claimId });

export const listClaims = (
  on: Queryable,
  page: {
    readonly partyId: string | undefined;
    readonly state: ClaimRow['state'] | undefined;
    readonly action: ClaimRow['action'] | undefined;
    readonly recordingId: string | undefined;
    readonly submissionId: string | undefined;
    readonly afterClaimId: string | undefined;
    readonly limit: number;
  },
): Promise<ClaimRow[]> => listStatement.all(on, page);

export const listClaimsOfSubmissions = (
  on: Queryable,
  submissionIds: readonly string[],
): Promise<ClaimRow[]> => ofSubmissionsStatement.all(on, { submissionIds });

/** What is most at stake first. With `freeAt`, without what somebody has taken at that instant. */
export const listReviewQueue = (
  on: Queryable,
  page: ReviewFilter & {
    readonly freeAt: Date | undefined;
    readonly afterClaimId: string | undefined;
    readonly limit: number;
  },
): Promise<ClaimRow[]> => queueStatement.all(on, page);

type Lease = { readonly now: Date; readonly leasedBy: string; readonly leasedUntil: Date };

/** Those with most at stake that nobody has taken; in no order. */
export const takeReviews = (
  on: Queryable,
  asked: ReviewFilter & Lease & { readonly limit: number },
): Promise<ClaimRow[]> => takeManyStatement.all(on, asked);

/** Undefined where somebody else has taken it, or it waits for nobody. */
export const takeClaim = (
  on: Queryable,
  asked: Lease & { readonly claimId: string },
): Promise<ClaimRow | undefined> => takeStatement.find(on, asked);

/** False where it was not taken by this key. */
export const returnClaim = async (
  on: Queryable,
  which: { readonly claimId: string; readonly leasedBy: string },
): Promise<boolean> => (await returnStatement.find(on, which)) !== undefined;

export const updateClaim = async (on: Queryable, now: RowOf<typeof derived>): Promise<void> => {
  await updateStatement.all(on, now);
};

/** Ids, the one that is due the longest first, of whichever party: for the service. */
export const listDueClaims = async (
  on: Queryable,
  asked: { readonly now: Date; readonly limit: number },
): Promise<string[]> => (await dueStatement.all(on, asked)).map(({ claimId }) => claimId);

export const insertClaimEvent = async (
  on: Queryable,
  entry: NewEvent & { readonly claimId: string },
): Promise<void> => {
  await insertEventStatement.all(on, entry);
};

export const listClaimEvents = (on: Queryable, claimId: string): Promise<ClaimEventRow[]> =>
  listEventsStatement.all(on, { claimId });
