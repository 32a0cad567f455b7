/** What a party asks about its deliveries: a list, a test, and to have some made again. */
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { type Page, pageOf, readCursor } from './page.ts';
import { type DeliveryState, type DeliveryView, describeDelivery } from './webhook-view.ts';
import { getWebhook, type OneWebhook } from './webhooks.ts';

/** Deliveries that are made again by one request. */
export const maxReplayed = 1000;
const theBeginning = new Date(0);

/** Newest event first. Throws WEBHOOK_NOT_FOUND, CURSOR_INVALID. */
export async function listDeliveries(
  context: Scoped,
  which: OneWebhook,
  ask: { readonly state: DeliveryState | undefined; readonly limit: number; readonly cursor?: string },
): Promise<Page<DeliveryView>> {
  const { webhook_id: webhookId } = await getWebhook(context, which);
  const { state, limit, cursor } = ask;
  const page = { webhookId, state, beforeEventId: readCursor(cursor), limit: limit + 1 };
  const rows = await context.store.listWebhookDeliveries(page);
  return pageOf(rows, limit, describeDelivery, (row) => row.eventId);
}

/** An event for this webhook alone, whatever it is for. Hands the event's id. Throws WEBHOOK_NOT_FOUND, WEBHOOK_DISABLED. */
export async function testWebhook(context: Scoped, which: OneWebhook): Promise<string> {
  const { webhook_id: webhookId, party_id: partyId } = await getEnabled(context, which);
  const createdAt = context.clock.now();
  const payload = { webhook_id: webhookId, message: 'A test, asked for by whoever keeps this webhook.' };
  return await context.store.appendEvent({ partyId, type: 'webhook.test', payload, createdAt }, webhookId);
}

/**
 * One event again, delivered or dead; without one, the dead ones from `since` on, oldest first. Hands how many, which
 * is at most `maxReplayed`. Throws WEBHOOK_NOT_FOUND, WEBHOOK_DISABLED.
 */
export async function replayDeliveries(
  context: Scoped,
  which: OneWebhook,
  ask: { readonly eventId?: string | undefined; readonly since?: Date | undefined },
): Promise<number> {
  const { webhook_id: webhookId } = await getEnabled(context, which);
  const { eventId, since = theBeginning } = ask;
  const now = context.clock.now();
  return await context.store.replayWebhookDeliveries({ webhookId, eventId, since, now, limit: maxReplayed });
}

async function getEnabled(context: Scoped, which: OneWebhook) {
  const webhook = await getWebhook(context, which);
  if (webhook.state === 'enabled') return webhook;
  throw new RegistryError('WEBHOOK_DISABLED', 'The webhook is disabled: enable it first.');
}
