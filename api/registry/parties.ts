/** Parties and their roles. Only an operator makes them; everybody else sees itself. */
import { type Static, Type } from 'typebox';
import { validate as isUuid } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { PartyRow } from '../store/party.ts';
import { type Role, roles } from './caller.ts';
import { type Page, pageOf, readCursor } from './page.ts';
import { readPartyName } from './party-name.ts';

export const PartyView = Type.Object({
  party_id: Type.String({ format: 'uuid', examples: ['019c1f9e-0a11-7d02-9f0e-3c1d5b7e9a10'] }),
  name: Type.String({ examples: ['Harbour Records'] }),
  roles: Type.Array(Type.Enum([...roles]), { examples: [['rightsholder']] }),
  created_at: Type.String({ format: 'date-time', examples: ['2026-01-31T09:30:00.000Z'] }),
});
export type PartyView = Static<typeof PartyView>;

/** Throws METADATA_INVALID, PARTY_EXISTS. */
export async function createParty(
  context: Scoped,
  { name, roles }: { readonly name: string; readonly roles: readonly Role[] },
): Promise<PartyView> {
  const kept = readPartyName(name);
  const made = await context.store.insertParty(kept, roles);
  if (made) return describe(made);
  throw new RegistryError('PARTY_EXISTS', `There is a party named ${JSON.stringify(kept)} already.`);
}

/** Its keys lose what only a role gave that it loses. Throws PARTY_NOT_FOUND. */
export async function setPartyRoles(
  context: Scoped,
  { partyId, roles }: { readonly partyId: string; readonly roles: readonly Role[] },
): Promise<PartyView> {
  const party = isUuid(partyId) ? await context.store.setPartyRoles(partyId, roles) : undefined;
  if (party) return describe(party);
  throw noParty(partyId);
}

/** Throws PARTY_NOT_FOUND, also for a party that the caller may not see. */
export async function getParty(context: Scoped, partyId: string): Promise<PartyView> {
  const party = isUuid(partyId) ? await context.store.findParty(partyId) : undefined;
  if (party) return describe(party);
  throw noParty(partyId);
}

/** Whose name or id this is. Throws PARTY_NOT_FOUND. */
export async function getPartyIdByName(context: Scoped, name: string): Promise<string> {
  if (isUuid(name)) return (await getParty(context, name)).party_id;
  const party = await context.store.findPartyByItsName(readPartyName(name));
  if (party) return party.partyId;
  throw noParty(name);
}

/** In the order they were made in; of the callers that are no operator, only their own. Throws CURSOR_INVALID. */
export async function listParties(
  context: Scoped,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Promise<Page<PartyView>> {
  const afterPartyId = readCursor(cursor);
  const rows = await context.store.listParties({ afterPartyId, limit: limit + 1 });
  return pageOf(rows, limit, describe, (row) => row.partyId);
}

export function noParty(party: string): RegistryError {
  return new RegistryError('PARTY_NOT_FOUND', `There is no party ${JSON.stringify(party.slice(0, 60))}.`);
}

function describe({ partyId, name, roles, createdAt }: PartyRow): PartyView {
  return { party_id: partyId, name, roles: [...roles], created_at: createdAt.toISOString() };
}
