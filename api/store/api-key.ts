import type { PartyRole } from '../rules/party-role.ts';
import {
  bigint,
  bytea,
  computed,
  integer,
  nullable,
  type RowOf,
  text,
  texts,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import type { Connections } from './connections.ts';
import { type Queryable, statement } from './statement.ts';

const listed = {
  api_key_id: uuid,
  party_id: uuid,
  party_name: text,
  prefix: text,
  /** Undefined: what the roles of the party give. */
  scopes: nullable(texts),
  created_at: timestamptz,
  expires_at: nullable(timestamptz),
  last_used_at: nullable(timestamptz),
  rotated_at: nullable(timestamptz),
  /** Until when the secret before the last rotation opens too. */
  previous_secret_until: nullable(timestamptz),
  revoked_at: nullable(timestamptz),
};
const looked = {
  api_key_id: uuid,
  party_id: uuid,
  scopes: nullable(texts),
  expires_at: nullable(timestamptz),
  revoked_at: nullable(timestamptz),
  secret_sha256: bytea,
  previous_secret_sha256: nullable(bytea),
  previous_secret_until: nullable(timestamptz),
  party_roles: computed(texts),
};
const inserted = {
  api_key_id: uuid,
  party_id: uuid,
  prefix: text,
  secret_sha256: bytea,
  scopes: nullable(texts),
  expires_at: nullable(timestamptz),
};

export type ApiKeyRow = RowOf<typeof listed>;
export type PresentedApiKey = RowOf<typeof looked>;

const insertStatement = statement('insert-api-key', { parameters: inserted });
const countPartysStatement = statement('count-party-api-keys', {
  parameters: { party_id: uuid },
  columns: { count: computed(bigint) },
});
const lockStatement = statement('lock-party-api-keys', {
  parameters: { party_id: uuid },
  columns: { locked: computed(text) },
});
const lookStatement = statement('find-api-key-by-prefix', { parameters: { prefix: text }, columns: looked });
const findStatement = statement('find-api-key', {
  parameters: { api_key_id: uuid, party_id: nullable(uuid) },
  columns: listed,
});
const listStatement = statement('list-api-keys', {
  parameters: { party_id: nullable(uuid), after_api_key_id: nullable(uuid), limit: bigint },
  columns: listed,
});
const countStatement = statement('count-api-keys', { parameters: {}, columns: { count: computed(bigint) } });
const revokeStatement = statement('revoke-api-key', {
  parameters: { api_key_id: uuid, party_id: nullable(uuid) },
  columns: { api_key_id: uuid },
});
const rotateStatement = statement('rotate-api-key', {
  parameters: {
    api_key_id: uuid,
    party_id: nullable(uuid),
    secret_sha256: bytea,
    grace_seconds: integer,
  },
  columns: { prefix: text, previous_secret_until: nullable(timestamptz) },
});
const noteStatement = statement('note-api-key-uses', {
  parameters: { api_key_ids: uuids, seconds_apart: integer },
});

/** False, and nothing done, where the party has so many keys that have not ended. */
export const insertApiKey = (
  connections: Connections,
  { maxUsable, ...key }: RowOf<typeof inserted> & { readonly maxUsable: number },
): Promise<boolean> =>
  connections.transaction(async (on) => {
    await lockStatement.get(on, key);
    if ((await countPartysStatement.get(on, key)).count >= maxUsable) return false;
    await insertStatement.all(on, key);
    return true;
  });

/** Ended or not: the caller compares the digests and the dates. */
export const findApiKeyByPrefix = async (
  on: Queryable,
  prefix: string,
): Promise<(PresentedApiKey & { readonly partyRoles: readonly PartyRole[] }) | undefined> => {
  const row = await lookStatement.find(on, { prefix });
  return row && { ...row, partyRoles: row.partyRoles as PartyRole[] };
};

type OneKey = { readonly apiKeyId: string; readonly partyId: string | undefined };

export const findApiKey = (on: Queryable, which: OneKey): Promise<ApiKeyRow | undefined> =>
  findStatement.find(on, which);

export const listApiKeys = (
  on: Queryable,
  filter: {
    readonly partyId: string | undefined;
    readonly afterApiKeyId: string | undefined;
    readonly limit: number;
  },
): Promise<ApiKeyRow[]> => listStatement.all(on, filter);

/** How many keys could be used now. */
export const countUsableApiKeys = async (on: Queryable): Promise<number> =>
  (await countStatement.get(on, {})).count;

/** False when there is no such key. */
export const revokeApiKey = async (on: Queryable, which: OneKey): Promise<boolean> =>
  (await revokeStatement.find(on, which)) !== undefined;

/** A new secret; the one before it opens for so long still. Undefined when there is no such key, or it has ended. */
export const rotateApiKey = (
  on: Queryable,
  rotation: OneKey & { readonly secretSha256: Uint8Array; readonly graceSeconds: number },
): Promise<{ readonly prefix: string; readonly previousSecretUntil: Date | undefined } | undefined> =>
  rotateStatement.find(on, rotation);

/** Says of keys that they were used just now, of each at most once in so many seconds. */
export const noteApiKeyUses = async (
  on: Queryable,
  uses: { readonly apiKeyIds: readonly string[]; readonly secondsApart: number },
): Promise<void> => {
  await noteStatement.all(on, uses);
};
