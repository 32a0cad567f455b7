/**
 * API keys: `emk_` and eight public characters, by which a key is looked up and named, then `_` and 32 random
 * bytes. Stored is the SHA-256 of the whole: a plain digest is enough for 256 random bits, which nobody guesses;
 * slow password hashes are for secrets that people choose.
 */
import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import type { Scoped, StoreContext } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { ApiKeyRow } from '../store/api-key.ts';
import { type Caller, effectiveScopes, type Scope, scopes } from './caller.ts';
import { type Page, pageOf, readCursor } from './page.ts';

const prefixAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const prefixCharacters = 8;
const secretBytes = 32;
const keyPattern = /^(emk_[a-z0-9]{8})_[A-Za-z0-9_-]{43}$/;
/** Keys of one party that have not ended: some for each of its systems, not one for each of its requests. */
export const maxUsableKeysPerParty = 100;
/** How long the secret before a rotation goes on opening, where it is not said: a day to carry the new one out. */
export const defaultGraceSeconds = 24 * 3600;
export const maxGraceSeconds = 30 * 24 * 3600;

const nullableTime = (description: string) =>
  Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description });

export const KeyView = Type.Object({
  api_key_id: Type.String({ format: 'uuid', examples: ['019c1f9e-0b22-7e13-8f1f-4d2e6c8fab21'] }),
  prefix: Type.String({
    description: 'The public part, which may stand in logs.',
    examples: ['emk_a1b2c3d4'],
  }),
  party_id: Type.String({ format: 'uuid' }),
  party: Type.String({ examples: ['Harbour Records'] }),
  scopes: Type.Union([Type.Array(Type.Enum([...scopes])), Type.Null()], {
    description: 'What the key is for, as far as the roles of its party give it; null: all that they give.',
    examples: [['read:recordings']],
  }),
  created_at: Type.String({ format: 'date-time' }),
  expires_at: nullableTime('When it ends by itself.'),
  last_used_at: nullableTime('To within some minutes.'),
  rotated_at: nullableTime('When it got the secret that it has.'),
  previous_secret_until: nullableTime('Until when the secret before opens too.'),
  revoked_at: nullableTime('When it was ended for good.'),
});
export type KeyView = Static<typeof KeyView>;

export type NewKey = {
  /** Shown once; only its digest is stored. */
  readonly key: string;
  readonly apiKeyId: string;
};

/** Throws LIMIT_REACHED. */
export async function createKey(
  context: Scoped,
  request: {
    readonly partyId: string;
    /** All that the roles of the party give, where it is not said. */
    readonly scopes?: readonly Scope[] | undefined;
    readonly expiresAt?: Date | undefined;
  },
): Promise<NewKey> {
  const { partyId, scopes: asked, expiresAt } = request;
  const name = Array.from(
    { length: prefixCharacters },
    () => prefixAlphabet[randomInt(prefixAlphabet.length)],
  );
  const prefix = `emk_${name.join('')}`;
  const key = withNewSecret(prefix);
  const apiKeyId = uuidv7();
  const isMade = await context.store.insertApiKey({
    apiKeyId,
    partyId,
    prefix,
    secretSha256: digestOf(key),
    scopes: asked,
    expiresAt,
    maxUsable: maxUsableKeysPerParty,
  });
  if (isMade) return { key, apiKeyId };
  throw new RegistryError(
    'LIMIT_REACHED',
    `Expected at most ${maxUsableKeysPerParty} keys of one party that have not ended: revoke some first.`,
  );
}

/** `partyId` undefined: of all parties. Oldest first, ended ones too. Throws CURSOR_INVALID. */
export async function listKeys(
  context: Scoped,
  ask: { readonly partyId: string | undefined; readonly limit: number; readonly cursor?: string },
): Promise<Page<KeyView>> {
  const { partyId, limit, cursor } = ask;
  const rows = await context.store.listApiKeys({
    partyId,
    afterApiKeyId: readCursor(cursor),
    limit: limit + 1,
  });
  return pageOf(rows, limit, describe, (row) => row.apiKeyId);
}

type OneKey = { readonly partyId: string | undefined; readonly apiKeyId: string };

/** `partyId` undefined: of any party. Throws KEY_NOT_FOUND. */
export async function getKey(context: Scoped, { partyId, apiKeyId }: OneKey): Promise<KeyView> {
  const row = isUuid(apiKeyId) ? await context.store.findApiKey({ apiKeyId, partyId }) : undefined;
  if (row) return describe(row);
  throw noKey(apiKeyId);
}

/** A new secret under the same name; the one before it opens for `graceSeconds` more. Throws KEY_NOT_FOUND. */
export async function rotateKey(
  context: Scoped,
  { partyId, apiKeyId, graceSeconds = defaultGraceSeconds }: OneKey & { readonly graceSeconds?: number },
): Promise<{ readonly key: string; readonly previousSecretUntil: string | null }> {
  const { prefix } = await getKey(context, { partyId, apiKeyId });
  const key = withNewSecret(prefix);
  const rotation = { apiKeyId, partyId, secretSha256: digestOf(key), graceSeconds };
  const rotated = await context.store.rotateApiKey(rotation);
  if (!rotated) throw noKey(apiKeyId);
  return { key, previousSecretUntil: rotated.previousSecretUntil?.toISOString() ?? null };
}

/** Ends a key for good; ending it again changes nothing. Throws KEY_NOT_FOUND. */
export async function revokeKey(context: Scoped, { partyId, apiKeyId }: OneKey): Promise<void> {
  if (isUuid(apiKeyId) && (await context.store.revokeApiKey({ apiKeyId, partyId }))) return;
  throw noKey(apiKeyId);
}

/** Who holds this key; `undefined` where it is malformed, unknown, expired or revoked. */
export async function authenticateKey(
  { store }: Pick<StoreContext, 'store'>,
  key: string,
): Promise<Caller | undefined> {
  const prefix = keyPattern.exec(key)?.[1];
  const found = prefix === undefined ? undefined : await store.findApiKeyByPrefix(prefix);
  if (!found) return undefined;
  const digest = digestOf(key);
  const isPast = (end: Date | undefined) => end !== undefined && end.getTime() <= Date.now();
  const { previousSecretSha256: previous, previousSecretUntil } = found;
  const opens =
    timingSafeEqual(found.secretSha256, digest) ||
    (previous !== undefined && timingSafeEqual(previous, digest) && !isPast(previousSecretUntil));
  if (!opens || found.revokedAt || isPast(found.expiresAt)) return undefined;
  const { partyId, apiKeyId } = found;
  return { partyId, apiKeyId, scopes: effectiveScopes(found.partyRoles, found.scopes) };
}

function withNewSecret(prefix: string): string {
  return `${prefix}_${randomBytes(secretBytes).toString('base64url')}`;
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function noKey(apiKeyId: string): RegistryError {
  return new RegistryError(
    'KEY_NOT_FOUND',
    `There is no key ${JSON.stringify(apiKeyId.slice(0, 60))} in force.`,
  );
}

function describe(row: ApiKeyRow): KeyView {
  return {
    api_key_id: row.apiKeyId,
    prefix: row.prefix,
    party_id: row.partyId,
    party: row.partyName,
    scopes: row.scopes === undefined ? null : scopes.filter((scope) => row.scopes?.includes(scope)),
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
    rotated_at: row.rotatedAt?.toISOString() ?? null,
    previous_secret_until: row.previousSecretUntil?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
  };
}
