import { bigint, bytea, computed, nullable, oneOf, type RowOf, text, timestamptz, uuid } from './columns.ts';
import { type Queryable, statement } from './statement.ts';

const apiKeyRoles = ['operator', 'rightsholder', 'platform'] as const;

const listed = {
  api_key_id: uuid,
  party_id: uuid,
  party_name: text,
  prefix: text,
  role: oneOf(...apiKeyRoles),
  created_at: timestamptz,
  expires_at: nullable(timestamptz),
  revoked_at: nullable(timestamptz),
};
const looked = { ...listed, secret_sha256: bytea };
const inserted = {
  api_key_id: uuid,
  party_id: uuid,
  prefix: text,
  secret_sha256: bytea,
  role: oneOf(...apiKeyRoles),
  expires_at: nullable(timestamptz),
};

export type ApiKeyRow = RowOf<typeof listed>;
export type ApiKeyWithDigest = RowOf<typeof looked>;

const insertStatement = statement('insert-api-key', { parameters: inserted });
const findStatement = statement('find-api-key-by-prefix', { parameters: { prefix: text }, columns: looked });
const listStatement = statement('list-api-keys', {
  parameters: { party_id: nullable(uuid), limit: bigint },
  columns: listed,
});
const countStatement = statement('count-api-keys', { parameters: {}, columns: { count: computed(bigint) } });
const revokeStatement = statement('revoke-api-key', {
  parameters: { api_key_id: uuid },
  columns: { api_key_id: uuid, revoked_at: nullable(timestamptz) },
});

export const insertApiKey = async (on: Queryable, key: RowOf<typeof inserted>): Promise<void> => {
  await insertStatement.all(on, key);
};

/** Ended or not: the caller compares the digest and the dates. */
export const findApiKeyByPrefix = (on: Queryable, prefix: string): Promise<ApiKeyWithDigest | undefined> =>
  findStatement.find(on, { prefix });

export const listApiKeys = (
  on: Queryable,
  filter: { readonly partyId: string | undefined; readonly limit: number },
): Promise<ApiKeyRow[]> => listStatement.all(on, filter);

/** How many keys could be used now. */
export const countUsableApiKeys = async (on: Queryable): Promise<number> =>
  (await countStatement.get(on, {})).count;

/** False when there is no such key. */
export const revokeApiKey = async (on: Queryable, apiKeyId: string): Promise<boolean> =>
  (await revokeStatement.find(on, { apiKeyId })) !== undefined;
