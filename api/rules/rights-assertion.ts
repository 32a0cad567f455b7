/** A rights assertion as a party writes it, and what is made of it before it is recorded. */
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { endOf, isCalendarDay, type Period, startOf } from './calendar-day.ts';
import { type AssertedRight, type Basis, bases, rights } from './rights-record.ts';
import { RuleError, shown } from './rule-error.ts';
import { parseShare } from './share.ts';
import { maxTerritories, resolveTerritories, type TerritorySet } from './territory.ts';

const maxEvidenceCharacters = 500;

const territoryList = Type.Array(Type.String({ maxLength: 20 }), { maxItems: maxTerritories });

/** Include and exclude, as in `territory.ts`. */
export const TerritoryScopeDocument = Type.Object(
  { include: Type.Optional(territoryList), exclude: Type.Optional(territoryList) },
  { additionalProperties: false, examples: [{ include: ['Worldwide'], exclude: ['US'] }] },
);

const day = (description: string) =>
  Type.Union([Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }), Type.Null()], { description });

export const RightsAssertionDocument = Type.Object(
  {
    right: Type.Enum([...rights, 'AllRights'], { description: 'By DDEX’s names, or all of them.' }),
    share: Type.Union([Type.String({ maxLength: 20 }), Type.Number()], {
      description: 'Percent, with at most four decimals.',
      examples: ['33.3333'],
    }),
    territories: TerritoryScopeDocument,
    from: Type.Optional(day('The first day it holds; without it, since always.')),
    to: Type.Optional(day('The first day it holds no longer; without it, for ever.')),
    basis: Type.Enum([...bases]),
    evidence: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: maxEvidenceCharacters,
        pattern: '^[^\\u0000-\\u001f\\u007f]+$',
      }),
    ),
  },
  { additionalProperties: false },
);
export type RightsAssertionDocument = Static<typeof RightsAssertionDocument>;

export type AssertedContent = {
  readonly right: AssertedRight;
  readonly sharePpm: number;
  readonly territories: TerritorySet;
  readonly period: Period;
  readonly basis: Basis;
  readonly evidence: string | null;
};

/** Throws `RIGHTS_ASSERTION_INVALID`, `SHARE_INVALID` or `TERRITORY_INVALID`. */
export function readRightsAssertion(given: unknown): AssertedContent {
  if (!Value.Check(RightsAssertionDocument, given)) {
    const [first] = Value.Errors(RightsAssertionDocument, given);
    throw invalid(`${first?.instancePath || 'document'} ${first?.message ?? 'to be as described'}`, given);
  }
  const period = { from: given.from ?? null, to: given.to ?? null };
  for (const written of [period.from, period.to]) {
    if (written !== null && !isCalendarDay(written)) throw invalid('a day of the calendar', written);
  }
  if (startOf(period) >= endOf(period)) throw invalid('from before to', `${period.from} to ${period.to}`);
  return {
    right: given.right as AssertedRight,
    sharePpm: parseShare(given.share),
    territories: resolveTerritories(given.territories),
    period,
    basis: given.basis as Basis,
    evidence: given.evidence ?? null,
  };
}

function invalid(expected: string, received: unknown): RuleError {
  const text = typeof received === 'object' ? JSON.stringify(received) : received;
  return new RuleError(
    'RIGHTS_ASSERTION_INVALID',
    `rights assertion: expected ${expected}; received ${shown(text)}`,
  );
}
