/**
 * ISRC, ISO 3901: two letters of a prefix, three letters or digits of a registrant, two digits of the year, five
 * of a designation. There is no check digit, so a well-formed one proves nothing: it is an assertion by whoever
 * gave it, never a key.
 */
import { RegistryError } from '../errors.ts';

export const isrcPattern = '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$';
const isrc = new RegExp(isrcPattern);

/** The twelve characters, in capitals and without hyphens, spaces or a leading "ISRC". Throws `ISRC_INVALID`. */
export function normaliseIsrc(given: string): string {
  const bare = given
    .trim()
    .toUpperCase()
    .replace(/^ISRC[\s:]*/, '')
    .replace(/[-\s]/g, '');
  if (isrc.test(bare)) return bare;
  throw new RegistryError(
    'ISRC_INVALID',
    `isrc: expected two letters, three letters or digits and seven digits, such as GBAYE9300106 or GB-AYE-93-00106; received ${JSON.stringify(given.slice(0, 40))}`,
  );
}
