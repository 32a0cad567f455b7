import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { territoryCodes } from '../../api/rules/iso-3166.ts';
import {
  countTerritories,
  describeTerritories,
  everywhere,
  listTerritories,
  maxTerritories,
  nowhere,
  resolveTerritories,
  scopeOf,
  territorySet,
} from '../../api/rules/territory.ts';

const someCodes = fc.subarray([...territoryCodes]);

describe('the list of countries', () => {
  it('has the 249 of ISO 3166-1, each once and in order', () => {
    expect(territoryCodes.length).toBe(249);
    expect([...new Set(territoryCodes)].sort()).toEqual(territoryCodes);
  });

  it('is what ICU knows, without what ICU knows only as another name or as no country', () => {
    // Reserved, user-assigned, or CLDR's own: not ISO 3166-1.
    const noCountry = 'AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ'.split(' ');
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const known = letters
      .flatMap((first) => letters.map((second) => first + second))
      .filter((code) => names.of(code) !== undefined)
      .filter((code) => new Intl.Locale(`und-${code}`).region === code && !noCountry.includes(code));
    expect(known).toEqual(territoryCodes);
  });
});

describe('a scope', () => {
  it.each([
    [{ include: ['Worldwide'] }, 'Worldwide'],
    [{ include: ['worldwide'] }, 'Worldwide'],
    [{ include: ['Worldwide'], exclude: ['DE', 'fr '] }, 'Worldwide except DE, FR'],
    [{ exclude: ['JP'] }, 'Worldwide except JP'],
    [{ include: ['FR', 'DE'] }, 'DE, FR'],
    [{ include: ['FR', 'DE'], exclude: ['FR'] }, 'DE'],
  ])('%j covers %s', (scope, covered) => {
    expect(describeTerritories(resolveTerritories(scope))).toBe(covered);
  });

  it.each([
    [{}, 'at least one territory'],
    [{ include: [], exclude: [] }, 'at least one territory'],
    [{ include: ['Worldwide', 'DE'] }, 'Worldwide alone'],
    [{ exclude: ['Worldwide'] }, 'countries to exclude'],
    [{ include: ['DE'], exclude: ['FR'] }, 'exclusions from what is included'],
    [{ include: ['DE'], exclude: ['DE'] }, 'a territory that is left'],
    [{ include: ['DE', 'de'] }, 'each territory once'],
    [{ include: ['UK'] }, '(GB?)'],
    [{ include: ['EU'] }, 'an ISO 3166-1 alpha-2 code'],
    [{ include: ['2136'] }, 'an ISO 3166-1 alpha-2 code'],
    [{ include: [276 as unknown as string] }, 'a territory code'],
    [{ include: Array.from({ length: 250 }, () => 'DE') }, 'at most 249'],
  ])('%j is refused, and told %s', (scope, told) => {
    expect(() => resolveTerritories(scope)).toThrow(
      expect.objectContaining({ code: 'TERRITORY_INVALID', message: expect.stringContaining(told) }),
    );
  });
});

describe('a set of territories', () => {
  it('lists what it was made of', () => {
    fc.assert(
      fc.property(someCodes, (codes) => {
        const set = territorySet(codes);
        expect(listTerritories(set)).toEqual(codes);
        expect(countTerritories(set)).toBe(codes.length);
      }),
    );
  });

  it('is written as a scope that resolves to it', () => {
    fc.assert(
      fc.property(someCodes, (codes) => {
        fc.pre(codes.length > 0);
        const set = territorySet(codes);
        expect(resolveTerritories(scopeOf(set))).toBe(set);
      }),
    );
  });

  it('can be everywhere and nowhere', () => {
    expect(describeTerritories(everywhere)).toBe('Worldwide');
    expect(describeTerritories(nowhere)).toBe('nowhere');
    expect(countTerritories(everywhere)).toBe(maxTerritories);
    expect(listTerritories(nowhere)).toEqual([]);
  });
});
