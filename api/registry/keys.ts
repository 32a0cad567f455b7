/**
 * API keys: `emk_` and eight public characters, by which a key is looked up and named, then `_` and 32 random
 * bytes. Stored is the SHA-256 of the whole: a plain digest is enough for 256 random bits, which nobody guesses;
 * slow password hashes are for secrets that people choose.
 */
import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import type { StoreContext } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { Caller, Role } from './caller.ts';
import { ensureParty } from './ensure-party.ts';

const prefixAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const prefixCharacters = 8;
const secretBytes = 32;
const keyPattern = /^(emk_[a-z0-9]{8})_[A-Za-z0-9_-]{43}$/;
/** Keys listed at most; who has more of them revokes some. */
const maxListedKeys = 1000;

export type NewKey = {
  /** Shown once; only its digest is stored. */
  readonly key: string;
  readonly apiKeyId: string;
  readonly partyId: string;
};

export type KeyView = {
  readonly api_key_id: string;
  readonly prefix: string;
  readonly party: string;
  readonly role: Role;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
};

export async function createKey(
  context: StoreContext,
  request: { readonly partyName: string; readonly role: Role; readonly expiresAt?: Date },
): Promise<NewKey> {
  const partyId = await ensureParty(context, request.partyName);
  const name = Array.from(
    { length: prefixCharacters },
    () => prefixAlphabet[randomInt(prefixAlphabet.length)],
  );
  const prefix = `emk_${name.join('')}`;
  const key = `${prefix}_${randomBytes(secretBytes).toString('base64url')}`;
  const apiKeyId = uuidv7();
  await context.store.insertApiKey({
    apiKeyId,
    partyId,
    prefix,
    secretSha256: digestOf(key),
    role: request.role,
    expiresAt: request.expiresAt,
  });
  return { key, apiKeyId, partyId };
}

/** Oldest first, ended ones too. */
export async function listKeys(context: StoreContext): Promise<readonly KeyView[]> {
  const rows = await context.store.listApiKeys({ partyId: undefined, limit: maxListedKeys });
  return rows.map((row) => ({
    api_key_id: row.apiKeyId,
    prefix: row.prefix,
    party: row.partyName,
    role: row.role,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
  }));
}

/** Ends a key for good; ending it again changes nothing. Throws KEY_NOT_FOUND. */
export async function revokeKey(context: StoreContext, apiKeyId: string): Promise<void> {
  if (isUuid(apiKeyId) && (await context.store.revokeApiKey(apiKeyId))) return;
  throw new RegistryError('KEY_NOT_FOUND', `There is no key ${JSON.stringify(apiKeyId)}.`);
}

/** Who holds this key; `undefined` where it is malformed, unknown, expired or revoked. */
export async function authenticateKey(context: StoreContext, key: string): Promise<Caller | undefined> {
  const prefix = keyPattern.exec(key)?.[1];
  const found = prefix === undefined ? undefined : await context.store.findApiKeyByPrefix(prefix);
  if (!found || !timingSafeEqual(found.secretSha256, digestOf(key))) return undefined;
  if (found.revokedAt || (found.expiresAt && found.expiresAt.getTime() <= Date.now())) return undefined;
  return { partyId: found.partyId, apiKeyId: found.apiKeyId, role: found.role };
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
