/** The territories of a mandate: countries of ISO 3166-1 (alpha-2) and `Worldwide`, included and excluded. */
import { RegistryError } from '../errors.ts';

export const worldwide = 'Worldwide';

/** What Unicode calls a region and ISO 3166-1 does not: reserved, user-assigned and grouping codes. */
const notCountries = new Set(
  'AC CP CQ DG EA EU EZ IC QO TA UK UN XA XB XK ZZ AN BU CS DD FX NT SU TP YD YU ZR'.split(' '),
);
const regionNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && !notCountries.has(code) && regionNames.of(code) !== undefined;
}

/** Throws TERRITORY_INVALID. */
export function checkTerritories(include: readonly string[], exclude: readonly string[]): void {
  if (include.includes(worldwide) ? include.length > 1 : !include.every(isCountry)) {
    throw invalid(`${worldwide} alone, or countries of ISO 3166-1 such as DE`, include);
  }
  if (!exclude.every(isCountry)) throw invalid('countries of ISO 3166-1 to exclude, such as DE', exclude);
  if (!include.includes(worldwide) && exclude.some((code) => !include.includes(code))) {
    throw invalid('exclusions from what is included', exclude);
  }
  if (include.length > 0 && include.every((code) => exclude.includes(code))) {
    throw invalid('a territory that is left', exclude);
  }
}

function invalid(expected: string, received: readonly string[]): RegistryError {
  return new RegistryError(
    'TERRITORY_INVALID',
    `territories: expected ${expected}; received ${JSON.stringify(received.join(', ').slice(0, 60))}`,
  );
}
