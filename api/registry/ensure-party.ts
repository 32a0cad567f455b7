import type { Scoped } from '../context.ts';
import type { Role } from './caller.ts';
import { readPartyName } from './party-name.ts';

/** Who the command line works as where it works on the registry directly, and who the first key belongs to. */
export const localPartyName = 'local';

/** The party of that name, made where there is none, with these roles besides those it has. Throws METADATA_INVALID. */
export async function ensureParty(
  context: Scoped,
  name: string,
  roles: readonly Role[] = [],
): Promise<string> {
  return (await context.store.ensureParty(readPartyName(name), roles)).partyId;
}
