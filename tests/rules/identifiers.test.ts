import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkGs1,
  checkIpiName,
  checkIswc,
  checkMod11Radix2,
  checkMod37Hybrid36,
} from '../../api/rules/check-characters.ts';
import {
  type IdentifierScheme,
  identifiedBy,
  identifierSchemes,
  normaliseIdentifier,
} from '../../api/rules/identifiers.ts';

/** Published identifiers, and the form they are kept in. */
const published: readonly (readonly [IdentifierScheme, string, string])[] = [
  // ISRC Handbook's way of writing one, and the recording of tests/registry/isrc.test.ts.
  ['isrc', 'ISRC GB-AYE-93-00106', 'GBAYE9300106'],
  // Well-formed, and begins like its own label.
  ['isrc', 'ISRC12345678', 'ISRC12345678'],
  // Wikipedia, "International Article Number" and "Universal Product Code"; the DDEX knowledge base has the first too.
  ['upc_ean', '5901234123457', '05901234123457'],
  ['upc_ean', 'EAN-13: 5901234-123457', '05901234123457'],
  ['upc_ean', '0 36000 29145 2', '00036000291452'],
  ['upc_ean', 'UPC 036000291452', '00036000291452'],
  ['upc_ean', '73513537', '00000073513537'],
  ['upc_ean', 'EAN 8: 73513537', '00000073513537'],
  // Wikipedia, "International Standard Musical Work Code": the worked example, the first one issued, Benny Hill's Ernie.
  ['iswc', 'T-034.524.680-1', 'T0345246801'],
  ['iswc', 'ISWC T-000.000.001-0', 'T0000000010'],
  ['iswc', 'T0101713147', 'T0101713147'],
  // ISO 27729's own example; MusicBrainz' for The Beatles; ORCID's documentation, which shares the range and the check.
  ['isni', 'ISNI 1422 4586 3573 0476', '1422458635730476'],
  ['isni', '0000000121707484', '0000000121707484'],
  ['isni', '0000-0002-1825-0097', '0000000218250097'],
  ['isni', '0000-0002-1694-233x', '000000021694233X'],
  // Wikipedia, "Interested Parties Information": Prince under three names, Benny Hill.
  ['ipi', '00045620792', '00045620792'],
  ['ipi', '00052210040', '00052210040'],
  ['ipi', '00334284961', '00334284961'],
  ['ipi', 'IPI 014107338', '00014107338'],
  // The DDEX knowledge base (twice), and The MLC's, whose bulk files carry it in their names.
  ['dpid', 'PA-DPIDA-3897722461-G', 'PADPIDA3897722461G'],
  ['dpid', 'PA-DPIDA-2014122301-Q', 'PADPIDA2014122301Q'],
  ['dpid', 'PADPIDA2020062405C', 'PADPIDA2020062405C'],
  // IFPI's GRid standard.
  ['grid', 'A1-2425G-ABC1234002-M', 'A12425GABC1234002M'],
  ['grid', 'GRid:A1-2425G-ABC1234002-M', 'A12425GABC1234002M'],
];

const refusal = (told: string) =>
  expect.objectContaining({ code: 'IDENTIFIER_INVALID', message: expect.stringContaining(told) });

describe('a published identifier', () => {
  it.each(published)('%s %s is kept as %s', (scheme, given, kept) => {
    expect(normaliseIdentifier(scheme, given)).toBe(kept);
    expect(normaliseIdentifier(scheme, given.toLowerCase())).toBe(kept);
    expect(normaliseIdentifier(scheme, kept)).toBe(kept);
  });

  it.each(published.filter(([scheme]) => scheme !== 'isrc'))(
    '%s %s is refused with any one character of its check changed',
    (scheme, _, kept) => {
      const last = kept.slice(-1);
      for (const other of '0123456789') {
        if (other === last) continue;
        expect(() => normaliseIdentifier(scheme, kept.slice(0, -1) + other)).toThrow(refusal('comes'));
      }
    },
  );

  it.each(published.filter(([scheme]) => scheme !== 'isrc' && scheme !== 'iswc'))(
    '%s %s is refused with any one of its digits changed',
    (scheme, _, kept) => {
      for (let at = 0; at < kept.length - 1; at++) {
        if (!/\d/.test(kept[at] as string)) continue;
        for (const other of '0123456789') {
          if (other === kept[at]) continue;
          const slip = kept.slice(0, at) + other + kept.slice(at + 1);
          expect(() => normaliseIdentifier(scheme, slip)).toThrow(refusal('expected'));
        }
      }
    },
  );
});

