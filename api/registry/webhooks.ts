/** Webhooks of a party: where it is told of events. Their secrets are shown when they are made, and never again. */
import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { makeSecret, showSecret } from '../webhooks/message.ts';
import { readTarget, resolveTarget, TargetRefused } from '../webhooks/target.ts';
import { type Caller, isOperator } from './caller.ts';
import { type Page, pageOf, readCursor } from './page.ts';
import { getParty, noParty } from './parties.ts';
import { describeWebhook, type eventTypes, type WebhookView } from './webhook-view.ts';

/** Of one party: some for each of its systems. Every event may go to all of them. */
const maxWebhooksPerParty = 20;
export const maxDescriptionCharacters = 200;
/** How long messages are signed with the old secret too, where it is not said. */
export const defaultGraceSeconds = 24 * 3600;
export const maxGraceSeconds = 30 * 24 * 3600;
/** A name server that does not answer does not keep a webhook from being made. */
const resolveTimeoutMs = 3_000;

export type WebhookTerms = {
  readonly url: string;
  readonly description?: string | undefined;
  /** None: of every type. */
  readonly eventTypes?: readonly (typeof eventTypes)[number][] | undefined;
};
export type OneWebhook = { readonly webhookId: string; readonly partyId: string | undefined };
export type WithSecret = { readonly webhook: WebhookView; readonly secret: string };

/** Throws WEBHOOK_TARGET_FORBIDDEN, PARTY_NOT_FOUND, LIMIT_REACHED. */
export async function createWebhook(
  context: Scoped,
  caller: Pick<Caller, 'partyId' | 'scopes'>,
  terms: WebhookTerms & { readonly partyId?: string | undefined },
): Promise<WithSecret> {
  const { partyId = caller.partyId, description = '', eventTypes = [] } = terms;
  if (isOperator(caller)) await getParty(context, partyId);
  else if (partyId !== caller.partyId) throw noParty(partyId);
  const url = await checkTarget(context, terms.url);
  const secret = makeSecret();
  const made = await context.store.insertWebhook({
    webhookId: uuidv7(),
    partyId,
    url,
    description,
    eventTypes,
    secret,
    createdAt: context.clock.now(),
    maxWebhooks: maxWebhooksPerParty,
  });
  if (made) return { webhook: describeWebhook(made), secret: showSecret(secret) };
  throw new RegistryError(
    'LIMIT_REACHED',
    `Expected at most ${maxWebhooksPerParty} webhooks of one party: remove some first.`,
  );
}

/** `partyId` undefined: of all parties. In the order they were made in. Throws CURSOR_INVALID. */
export async function listWebhooks(
  context: Scoped,
  ask: { readonly partyId: string | undefined; readonly limit: number; readonly cursor?: string },
): Promise<Page<WebhookView>> {
  const { partyId, limit, cursor } = ask;
  const page = { partyId, afterWebhookId: readCursor(cursor), limit: limit + 1 };
  const rows = await context.store.listWebhooks(page);
  return pageOf(rows, limit, describeWebhook, (row) => row.webhookId);
}

/** Throws WEBHOOK_NOT_FOUND, also for another party's. */
export async function getWebhook(context: Scoped, which: OneWebhook): Promise<WebhookView> {
  const row = isUuid(which.webhookId) ? await context.store.findWebhook(which) : undefined;
  if (row) return describeWebhook(row);
  throw noWebhook(which);
}

/** What is not given stays. Turned on again, it is tried from now on. Throws WEBHOOK_NOT_FOUND, WEBHOOK_TARGET_FORBIDDEN. */
export async function updateWebhook(
  context: Scoped,
  which: OneWebhook,
  change: Partial<WebhookTerms> & { readonly isEnabled?: boolean | undefined },
): Promise<WebhookView> {
  const now = await getWebhook(context, which);
  const row = await context.store.updateWebhook({
    ...which,
    url: change.url === undefined ? now.url : await checkTarget(context, change.url),
    description: change.description ?? now.description,
    eventTypes: change.eventTypes ?? now.event_types,
    isEnabled: change.isEnabled ?? now.state === 'enabled',
    updatedAt: context.clock.now(),
  });
  if (row) return describeWebhook(row);
  throw noWebhook(which);
}

/** A new secret; messages are signed with the one before it too, for `graceSeconds` more. Throws WEBHOOK_NOT_FOUND. */
export async function rotateWebhookSecret(
  context: Scoped,
  which: OneWebhook,
  graceSeconds = defaultGraceSeconds,
): Promise<WithSecret> {
  await getWebhook(context, which);
  const now = context.clock.now();
  const secret = makeSecret();
  const row = await context.store.rotateWebhookSecret({
    ...which,
    secret,
    previousSecretUntil: graceSeconds === 0 ? undefined : new Date(now.getTime() + graceSeconds * 1000),
    updatedAt: now,
  });
  if (row) return { webhook: describeWebhook(row), secret: showSecret(secret) };
  throw noWebhook(which);
}

/** With what was still to be delivered to it. Throws WEBHOOK_NOT_FOUND. */
export async function deleteWebhook(context: Scoped, which: OneWebhook): Promise<void> {
  if (isUuid(which.webhookId) && (await context.store.deleteWebhook(which))) return;
  throw noWebhook(which);
}

/** The URL as it will be asked. A name that does not resolve now is taken: it is resolved again at every attempt. */
async function checkTarget({ config }: Scoped, text: string): Promise<string> {
  const rules = { allowPrivate: config.webhookAllowPrivate };
  try {
    const url = readTarget(text, rules);
    const unknown = resolveTarget(url, rules).catch((error: unknown) => {
      if (error instanceof TargetRefused) throw error;
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, resolveTimeoutMs);
    await Promise.race([unknown, promise]).finally(() => clearTimeout(timer));
    return url.href;
  } catch (error) {
    if (!(error instanceof TargetRefused)) throw error;
    throw new RegistryError('WEBHOOK_TARGET_FORBIDDEN', `url: ${error.message}`, { cause: error });
  }
}

function noWebhook({ webhookId }: OneWebhook): RegistryError {
  return new RegistryError(
    'WEBHOOK_NOT_FOUND',
    `There is no webhook ${JSON.stringify(webhookId.slice(0, 60))} of yours.`,
  );
}
