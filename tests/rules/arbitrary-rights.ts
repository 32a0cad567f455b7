/** Random rights records over few territories, days and instants, so that they meet; and the scope of each as written. */
import fc from 'fast-check';
import type {
  AssertedRight,
  OwnershipDecision,
  RightsAssertion,
  RightsRecord,
} from '../../api/rules/rights-record.ts';
import { resolveTerritories, type TerritoryScope } from '../../api/rules/territory.ts';

const namedTerritories = ['DE', 'FR', 'GB', 'JP', 'US'];
/** What scopes name, and two that none names. */
export const watchedTerritories = [...namedTerritories, 'AD', 'ZW'];

const firstDay = Date.UTC(2024, 1, 20);
const dayMs = 86_400_000;
/** Over the end of a February that has 29 days. */
export const watchedDays = Array.from({ length: 24 }, (_, index) =>
  new Date(firstDay + index * dayMs).toISOString().slice(0, 10),
);
export const watchedInstants = [0, 1, 2, 3, 4, 5];

const some = (codes: readonly string[]) => fc.subarray([...codes], { minLength: 1 });
const scope: fc.Arbitrary<TerritoryScope> = fc.oneof(
  fc.constant({ include: ['Worldwide'] }),
  some(namedTerritories).map((include) => ({ include })),
  some(namedTerritories).map((exclude) => ({ exclude })),
  some(namedTerritories).map((exclude) => ({ include: ['Worldwide'], exclude })),
  fc.constant({ include: ['DE', 'FR', 'US'], exclude: ['FR'] }),
);

const period = fc
  .tuple(fc.integer({ min: -1, max: 22 }), fc.integer({ min: 1, max: 24 }))
  .map(([start, days]) => ({
    from: start < 0 ? null : (watchedDays[start] as string),
    to: watchedDays[Math.max(start, 0) + days] ?? null,
  }));

const recorded = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.option(fc.integer({ min: 1, max: 4 }), { freq: 2 }))
  .map(([recordedAtMs, after]) => ({
    recordedAtMs,
    withdrawnAtMs: after === null ? null : recordedAtMs + after,
  }));

const right = fc.constantFrom<AssertedRight>(
  'AllRights',
  'AllRights',
  'MakeAvailableRight',
  'PerformingRight',
);

export type WrittenAssertion = RightsAssertion & { readonly scope: TerritoryScope };
export type WrittenDecision = OwnershipDecision & { readonly scope: TerritoryScope };
export type WrittenRecord = RightsRecord & {
  readonly assertions: readonly WrittenAssertion[];
  readonly decisions: readonly WrittenDecision[];
};

const assertion = fc
  .record({
    partyId: fc.constantFrom('party-a', 'party-b', 'party-c'),
    assertedBy: fc.constantFrom('party-a', 'party-b', 'party-d'),
    right,
    sharePpm: fc.constantFrom(250_000, 333_333, 500_000, 500_001, 1_000_000),
    scope,
    period,
    basis: fc.constantFrom(
      'OriginalOwner' as const,
      'SuccessorInTitle' as const,
      'ExclusiveLicensee' as const,
    ),
    recorded,
  })
  .map(({ recorded, ...rest }) => ({ ...rest, ...recorded, territories: resolveTerritories(rest.scope) }));

const decision = fc
  .record({
    right,
    scope,
    period,
    recorded,
    // For each assertion: upheld, set aside, not named.
    says: fc.array(fc.constantFrom('upheld', 'setAside', 'silent'), { minLength: 12, maxLength: 12 }),
  })
  .map(({ recorded, ...rest }) => ({ ...rest, ...recorded, territories: resolveTerritories(rest.scope) }));

export const anyRecord: fc.Arbitrary<WrittenRecord> = fc
  .tuple(fc.array(assertion, { maxLength: 7 }), fc.array(decision, { maxLength: 3 }))
  .map(([assertions, decisions]) => {
    const written = assertions.map((a, index) => ({
      ...a,
      assertionId: `assertion-${index}`,
      evidence: null,
    }));
    const named = (says: readonly string[], what: string) =>
      written.filter((_, index) => says[index] === what).map(({ assertionId }) => assertionId);
    return {
      assertions: written,
      decisions: decisions.map(({ says, ...rest }, index) => ({
        ...rest,
        decisionId: `decision-${index}`,
        upheld: named(says, 'upheld'),
        setAside: named(says, 'setAside'),
      })),
    };
  });
