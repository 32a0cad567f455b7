/**
 * A policy as a party writes it. Its conditions are those of the YouTube partner API (PolicyRule: match duration and
 * percent, reference percent, territories, content type) and of DDEX ERN 4.3 (RightsClaimPolicy: a percentage of the
 * ConsumerResource or of the ReferenceResource), and two that our matches have: transform and false-match probability.
 * All conditions of a rule must hold; one that is not given always does. Ranges hold their ends.
 */
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { type ContentType, contentTypes, type Transform, transforms } from './match-facts.ts';
import { TerritoryScopeDocument } from './rights-assertion.ts';
import { RuleError, shown } from './rule-error.ts';
import { everywhere, resolveTerritories, type TerritorySet } from './territory.ts';

/** From the least to the most restrictive. */
export const actions = ['allow', 'track', 'monetize', 'block', 'takedown'] as const;
export type Action = (typeof actions)[number];

export const maxRules = 100;
const maxPolicyNameCharacters = 100;
const maxNoteCharacters = 500;
const maxSeconds = 86_400;

const range = (maximum: number, description: string) =>
  Type.Object(
    {
      min: Type.Optional(Type.Number({ minimum: 0, maximum })),
      max: Type.Optional(Type.Number({ minimum: 0, maximum })),
    },
    { additionalProperties: false, minProperties: 1, description },
  );

const PolicyConditions = Type.Object(
  {
    match_seconds: Type.Optional(range(maxSeconds, 'How much of the upload matches, in seconds.')),
    percent_of_upload: Type.Optional(range(100, 'How much of the upload matches, in percent.')),
    percent_of_reference: Type.Optional(range(100, 'How much of the recording is used, in percent.')),
    false_match_probability: Type.Optional(range(1, 'How likely the match is chance.')),
    territories: Type.Optional(TerritoryScopeDocument),
    content_types: Type.Optional(
      Type.Array(Type.Enum([...contentTypes]), { minItems: 1, maxItems: contentTypes.length }),
    ),
    transforms: Type.Optional(
      Type.Array(Type.Enum([...transforms]), {
        minItems: 1,
        maxItems: transforms.length,
        description: 'Holds where a segment of the match has one of them.',
      }),
    ),
  },
  { additionalProperties: false },
);

const PolicyRuleDocument = Type.Object(
  {
    action: Type.Enum([...actions]),
    conditions: Type.Optional(PolicyConditions),
    route_to_review: Type.Optional(Type.Boolean({ description: 'A person looks before it is enforced.' })),
    note: Type.Optional(Type.String({ minLength: 1, maxLength: maxNoteCharacters })),
  },
  { additionalProperties: false },
);

export const PolicyDocument = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: maxPolicyNameCharacters,
      pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    }),
    rules: Type.Array(PolicyRuleDocument, { minItems: 1, maxItems: maxRules }),
  },
  { additionalProperties: false },
);
export type PolicyDocument = Static<typeof PolicyDocument>;

const measured = {
  match_seconds: 'matchSeconds',
  percent_of_upload: 'percentOfUpload',
  percent_of_reference: 'percentOfReference',
  false_match_probability: 'falseMatchProbability',
} as const;
type MeasuredFact = (typeof measured)[keyof typeof measured];

export type PolicyRule = {
  /** From 1, in the order of the document. */
  readonly ruleNumber: number;
  readonly action: Action;
  readonly routeToReview: boolean;
  readonly ranges: readonly { readonly fact: MeasuredFact; readonly min: number; readonly max: number }[];
  readonly territories: TerritorySet;
  /** Null: whatever it is. */
  readonly contentTypes: readonly ContentType[] | null;
  readonly transforms: readonly Transform[] | null;
};

/** One version of a party's policy, ready to be evaluated. A version never changes. */
export type Policy = {
  readonly policyId: string;
  readonly version: number;
  readonly partyId: string;
  readonly name: string;
  /** The most restrictive action first, and of equal ones the first in the document: the first that holds wins. */
  readonly rules: readonly PolicyRule[];
};

/** Throws `POLICY_INVALID`, or `TERRITORY_INVALID`, saying in which rule. */
export function readPolicy(
  identity: { readonly policyId: string; readonly version: number; readonly partyId: string },
  given: unknown,
): Policy {
  if (!Value.Check(PolicyDocument, given)) {
    const [first] = Value.Errors(PolicyDocument, given);
    throw invalid(first?.instancePath || 'document', first?.message ?? 'to be as described', typeof given);
  }
  const rules = given.rules.map((rule, index): PolicyRule => {
    const conditions = rule.conditions ?? {};
    const at = `rule ${index + 1}`;
    if (rule.action === 'allow' && rule.route_to_review) {
      throw invalid(at, 'an action that can be reviewed: what is allowed is not claimed', 'allow');
    }
    return {
      ruleNumber: index + 1,
      action: rule.action as Action,
      routeToReview: rule.route_to_review ?? false,
      ranges: Object.entries(measured).flatMap(([name, fact]) => {
        const written = conditions[name as keyof typeof measured];
        if (!written) return [];
        const { min = 0, max = Number.POSITIVE_INFINITY } = written;
        if (min > max) throw invalid(`${at}, ${name}`, 'min up to max', `${min} to ${max}`);
        return [{ fact, min, max }];
      }),
      territories: conditions.territories ? territoriesOf(at, conditions.territories) : everywhere,
      contentTypes: (conditions.content_types as ContentType[] | undefined) ?? null,
      transforms: (conditions.transforms as Transform[] | undefined) ?? null,
    };
  });
  const rankOf = ({ action }: PolicyRule) => actions.indexOf(action);
  return { ...identity, name: given.name, rules: rules.sort((a, b) => rankOf(b) - rankOf(a)) };
}

function territoriesOf(at: string, scope: Parameters<typeof resolveTerritories>[0]): TerritorySet {
  try {
    return resolveTerritories(scope);
  } catch (error) {
    if (error instanceof RuleError) throw new RuleError(error.code, `policy, ${at}: ${error.message}`);
    throw error;
  }
}

function invalid(where: string, expected: string, received: string): RuleError {
  return new RuleError(
    'POLICY_INVALID',
    `policy, ${where}: expected ${expected}; received ${shown(received)}`,
  );
}
