import { bigint, computed, nullable, type RowOf, text, timestamptz, uuid } from './columns.ts';
import type { Connections } from './connections.ts';
import { type Queryable, statement } from './statement.ts';

const inserted = {
  allowlist_entry_id: uuid,
  party_id: uuid,
  platform: text,
  account: text,
  label: nullable(text),
  note: nullable(text),
  created_by: uuid,
};
const found = { ...inserted, created_at: timestamptz };
export type NewAllowlistEntry = RowOf<typeof inserted>;
export type AllowlistEntryRow = RowOf<typeof found>;

const lockStatement = statement('lock-allowlist', {
  parameters: { party_id: uuid },
  columns: { locked: computed(text) },
});
const countStatement = statement('count-allowlist-entries', {
  parameters: { party_id: uuid },
  columns: { count: computed(bigint) },
});
const insertStatement = statement('insert-allowlist-entry', {
  parameters: inserted,
  columns: { allowlist_entry_id: uuid },
});
const findStatement = statement('find-allowlist-entry', {
  parameters: { party_id: uuid, platform: text, account: text, label: nullable(text) },
  columns: found,
});
const listStatement = statement('list-allowlist-entries', {
  parameters: { party_id: nullable(uuid), after_allowlist_entry_id: nullable(uuid), limit: bigint },
  columns: found,
});
const deleteStatement = statement('delete-allowlist-entry', {
  parameters: { allowlist_entry_id: uuid, party_id: nullable(uuid) },
  columns: { allowlist_entry_id: uuid },
});
const allowlistingStatement = statement('list-allowlisting-parties', {
  parameters: { platform: text, account: text, label: nullable(text) },
  columns: { party_id: computed(uuid) },
});

/** The entry as it is now, new or not. Undefined, and nothing done, where the party has so many. */
export const addAllowlistEntry = (
  connections: Connections,
  { maxOfParty, ...entry }: NewAllowlistEntry & { readonly maxOfParty: number },
): Promise<{ readonly isNew: boolean; readonly row: AllowlistEntryRow } | undefined> =>
  connections.transaction(async (on) => {
    await lockStatement.get(on, entry);
    const before = await findStatement.find(on, entry);
    if (before) return { isNew: false, row: before };
    if ((await countStatement.get(on, entry)).count >= maxOfParty) return undefined;
    await insertStatement.get(on, entry);
    return { isNew: true, row: await findStatement.get(on, entry) };
  });

/** In the order they were made in. */
export const listAllowlistEntries = (
  on: Queryable,
  page: {
    readonly partyId: string | undefined;
    readonly afterAllowlistEntryId: string | undefined;
    readonly limit: number;
  },
): Promise<AllowlistEntryRow[]> => listStatement.all(on, page);

/** False where there is no such entry. */
export const deleteAllowlistEntry = async (
  on: Queryable,
  which: { readonly allowlistEntryId: string; readonly partyId: string | undefined },
): Promise<boolean> => (await deleteStatement.find(on, which)) !== undefined;

/** Whoever they are: parties that do not claim from the account what is of the label. */
export const listAllowlistingParties = async (
  on: Queryable,
  asked: { readonly platform: string; readonly account: string; readonly label: string | undefined },
): Promise<string[]> => (await allowlistingStatement.all(on, asked)).map(({ partyId }) => partyId);
