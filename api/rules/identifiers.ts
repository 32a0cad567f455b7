/**
 * Identifiers of recordings, releases, works and parties: one form for each, so that two spellings of the same
 * identifier are found to be the same. A check character catches a slip of the pen and nothing else: a well-formed
 * identifier is an assertion by whoever gave it, never a key and never proof of ownership.
 */
import {
  checkGs1,
  checkIpiName,
  checkIswc,
  checkMod11Radix2,
  checkMod37Hybrid36,
} from './check-characters.ts';
import { RuleError, shown } from './rule-error.ts';

export const identifierSchemes = ['isrc', 'upc_ean', 'iswc', 'isni', 'ipi', 'dpid', 'grid'] as const;
export type IdentifierScheme = (typeof identifierSchemes)[number];

/** Longer than any of them with its label and its hyphens. */
export const maxGivenCharacters = 60;

type Scheme = {
  readonly identifies: 'recording' | 'release' | 'work' | 'party';
  /** For the refusal. */
  readonly expected: string;
  /** What may stand in front of it in print, and is not part of it. */
  readonly label: RegExp;
  /** Of the form that is kept. */
  readonly pattern: RegExp;
  /** How many characters at the end check the ones before them, and by which rule. */
  readonly check?: { readonly length: number; readonly of: (payload: string) => string };
  readonly widened?: (bare: string) => string;
};

const schemes: Readonly<Record<IdentifierScheme, Scheme>> = {
  // ISO 3901. No check digit.
  isrc: {
    identifies: 'recording',
    expected:
      'two letters, three letters or digits and seven digits, such as GBAYE9300106 or GB-AYE-93-00106',
    label: /^ISRC[\s:]*/,
    pattern: /^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$/,
  },
  // GS1. A UPC-A is an EAN-13 with a zero in front, so all are kept as the fourteen digits that GS1 pads them to.
  // Eight digits are an EAN-8, never a compressed UPC-E.
  upc_ean: {
    identifies: 'release',
    expected: '8, 12, 13 or 14 digits of which the last checks the others, such as 5901234123457',
    label: /^(UPC|EAN|GTIN|JAN|ICPN)([- ]?(A|8|12|13|14)(?=[\s:]))?[\s:]*/,
    pattern: /^(?!0{14}$)\d{14}$/,
    check: { length: 1, of: checkGs1 },
    widened: (bare) => (/^(\d{8}|\d{12,14})$/.test(bare) ? bare.padStart(14, '0') : bare),
  },
  // ISO 15707. T is the only prefix that was ever issued.
  iswc: {
    identifies: 'work',
    expected: 'T and ten digits of which the last checks the others, such as T-034.524.680-1',
    label: /^ISWC[\s:]*/,
    pattern: /^T\d{10}$/,
    check: { length: 1, of: (payload) => checkIswc(payload.slice(1)) },
  },
  // ISO 27729.
  isni: {
    identifies: 'party',
    expected:
      'sixteen digits of which the last, a digit or X, checks the others, such as 0000 0001 2170 7484',
    label: /^ISNI[\s:]*/,
    pattern: /^\d{15}[\dX]$/,
    check: { length: 1, of: checkMod11Radix2 },
  },
  // CISAC: the name number, not the base number (I-001068130-6).
  ipi: {
    identifies: 'party',
    expected:
      'an IPI name number: nine to eleven digits of which the last two check the others, such as 00052210040',
    label: /^(IPI|CAE)[\s:]*/,
    // All zeroes would check.
    pattern: /^(?!0{11}$)\d{11}$/,
    check: { length: 2, of: checkIpiName },
    // Printed with or without its leading zeroes.
    widened: (bare) => (/^\d{9,11}$/.test(bare) ? bare.padStart(11, '0') : bare),
  },
  // DDEX: scheme PA, type DPIDA, ten characters, a check. The schema asks for less (PADPIDA and anything); DDEX's
  // documentation and the identifiers it issues have the check character.
  dpid: {
    identifies: 'party',
    expected:
      'PADPIDA, ten letters or digits and a character that checks them, such as PA-DPIDA-2014122301-Q',
    label: /^DPID[\s:]*/,
    pattern: /^PADPIDA[A-Z0-9]{11}$/,
    check: { length: 1, of: checkMod37Hybrid36 },
  },
  // IFPI's Global Release Identifier.
  grid: {
    identifies: 'release',
    expected: 'A1, fifteen letters or digits and a character that checks them, such as A1-2425G-ABC1234002-M',
    label: /^GRID[\s:]*/,
    pattern: /^A1[A-Z0-9]{16}$/,
    check: { length: 1, of: checkMod37Hybrid36 },
  },
};

/** What an identifier of the scheme is about. */
export function identifiedBy(scheme: IdentifierScheme): 'recording' | 'release' | 'work' | 'party' {
  return schemes[scheme].identifies;
}

/**
 * The form that is kept: capitals, without label, spaces, hyphens and dots; a UPC or EAN padded to fourteen digits,
 * an IPI name number to eleven. Throws `IDENTIFIER_INVALID`, saying what was expected: also where only the check is wrong.
 */
export function normaliseIdentifier(scheme: IdentifierScheme, given: string): string {
  const { expected, label, pattern, check, widened } = schemes[scheme];
  const refuse = (wanted: string) =>
    new RuleError('IDENTIFIER_INVALID', `${scheme}: expected ${wanted}; received ${shown(given)}`);
  if (given.length > maxGivenCharacters) throw refuse(expected);
  // Only ASCII is folded: a full-width letter is a mistake of another kind and is refused.
  const plain = given.trim().replace(/[a-z]/g, (letter) => letter.toUpperCase());
  const keptOf = (spelled: string) => {
    const bare = spelled.replace(/[-\s.]/g, '');
    return widened ? widened(bare) : bare;
  };
  // As it stands first: ISRC12345678 is an Icelandic ISRC and not the label of a shorter one.
  const asItStands = keptOf(plain);
  const kept = pattern.test(asItStands) ? asItStands : keptOf(plain.replace(label, ''));
  if (!pattern.test(kept)) throw refuse(expected);
  if (check) {
    const payload = kept.slice(0, -check.length);
    const right = check.of(payload);
    if (kept.slice(-check.length) !== right) {
      throw refuse(`${expected}: after ${payload} comes ${right}, or another character is wrong`);
    }
  }
  return kept;
}
