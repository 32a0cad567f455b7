/**
 * Territories: the countries of ISO 3166-1 and `Worldwide`, as DDEX writes them (TerritoryCode,
 * ExcludedTerritoryCode). What was written, include and exclude, is a scope; what it resolves to is a set.
 *
 * A set is one integer with a bit for each country, so that union, difference and equality cost one operation and
 * sets can be keys of a Map. It lives in memory only: stored and sent are codes, because the bits move when the
 * standard gains a country. `Worldwide` is every country of today's list.
 */
import { territoryCodes } from './iso-3166.ts';
import { RuleError, shown } from './rule-error.ts';

export type TerritorySet = bigint;

/** As it was asserted. Without `include`, everything but what is excluded. */
export type TerritoryScope = { readonly include?: readonly string[]; readonly exclude?: readonly string[] };

export const worldwide = 'Worldwide';
export const nowhere: TerritorySet = 0n;
export const everywhere: TerritorySet = (1n << BigInt(territoryCodes.length)) - 1n;
/** Every country once; a longer list repeats itself. */
export const maxTerritories = territoryCodes.length;

const bitOf = new Map(territoryCodes.map((code, index) => [code, 1n << BigInt(index)]));
/** What people write for a country whose code is another. */
const meant = new Map([
  ['UK', 'GB'],
  ['EL', 'GR'],
]);

/**
 * The set of territories that a scope covers: never empty. Codes in any case. Throws `TERRITORY_INVALID` for an
 * unknown or repeated code, for `Worldwide` next to others or excluded, for an exclusion that takes nothing away
 * (a mistake in the delivery, better told than ignored), and for a scope that covers nothing.
 */
export function resolveTerritories(scope: TerritoryScope): TerritorySet {
  const include = (scope.include ?? []).map(spelledCode);
  const exclude = (scope.exclude ?? []).map(spelledCode);
  if (include.length + exclude.length === 0) {
    throw invalid(`at least one territory to include or exclude, or ${worldwide}`, 'none');
  }
  if (include.includes(worldwide) && include.length > 1) {
    throw invalid(`${worldwide} alone`, include.join(', '));
  }
  if (exclude.includes(worldwide)) throw invalid('countries to exclude', worldwide);
  const included = include.length === 0 || include[0] === worldwide ? everywhere : territorySet(include);
  const excluded = territorySet(exclude);
  const missing = excluded & ~included;
  if (missing !== nowhere) {
    throw invalid('exclusions from what is included', listTerritories(missing).join(', '));
  }
  const covered = included & ~excluded;
  if (covered === nowhere) throw invalid('a territory that is left', 'all of them excluded');
  return covered;
}

/** The set of exactly these countries; none give `nowhere`. Throws `TERRITORY_INVALID` for an unknown or repeated code. */
export function territorySet(codes: readonly string[]): TerritorySet {
  if (codes.length > maxTerritories) {
    throw invalid(`at most ${maxTerritories} territories`, `${codes.length}`);
  }
  let set = nowhere;
  for (const code of codes) {
    const bit = bitOf.get(code);
    if (bit === undefined) {
      const instead = meant.get(code);
      throw invalid(
        `an ISO 3166-1 alpha-2 code${instead ? ` (${instead}?)` : ''} or ${worldwide}`,
        String(code),
      );
    }
    if ((set & bit) !== nowhere) throw invalid('each territory once', `${code} twice`);
    set |= bit;
  }
  return set;
}

/** The codes of a set, in alphabetical order. */
export function listTerritories(set: TerritorySet): string[] {
  const bits = set.toString(2);
  const codes: string[] = [];
  for (let index = 0; index < bits.length; index++) {
    if (bits[bits.length - 1 - index] === '1') codes.push(territoryCodes[index] as string);
  }
  return codes;
}

/** How many countries a set holds. */
export function countTerritories(set: TerritorySet): number {
  const bits = set.toString(2);
  let count = 0;
  for (let index = 0; index < bits.length; index++) if (bits[index] === '1') count++;
  return count;
}

/** For a sentence: "DE, FR", "Worldwide", "Worldwide except DE", "nowhere"; whichever way is the shorter. */
export function describeTerritories(set: TerritorySet): string {
  if (set === nowhere) return 'nowhere';
  if (set === everywhere) return worldwide;
  const inside = listTerritories(set);
  if (inside.length * 2 <= maxTerritories) return inside.join(', ');
  return `${worldwide} except ${listTerritories(everywhere & ~set).join(', ')}`;
}

/** The shortest scope that resolves to the set: how it is stored and sent. The set may not be empty. */
export function scopeOf(set: TerritorySet): TerritoryScope {
  const inside = listTerritories(set);
  if (inside.length * 2 <= maxTerritories) return { include: inside };
  const outside = listTerritories(everywhere & ~set);
  return outside.length === 0 ? { include: [worldwide] } : { include: [worldwide], exclude: outside };
}

function spelledCode(given: string): string {
  if (typeof given !== 'string') throw invalid('a territory code', String(given));
  const code = given.trim();
  return code.toLowerCase() === worldwide.toLowerCase() ? worldwide : code.toUpperCase();
}

function invalid(expected: string, received: string): RuleError {
  return new RuleError('TERRITORY_INVALID', `territories: expected ${expected}; received ${shown(received)}`);
}
