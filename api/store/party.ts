import { v7 } from 'uuid';
import { type RowOf, text, timestamptz, uuid } from './columns.ts';
import { type Queryable, statement } from './statement.ts';

const columns = { party_id: uuid, name: text, created_at: timestamptz };
export type PartyRow = RowOf<typeof columns>;

const findPartyByName = statement('find-party-by-name', { parameters: { name: text }, columns });
const upsertParty = statement('upsert-party', { parameters: { party_id: uuid, name: text }, columns });

export const findParty = (on: Queryable, name: string): Promise<PartyRow | undefined> =>
  findPartyByName.find(on, { name });

/** Hands the party of this name, made if need be. */
export const ensureParty = async (on: Queryable, name: string): Promise<PartyRow> =>
  (await findPartyByName.find(on, { name })) ?? (await upsertParty.get(on, { partyId: v7(), name }));
