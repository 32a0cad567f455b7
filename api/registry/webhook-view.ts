/** Webhooks and their deliveries as they are shown: over HTTP, and by `earmark webhook`. */
import { type Static, Type } from 'typebox';
import { eventTypes } from '../store/event.ts';
import { disabledReasons, type WebhookRow } from '../store/webhook.ts';
import { type DeliveryRow, deliveryStates } from '../store/webhook-delivery.ts';

export { eventTypes } from '../store/event.ts';
export { type DeliveryState, deliveryStates } from '../store/webhook-delivery.ts';

const time = Type.String({ format: 'date-time' });
const nullableTime = (description: string) => Type.Union([time, Type.Null()], { description });

export const WebhookView = Type.Object({
  webhook_id: Type.String({ format: 'uuid' }),
  party_id: Type.String({ format: 'uuid' }),
  url: Type.String({ examples: ['https://hooks.example.com/earmark'] }),
  description: Type.String({ examples: ['Claims into our queue'] }),
  event_types: Type.Array(Type.String(), { description: 'None: of every type.', examples: [[]] }),
  state: Type.Enum(['enabled', 'disabled']),
  disabled_reason: Type.Union([Type.Enum([...disabledReasons]), Type.Null()], {
    description: '`failing`: nothing arrived for days. `gone`: it answered 410.',
  }),
  disabled_at: nullableTime('Since when it is told nothing.'),
  failing_since: nullableTime('Since when nothing has arrived, where the last attempt failed.'),
  previous_secret_until: nullableTime(
    'Until when messages are signed with the secret before the rotation too.',
  ),
  created_at: time,
  updated_at: time,
});
export type WebhookView = Static<typeof WebhookView>;

export const DeliveryView = Type.Object({
  event_id: Type.String({ format: 'uuid', description: 'The `webhook-id` of the message.' }),
  type: Type.Enum([...eventTypes]),
  created_at: Type.String({ format: 'date-time', description: 'When it happened.' }),
  state: Type.Enum([...deliveryStates], {
    description: '`dead`: given up after the last attempt; it can be replayed.',
  }),
  attempt_count: Type.Integer({ description: 'Since it was last replayed.' }),
  next_attempt_at: nullableTime('Where it is pending.'),
  last_attempt_at: nullableTime('When it was last tried.'),
  last_status: Type.Union([Type.Integer(), Type.Null()], { description: 'What the receiver answered.' }),
  last_error: Type.Union([Type.String(), Type.Null()], { examples: ['answered 503'] }),
  delivered_at: nullableTime('When the receiver answered 2xx.'),
});
export type DeliveryView = Static<typeof DeliveryView>;

const iso = (date: Date | undefined) => date?.toISOString() ?? null;

export function describeWebhook(row: WebhookRow): WebhookView {
  return {
    webhook_id: row.webhookId,
    party_id: row.partyId,
    url: row.url,
    description: row.description,
    event_types: [...row.eventTypes],
    state: row.disabledAt === undefined ? 'enabled' : 'disabled',
    disabled_reason: row.disabledReason ?? null,
    disabled_at: iso(row.disabledAt),
    failing_since: iso(row.failingSince),
    previous_secret_until: iso(row.previousSecretUntil),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

export function describeDelivery(row: DeliveryRow): DeliveryView {
  return {
    event_id: row.eventId,
    type: row.type as DeliveryView['type'],
    created_at: row.createdAt.toISOString(),
    state: row.state,
    attempt_count: row.attemptCount,
    next_attempt_at: row.state === 'pending' ? row.nextAttemptAt.toISOString() : null,
    last_attempt_at: iso(row.lastAttemptAt),
    last_status: row.lastStatus ?? null,
    last_error: row.lastError ?? null,
    delivered_at: iso(row.deliveredAt),
  };
}