describe('what is no identifier', () => {
  it.each<[IdentifierScheme, string]>([
    ['isrc', 'GBAYE930010'],
    ['upc_ean', '00000000000000'],
    ['upc_ean', '1234567'],
    ['upc_ean', '12345678901'],
    ['iswc', 'W-034.524.680-1'],
    ['isni', '0000 0001 2170 748'],
    ['ipi', '00000000000'],
    ['ipi', 'I-001068130-6'],
    ['dpid', 'PADPIDA'],
    ['dpid', 'PADPIDB3897722461G'],
    ['grid', 'A22425GABC1234002M'],
    ['isni', '００００000121707484'],
    ['ipi', ''],
  ])('%s %j is refused, and what was expected is told', (scheme, given) => {
    expect(() => normaliseIdentifier(scheme, given)).toThrow(refusal(`${scheme}: expected `));
  });

  it('is refused before it is looked at, where it is endless', () => {
    expect(() => normaliseIdentifier('grid', 'A'.repeat(10_000))).toThrow(refusal('grid: expected '));
  });

  it('never gets through, whatever is given, without being of the kept form', () => {
    fc.assert(
      fc.property(fc.constantFrom(...identifierSchemes), fc.string({ unit: 'binary' }), (scheme, given) => {
        let kept: string;
        try {
          kept = normaliseIdentifier(scheme, given);
        } catch (error) {
          expect(error).toMatchObject({ code: 'IDENTIFIER_INVALID' });
          return;
        }
        expect(normaliseIdentifier(scheme, kept)).toBe(kept);
      }),
    );
  });
});

describe('each scheme', () => {
  it('takes what its own check completes', () => {
    const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length - 1}}[1-9]$`));
    const alphanumerics = (length: number) => fc.stringMatching(new RegExp(`^[0-9A-Z]{${length}}$`));
    const complete: readonly (readonly [IdentifierScheme, fc.Arbitrary<string>])[] = [
      ['upc_ean', digits(13).map((payload) => payload + checkGs1(payload))],
      ['iswc', digits(9).map((payload) => `T${payload}${checkIswc(payload)}`)],
      ['isni', digits(15).map((payload) => payload + checkMod11Radix2(payload))],
      ['ipi', digits(9).map((payload) => payload + checkIpiName(payload))],
      [
        'dpid',
        alphanumerics(10).map((payload) => `PADPIDA${payload}${checkMod37Hybrid36(`PADPIDA${payload}`)}`),
      ],
      ['grid', alphanumerics(15).map((payload) => `A1${payload}${checkMod37Hybrid36(`A1${payload}`)}`)],
    ];
    for (const [scheme, identifier] of complete) {
      fc.assert(fc.property(identifier, (given) => normaliseIdentifier(scheme, given) === given));
    }
  });

  it('writes an IPI check of 100 as 00', () => {
    // 10 × 1 + 9 × 9 + 6 × 1 + 5 × 1 is 1 modulo 101, and 101 - 1 has three digits.
    expect(checkIpiName('190011000')).toBe('00');
    expect(checkIpiName('000000000')).toBe('00');
  });

  it('says what it identifies', () => {
    expect(identifierSchemes.map((scheme) => identifiedBy(scheme))).toEqual([
      'recording',
      'release',
      'work',
      'party',
      'party',
      'party',
      'release',
    ]);
  });
});
