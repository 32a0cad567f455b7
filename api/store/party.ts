import { v7 } from 'uuid';
import { type PartyRole, partyRoles } from '../rules/party-role.ts';
import {
  bigint,
  boolean,
  computed,
  nullable,
  oneOf,
  type RowOf,
  text,
  texts,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import type { Connections } from './connections.ts';
import { type Queryable, statement } from './statement.ts';

const columns = { party_id: uuid, name: text, created_at: timestamptz };
const listed = { ...columns, roles: computed(texts) };
type PartyColumns = RowOf<typeof columns>;
export type PartyRow = PartyColumns & { readonly roles: readonly PartyRole[] };

const findPartyByName = statement('find-party-by-name', { parameters: { name: text }, columns });
const upsertParty = statement('upsert-party', { parameters: { party_id: uuid, name: text }, columns });
const findStatement = statement('find-party', { parameters: { party_id: uuid }, columns: listed });
const listStatement = statement('list-parties', {
  parameters: { after_party_id: nullable(uuid), limit: bigint },
  columns: listed,
});
const insertRole = statement('insert-party-role', {
  parameters: { party_id: uuid, role: oneOf(...partyRoles) },
});
const deleteOtherRoles = statement('delete-other-party-roles', {
  parameters: { party_id: uuid, roles: texts },
});
const hasRoleStatement = statement('party-has-role', {
  parameters: { party_id: uuid, role: oneOf(...partyRoles) },
  columns: { has_role: computed(boolean) },
});

const withRoles = (row: RowOf<typeof listed>): PartyRow => ({ ...row, roles: row.roles as PartyRole[] });

/** Hands the party of this name, made if need be, with these roles besides those it has. */
export const ensureParty = (
  connections: Connections,
  name: string,
  roles: readonly PartyRole[] = [],
): Promise<PartyColumns> =>
  connections.transaction(async (on) => {
    const party =
      (await findPartyByName.find(on, { name })) ?? (await upsertParty.get(on, { partyId: v7(), name }));
    for (const role of roles) await insertRole.all(on, { partyId: party.partyId, role });
    return party;
  });

/** Undefined where there is a party of this name already. */
export const insertParty = (
  connections: Connections,
  name: string,
  roles: readonly PartyRole[],
): Promise<PartyRow | undefined> =>
  connections.transaction(async (on) => {
    const partyId = v7();
    // Who loses a race for the name is handed the winner's row.
    const party = await upsertParty.get(on, { partyId, name });
    if (party.partyId !== partyId) return undefined;
    for (const role of roles) await insertRole.all(on, { partyId, role });
    return { ...party, roles };
  });

/** Undefined where there is no such party. */
export const setPartyRoles = (
  connections: Connections,
  partyId: string,
  roles: readonly PartyRole[],
): Promise<PartyRow | undefined> =>
  connections.transaction(async (on) => {
    if ((await findStatement.find(on, { partyId })) === undefined) return undefined;
    await deleteOtherRoles.all(on, { partyId, roles });
    for (const role of roles) await insertRole.all(on, { partyId, role });
    return withRoles(await findStatement.get(on, { partyId }));
  });

export const findPartyByItsName = (on: Queryable, name: string): Promise<PartyColumns | undefined> =>
  findPartyByName.find(on, { name });

export const findParty = async (on: Queryable, partyId: string): Promise<PartyRow | undefined> => {
  const row = await findStatement.find(on, { partyId });
  return row && withRoles(row);
};

/** In order of id, which is the order they were made in. */
export const listParties = async (
  on: Queryable,
  page: { readonly afterPartyId: string | undefined; readonly limit: number },
): Promise<PartyRow[]> => (await listStatement.all(on, page)).map(withRoles);

/** Also of a party that may not be seen; false where there is none. */
export const partyHasRole = async (
  on: Queryable,
  which: { partyId: string; role: PartyRole },
): Promise<boolean> => (await hasRoleStatement.get(on, which)).hasRole;

const listNamesStatement = statement('list-party-names', {
  parameters: { party_ids: uuids },
  columns: { party_id: computed(uuid), name: computed<string | undefined>(text) },
});
/** What parties are called, whoever asks. */
export const listPartyNames = async (
  on: Queryable,
  partyIds: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = await listNamesStatement.all(on, { partyIds });
  return new Map(rows.map(({ partyId, name }) => [partyId, name ?? partyId]));
};
