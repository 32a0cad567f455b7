import { disputeStates } from '../rules/dispute-machine.ts';
import { disputeReasons } from '../rules/state-machine.ts';
import { bigint, integer, nullable, oneOf, type RowOf, timestamptz, uuid } from './columns.ts';
import { historyColumns, type NewEvent } from './history.ts';
import { type Queryable, statement } from './statement.ts';

const state = oneOf(...disputeStates);
const columns = {
  dispute_id: uuid,
  claim_id: uuid,
  party_id: uuid,
  reporter_id: uuid,
  dispute_reason: oneOf(...disputeReasons),
  state,
  entered_at: timestamptz,
  deadline_at: nullable(timestamptz),
  version: integer,
};
export type DisputeRow = RowOf<typeof columns>;

/** What the history gives. */
const derived = {
  dispute_id: uuid,
  state,
  entered_at: timestamptz,
  deadline_at: nullable(timestamptz),
  version: integer,
};
const event = { dispute_id: uuid, ...historyColumns };
export type DisputeEventRow = RowOf<typeof event>;

const insertStatement = statement('insert-dispute', { parameters: columns });
const findStatement = statement('find-dispute', {
  parameters: { dispute_id: uuid, party_id: nullable(uuid) },
  columns,
});
const listStatement = statement('list-disputes', {
  parameters: {
    party_id: nullable(uuid),
    state: nullable(state),
    claim_id: nullable(uuid),
    after_dispute_id: nullable(uuid),
    limit: bigint,
  },
  columns,
});
const findOfClaimStatement = statement('find-dispute-of-claim', { parameters: { claim_id: uuid }, columns });
const updateStatement = statement('update-dispute', { parameters: derived });
const insertEventStatement = statement('insert-dispute-event', { parameters: event });
const listEventsStatement = statement('list-dispute-events', {
  parameters: { dispute_id: uuid },
  columns: event,
});

export const insertDispute = async (on: Queryable, dispute: DisputeRow): Promise<void> => {
  await insertStatement.all(on, dispute);
};

export const findDispute = (
  on: Queryable,
  which: { readonly disputeId: string; readonly partyId: string | undefined },
): Promise<DisputeRow | undefined> => findStatement.find(on, which);

/** In the order they were opened in. */
export const listDisputes = (
  on: Queryable,
  page: {
    readonly partyId: string | undefined;
    readonly state: DisputeRow['state'] | undefined;
    readonly claimId: string | undefined;
    readonly afterDisputeId: string | undefined;
    readonly limit: number;
  },
): Promise<DisputeRow[]> => listStatement.all(on, page);

/** The one that is not over. Lock the claim first: nobody changes a dispute without. */
export const findDisputeOfClaim = (on: Queryable, claimId: string): Promise<DisputeRow | undefined> =>
  findOfClaimStatement.find(on, { claimId });

export const updateDispute = async (on: Queryable, now: RowOf<typeof derived>): Promise<void> => {
  await updateStatement.all(on, now);
};

export const insertDisputeEvent = async (
  on: Queryable,
  entry: NewEvent & { readonly disputeId: string },
): Promise<void> => {
  await insertEventStatement.all(on, entry);
};

export const listDisputeEvents = (on: Queryable, disputeId: string): Promise<DisputeEventRow[]> =>
  listEventsStatement.all(on, { disputeId });
