/** In whose name a command works on the data directory: whoever has that is its operator and may speak for any party of it. */
import type { Scoped } from '../context.ts';
import { ensureParty, localPartyName } from '../registry/ensure-party.ts';
import { getParty, getPartyIdByName, type PartyView } from '../registry/parties.ts';
import { usageError } from './exit-status.ts';

/** The party that is named, or the command line's own. Throws PARTY_NOT_FOUND, and a usage error for one without a role. */
export async function localSpeaker(operator: Scoped, as: string | undefined): Promise<PartyView> {
  if (as === undefined) return getParty(operator, await ensureParty(operator, localPartyName));
  const party = await getParty(operator, await getPartyIdByName(operator, as));
  if (party.roles.length > 0) return party;
  throw usageError(
    `${party.name} has no role and may do nothing. "earmark party roles" gives it one, such as rightsholder or platform.`,
  );
}
