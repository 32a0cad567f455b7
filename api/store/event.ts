/** Events: what happened that a party is to hear of. They are appended to, never changed. */
import { v7 as uuidv7 } from 'uuid';
import { bigint, computed, jsonb, nullable, text, timestamptz, uuid } from './columns.ts';
import { type Queryable, statement } from './statement.ts';

/** Every type of event. Whoever has a webhook says which of them it is for. */
export const eventTypes = [
  'claim.raised',
  'claim.routed',
  'claim.confirmed',
  'claim.disputed',
  'claim.dispute_withdrawn',
  'claim.reinstated',
  'claim.escalated',
  'claim.appealed',
  'claim.appeal_withdrawn',
  'claim.released',
  'claim.released_and_excluded',
  'claim.taken_down',
  'claim.expired',
  'dispute.opened',
  'dispute.escalated',
  'dispute.stated',
  'dispute.counter_stated',
  'dispute.rejected',
  'dispute.appealed',
  'dispute.upheld',
  'dispute.upheld_and_excluded',
  'dispute.overruled',
  'dispute.lapsed',
  'dispute.withdrawn',
  'dispute.appeal_withdrawn',
  'ownership_conflict.opened',
  'ownership_conflict.resolved',
  'retroscan.finished',
  'webhook.disabled',
  'webhook.test',
] as const;
export type RegistryEventType = (typeof eventTypes)[number];

export type NewEvent = {
  /** Who is to hear of it, whoever did it. */
  readonly partyId: string;
  readonly type: RegistryEventType;
  /** At most 64 KiB as JSON. Another party's data is in it only where that party may see it. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** By the clock of the context. */
  readonly createdAt: Date;
};

const appendStatement = statement('append-event', {
  parameters: {
    event_id: uuid,
    party_id: uuid,
    type: text,
    payload: jsonb,
    created_at: timestamptz,
    webhook_id: nullable(uuid),
  },
  columns: { delivery_count: computed(bigint) },
});
const forgetStatement = statement('delete-old-events', {
  parameters: { before: timestamptz, limit: bigint },
  columns: { event_id: uuid },
});

/**
 * The one way to say that something happened. Called in the transaction that makes it so, under whatever session that
 * runs: the event and its deliveries are there with the commit, or neither is. Hands the event's id.
 */
export async function appendEvent(on: Queryable, event: NewEvent, webhookId?: string): Promise<string> {
  const { partyId, type, payload, createdAt } = event;
  const eventId = uuidv7({ msecs: createdAt.getTime() });
  await appendStatement.get(on, { eventId, partyId, type, payload, createdAt, webhookId });
  return eventId;
}

/** Hands how many were forgotten, at most `limit`. */
export const forgetEvents = async (
  on: Queryable,
  which: { readonly before: Date; readonly limit: number },
): Promise<number> => (await forgetStatement.all(on, which)).length;
