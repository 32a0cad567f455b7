import { RegistryError } from '../errors.ts';

export const maxNameCharacters = 200;

/** A party's name as it is kept. Throws METADATA_INVALID. */
export function readPartyName(given: string): string {
  const name = given.trim().normalize('NFC');
  if (name !== '' && name.length <= maxNameCharacters && !/\p{Cc}/u.test(name)) return name;
  throw new RegistryError(
    'METADATA_INVALID',
    `party: expected a name of 1 to ${maxNameCharacters} characters; received ${JSON.stringify(given.slice(0, 60))}`,
  );
}
