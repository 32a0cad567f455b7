import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIdentifier } from '../../api/registry/read-identifier.ts';

const normaliseIsrc = (given: string) => readIdentifier('isrc', given);

describe('an ISRC', () => {
  it.each([
    ['GBAYE9300106', 'GBAYE9300106'],
    ['gb-aye-93-00106', 'GBAYE9300106'],
    [' ISRC GB-AYE-93-00106 ', 'GBAYE9300106'],
    ['ISRC:US1234567890', 'US1234567890'],
    ['QZ A1B 24 00001', 'QZA1B2400001'],
  ])('%j is kept as %s', (given, kept) => {
    expect(normaliseIsrc(given)).toBe(kept);
  });

  it.each([
    '',
    'GBAYE930010',
    'GBAYE93001066',
    '1BAYE9300106',
    'GBAYE93O0106',
    'GB_AYE_93_00106',
    'ＧBAYE9300106',
  ])('%j is refused with its code, and with what was expected', (given) => {
    expect(() => normaliseIsrc(given)).toThrow(
      expect.objectContaining({
        code: 'ISRC_INVALID',
        message: expect.stringContaining('expected two letters'),
      }),
    );
  });

  it('is the same after a second normalisation, hyphens or not', () => {
    const wellFormed = fc.stringMatching(/^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$/);
    fc.assert(
      fc.property(wellFormed, (isrc) => {
        const hyphened = `${isrc.slice(0, 2)}-${isrc.slice(2, 5)}-${isrc.slice(5, 7)}-${isrc.slice(7)}`;
        expect(normaliseIsrc(hyphened.toLowerCase())).toBe(isrc);
        expect(normaliseIsrc(normaliseIsrc(hyphened))).toBe(isrc);
      }),
    );
  });
});
