/**
 * The identifiers that can be asserted of a recording: what each one names, and the one form in which two spellings of
 * it are found to be the same. Here and nowhere else a given identifier becomes the one that is kept.
 */
import { RegistryError } from '../errors.ts';
import { type IdentifierScheme, identifierSchemes } from '../store/identifier-assertion.ts';
import { normaliseIsrc } from './isrc.ts';

export { type IdentifierScheme, identifierSchemes };

/** Longer than any of them with its label and its hyphens. */
export const maxGivenCharacters = 60;

/**
 * What a scheme names. Two ISRCs of one recording are at odds, and so are two parties' recordings of one ISRC; a
 * recording is on many releases, a work in many recordings, and a party behind many of either.
 */
const names: Readonly<Record<IdentifierScheme, 'recording' | 'release' | 'work' | 'party'>> = {
  isrc: 'recording',
  upc_ean: 'release',
  grid: 'release',
  iswc: 'work',
  isni: 'party',
  ipi: 'party',
  dpid: 'party',
};

export function namesARecording(scheme: IdentifierScheme): boolean {
  return names[scheme] === 'recording';
}

/** Throws ISRC_INVALID, IDENTIFIER_INVALID. */
export function normaliseIdentifier(scheme: IdentifierScheme, given: string): string {
  if (scheme === 'isrc') return normaliseIsrc(given);
  const bare = given
    .trim()
    .toUpperCase()
    .replace(/[-.\s]/g, '');
  if (/^[A-Z0-9]{5,40}$/.test(bare)) return bare;
  throw new RegistryError(
    'IDENTIFIER_INVALID',
    `${scheme}: expected 5 to 40 letters and digits, with or without hyphens, points and spaces; received ${JSON.stringify(given.slice(0, maxGivenCharacters))}`,
  );
}
