import { RegistryError } from '../errors.ts';
import { type IdentifierScheme, normaliseIdentifier } from '../rules/identifiers.ts';
import { RuleError } from '../rules/rule-error.ts';

/**
 * An identifier as it is kept. Throws IDENTIFIER_INVALID, and for an ISRC the ISRC_INVALID that the API has documented
 * for registrations from the start.
 */
export function readIdentifier(scheme: IdentifierScheme, given: string): string {
  try {
    return normaliseIdentifier(scheme, given);
  } catch (error) {
    if (scheme !== 'isrc' || !(error instanceof RuleError)) throw error;
    throw new RegistryError('ISRC_INVALID', error.message, { cause: error });
  }
}
