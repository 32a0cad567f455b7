import type { StoreContext } from '../context.ts';
import { RegistryError } from '../errors.ts';

/** Who the command line works as where it works on the registry directly, and who the first key belongs to. */
export const localPartyName = 'local';

const maxNameCharacters = 200;

/** The party of that name, made where there is none. */
export async function ensureParty(context: StoreContext, name: string): Promise<string> {
  const trimmed = name.trim().normalize('NFC');
  if (trimmed === '' || trimmed.length > maxNameCharacters || /\p{Cc}/u.test(trimmed)) {
    throw new RegistryError(
      'METADATA_INVALID',
      `party: expected a name of 1 to ${maxNameCharacters} characters; received ${JSON.stringify(name.slice(0, 60))}`,
    );
  }
  return (await context.store.ensureParty(trimmed)).partyId;
}
