/** What of an event has gone, is to go, or never went to a webhook. */
import {
  bigint,
  bytea,
  computed,
  integer,
  jsonb,
  nullable,
  oneOf,
  type RowOf,
  text,
  timestamptz,
  uuid,
} from './columns.ts';
import type { Connections } from './connections.ts';
import { appendEvent } from './event.ts';
import { type Queryable, statement } from './statement.ts';

export const deliveryStates = ['pending', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

const listed = {
  event_id: uuid,
  type: text,
  created_at: timestamptz,
  state: oneOf(...deliveryStates),
  attempt_count: integer,
  next_attempt_at: timestamptz,
  last_attempt_at: nullable(timestamptz),
  last_status: nullable(integer),
  last_error: nullable(text),
  delivered_at: nullable(timestamptz),
};
const due = { event_id: uuid, type: text, payload: jsonb, created_at: timestamptz, attempt_count: integer };
const target = {
  webhook_id: uuid,
  party_id: uuid,
  url: text,
  secret: bytea,
  previous_secret: nullable(bytea),
  previous_secret_until: nullable(timestamptz),
};
const delivered = { webhook_id: uuid, event_id: uuid, now: timestamptz, status: integer };
const failed = {
  webhook_id: uuid,
  event_id: uuid,
  now: timestamptz,
  status: nullable(integer),
  error: text,
  next_attempt_at: nullable(timestamptz),
};

export type DeliveryRow = RowOf<typeof listed>;
export type DueDelivery = RowOf<typeof due>;
export type WebhookTarget = RowOf<typeof target>;

const listStatement = statement('list-webhook-deliveries', {
  parameters: {
    webhook_id: uuid,
    state: nullable(text),
    before_event_id: nullable(uuid),
    limit: bigint,
  },
  columns: listed,
});
const replayStatement = statement('replay-webhook-deliveries', {
  parameters: {
    webhook_id: uuid,
    event_id: nullable(uuid),
    since: timestamptz,
    now: timestamptz,
    limit: bigint,
  },
  columns: { event_id: uuid },
});
const dueWebhooksStatement = statement('list-due-webhooks', {
  parameters: { now: timestamptz, limit: bigint },
  columns: { webhook_id: uuid },
});
const dueStatement = statement('list-due-deliveries', {
  parameters: { webhook_id: uuid, now: timestamptz, limit: bigint },
  columns: due,
});
const targetStatement = statement('find-webhook-target', {
  parameters: { webhook_id: uuid },
  columns: target,
});
const deliveredStatement = statement('record-webhook-delivered', { parameters: delivered });
const failedStatement = statement('record-webhook-failed', { parameters: failed });
const answeredStatement = statement('note-webhook-answered', { parameters: { webhook_id: uuid } });
const failingStatement = statement('note-webhook-failing', {
  parameters: { webhook_id: uuid, now: timestamptz },
  columns: { failing_since: nullable(timestamptz) },
});
const disableStatement = statement('disable-webhook', {
  parameters: { webhook_id: uuid, now: timestamptz, reason: text },
  columns: { party_id: uuid, url: text },
});
const countStatement = statement('count-webhook-deliveries', {
  parameters: {},
  columns: { pending: computed(bigint), dead: computed(bigint) },
});

/** Newest event first. */
export const listWebhookDeliveries = (
  on: Queryable,
  page: {
    readonly webhookId: string;
    readonly state: DeliveryState | undefined;
    readonly beforeEventId: string | undefined;
    readonly limit: number;
  },
): Promise<DeliveryRow[]> => listStatement.all(on, page);

/** Hands how many will be delivered again. */
export const replayWebhookDeliveries = async (
  on: Queryable,
  which: {
    readonly webhookId: string;
    readonly eventId: string | undefined;
    readonly since: Date;
    readonly now: Date;
    readonly limit: number;
  },
): Promise<number> => (await replayStatement.all(on, which)).length;

/** Webhooks that are on, to which something is due. */
export const listDueWebhooks = async (
  on: Queryable,
  ask: { readonly now: Date; readonly limit: number },
): Promise<string[]> => (await dueWebhooksStatement.all(on, ask)).map(({ webhookId }) => webhookId);

/** What has waited longest first. */
export const listDueDeliveries = (
  on: Queryable,
  ask: { readonly webhookId: string; readonly now: Date; readonly limit: number },
): Promise<DueDelivery[]> => dueStatement.all(on, ask);

/** Undefined where it is off or gone. */
export const findWebhookTarget = (on: Queryable, webhookId: string): Promise<WebhookTarget | undefined> =>
  targetStatement.find(on, { webhookId });

export const recordWebhookDelivered = (
  connections: Connections,
  delivery: RowOf<typeof delivered>,
): Promise<void> =>
  connections.transaction(async (on) => {
    await deliveredStatement.all(on, delivery);
    await answeredStatement.all(on, delivery);
  });

/**
 * Says that an attempt failed. Where nothing has arrived since before `disableBefore`, or the receiver says that it is
 * gone for good, the webhook is turned off in the same transaction, and that is an event for its party.
 */
export const recordWebhookFailed = (
  connections: Connections,
  failure: RowOf<typeof failed> & { readonly disableBefore: Date; readonly isGone: boolean },
): Promise<void> =>
  connections.transaction(async (on) => {
    const { webhookId, now, disableBefore, isGone } = failure;
    await failedStatement.all(on, failure);
    const failing = await failingStatement.find(on, failure);
    const isOver = failing?.failingSince !== undefined && failing.failingSince <= disableBefore;
    if (!isGone && !isOver) return;
    const reason = isGone ? 'gone' : 'failing';
    const disabled = await disableStatement.find(on, { webhookId, now, reason });
    if (!disabled) return;
    const payload = { webhook_id: webhookId, url: disabled.url, reason };
    await appendEvent(on, {
      partyId: disabled.partyId,
      type: 'webhook.disabled',
      payload,
      createdAt: now,
    });
  });

/** Of all parties: to be made still, and failed for good. */
export const countWebhookDeliveries = (
  on: Queryable,
): Promise<{ readonly pending: number; readonly dead: number }> => countStatement.get(on, {});
