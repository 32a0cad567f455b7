/**
 * Delivering what is due. A delivery is a row that says when it is due, and is marked when a receiver has answered: a
 * process that dies between the two leaves it due, and it is sent again under the same id. Nothing else is remembered
 * anywhere, so nothing can be lost; what arrives twice is told by its webhook-id.
 */
import type { StoreContext } from '../context.ts';
import type { DueDelivery, WebhookTarget } from '../store/webhook-delivery.ts';
import { writeMessage } from '../webhooks/message.ts';
import { disableAfterMs, nextAttemptAt } from '../webhooks/retries.ts';
import { sendMessage } from '../webhooks/send-message.ts';

/** Requests to one webhook at once. */
const maxAtOnce = 4;
/** Deliveries read at once. */
const batchSize = 40;
/** After this long others have their turn; what is still due is found again at once. */
const maxTurnMs = 60_000;
const maxErrorCharacters = 300;

export type Stop = {
  /** The server stops: what has begun is finished, nothing else is begun. */
  readonly stopping: AbortSignal;
  /** The job is no longer ours: break off. */
  readonly lost: AbortSignal;
};

/** Makes every attempt that is due to one webhook. */
export async function deliverToWebhook(
  context: StoreContext,
  webhookId: string,
  { stopping, lost }: Stop,
): Promise<void> {
  const { store, clock } = context;
  const turnEnds = performance.now() + maxTurnMs;
  const isOver = () => stopping.aborted || lost.aborted || performance.now() >= turnEnds;
  while (!isOver()) {
    const target = await store.findWebhookTarget(webhookId);
    if (!target) return;
    const due = await store.listDueDeliveries({ webhookId, now: clock.now(), limit: batchSize });
    if (due.length === 0) return;
    const waiting = due.values();
    const sender = async () => {
      for (const delivery of waiting) {
        if (isOver()) return;
        await attempt(context, target, delivery, lost);
      }
    };
    await Promise.all(Array.from({ length: maxAtOnce }, sender));
  }
}

async function attempt(
  { config, store, clock, log }: StoreContext,
  target: WebhookTarget,
  delivery: DueDelivery,
  lost: AbortSignal,
): Promise<void> {
  const { webhookId } = target;
  const { eventId } = delivery;
  const message = writeMessage(delivery, { secrets: secretsInForce(target, clock.now()), now: clock.now() });
  const outcome = await sendMessage(target.url, message, {
    allowPrivate: config.webhookAllowPrivate,
    signal: lost,
  });
  if (lost.aborted) return;
  const now = clock.now();
  if (outcome.isDelivered) {
    await store.recordWebhookDelivered({ webhookId, eventId, now, status: outcome.status });
    return;
  }
  const { status, error } = outcome;
  log.info({ webhookId, eventId, status, error }, 'a webhook was not delivered');
  await store.recordWebhookFailed({
    webhookId,
    eventId,
    now,
    status,
    error: error.slice(0, maxErrorCharacters),
    nextAttemptAt: nextAttemptAt(delivery.attemptCount + 1, now),
    disableBefore: new Date(now.getTime() - disableAfterMs),
    isGone: status === 410,
  });
}

function secretsInForce({ secret, previousSecret, previousSecretUntil }: WebhookTarget, now: Date) {
  const isPast = previousSecretUntil === undefined || previousSecretUntil <= now;
  return previousSecret === undefined || isPast ? [secret] : [secret, previousSecret];
}
