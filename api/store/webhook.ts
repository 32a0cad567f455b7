/** Webhooks: where a party wants to be told of events. What of an event goes there is in webhook-delivery.ts. */
import {
  bigint,
  boolean,
  bytea,
  computed,
  nullable,
  oneOf,
  type RowOf,
  text,
  texts,
  timestamptz,
  uuid,
} from './columns.ts';
import type { Connections } from './connections.ts';
import { type Queryable, statement } from './statement.ts';

export const disabledReasons = ['by_party', 'failing', 'gone'] as const;

const listed = {
  webhook_id: uuid,
  party_id: uuid,
  url: text,
  description: text,
  event_types: texts,
  created_at: timestamptz,
  updated_at: timestamptz,
  /** Until when messages are signed with the secret before the last rotation too. */
  previous_secret_until: nullable(timestamptz),
  failing_since: nullable(timestamptz),
  disabled_at: nullable(timestamptz),
  disabled_reason: nullable(oneOf(...disabledReasons)),
};
const inserted = {
  webhook_id: uuid,
  party_id: uuid,
  url: text,
  description: text,
  event_types: texts,
  secret: bytea,
  created_at: timestamptz,
};
const one = { webhook_id: uuid, party_id: nullable(uuid) };
const updated = {
  ...one,
  url: text,
  description: text,
  event_types: texts,
  is_enabled: boolean,
  updated_at: timestamptz,
};
const rotated = {
  ...one,
  secret: bytea,
  previous_secret_until: nullable(timestamptz),
  updated_at: timestamptz,
};

export type WebhookRow = RowOf<typeof listed>;

const insertStatement = statement('insert-webhook', { parameters: inserted });
const lockStatement = statement('lock-party-webhooks', {
  parameters: { party_id: uuid },
  columns: { locked: computed(text) },
});
const countStatement = statement('count-party-webhooks', {
  parameters: { party_id: uuid },
  columns: { count: computed(bigint) },
});
const findStatement = statement('find-webhook', { parameters: one, columns: listed });
const listStatement = statement('list-webhooks', {
  parameters: { party_id: nullable(uuid), after_webhook_id: nullable(uuid), limit: bigint },
  columns: listed,
});
const updateStatement = statement('update-webhook', { parameters: updated, columns: { webhook_id: uuid } });
const rotateStatement = statement('rotate-webhook-secret', {
  parameters: rotated,
  columns: { webhook_id: uuid },
});
const deleteStatement = statement('delete-webhook', { parameters: one, columns: { webhook_id: uuid } });

type OneWebhook = RowOf<typeof one>;

/** Undefined, and nothing done, where the party has so many already. */
export const insertWebhook = (
  connections: Connections,
  { maxWebhooks, ...webhook }: RowOf<typeof inserted> & { readonly maxWebhooks: number },
): Promise<WebhookRow | undefined> =>
  connections.transaction(async (on) => {
    await lockStatement.get(on, webhook);
    if ((await countStatement.get(on, webhook)).count >= maxWebhooks) return undefined;
    await insertStatement.all(on, webhook);
    return await findStatement.find(on, webhook);
  });

export const findWebhook = (on: Queryable, which: OneWebhook): Promise<WebhookRow | undefined> =>
  findStatement.find(on, which);

/** In the order they were made in. */
export const listWebhooks = (
  on: Queryable,
  page: {
    readonly partyId: string | undefined;
    readonly afterWebhookId: string | undefined;
    readonly limit: number;
  },
): Promise<WebhookRow[]> => listStatement.all(on, page);

/** Undefined where there is no such webhook. */
export const updateWebhook = (
  connections: Connections,
  change: RowOf<typeof updated>,
): Promise<WebhookRow | undefined> =>
  connections.transaction(async (on) => {
    await updateStatement.find(on, change);
    return await findStatement.find(on, change);
  });

/** Undefined where there is no such webhook. */
export const rotateWebhookSecret = (
  connections: Connections,
  rotation: RowOf<typeof rotated>,
): Promise<WebhookRow | undefined> =>
  connections.transaction(async (on) => {
    await rotateStatement.find(on, rotation);
    return await findStatement.find(on, rotation);
  });

/** False where there is no such webhook. */
export const deleteWebhook = async (on: Queryable, which: OneWebhook): Promise<boolean> =>
  (await deleteStatement.find(on, which)) !== undefined;
