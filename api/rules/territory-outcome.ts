/**
 * What happens to an upload in each territory, and why: ownership and the policies of all owners, put together.
 *
 * - No owner: `track`. The match is recorded, and nobody is there to ask for more.
 * - Ownership in conflict: `track` and review. Nothing restrictive is enforced for a party that may not be the owner.
 * - Owners: what each one's policy says, and the most restrictive wins; of equal ones the first in alphabetical order
 *   is named first. One who wants review gets it, whoever wins.
 * - An owner without a policy: `track`, like no owner: it asked for nothing.
 * - An owner that allowlisted the account: `allow`, whatever its policy says.
 * - A reference that is only there to identify by: `track`, whoever owns the recording.
 *
 * A short or uncertain match goes to review wherever something would follow from it. This is what follows when all is
 * confirmed; what is enforced while claims wait or are disputed is in `enforced-actions.ts`.
 */
import type { Owner, Ownership } from './effective-rights.ts';
import { evaluatePolicy, rankOf } from './evaluate-policy.ts';
import type { MatchFacts } from './match-facts.ts';
import type { Action } from './policy-document.ts';
import type { PolicyInForce } from './policy-in-force.ts';
import { doubtsOf, type ReviewReason, type ReviewThresholds, reviewThresholds } from './review-thresholds.ts';
import { everywhere, nowhere, type TerritorySet } from './territory.ts';

/** What one owner says, and because of what. */
export type OwnerSay = {
  readonly partyId: string;
  readonly action: Action;
  readonly routeToReview: boolean;
  readonly because: 'rule' | 'no_rule' | 'no_policy' | 'allowlisted';
  readonly policy: {
    readonly policyId: string;
    readonly version: number;
    readonly name: string;
    readonly isOverride: boolean;
  } | null;
  readonly ruleNumber: number | null;
};

type OutcomeReason =
  | { readonly kind: 'no_owner' }
  | { readonly kind: 'identify_only' }
  | { readonly kind: 'conflict'; readonly sumPpm: number; readonly owners: readonly Owner[] }
  /** All owners; the first one's action won. */
  | { readonly kind: 'owners'; readonly says: readonly [OwnerSay, ...OwnerSay[]] };

export type TerritoryOutcome = {
  readonly territories: TerritorySet;
  readonly action: Action;
  /** Why a person looks first; empty: nobody has to. */
  readonly review: readonly ReviewReason[];
  readonly reason: OutcomeReason;
};

export type OutcomeInput = {
  readonly facts: MatchFacts;
  /** `effectiveOn`: every territory once. */
  readonly ownerships: readonly Ownership[];
  readonly policyOf: (partyId: string) => PolicyInForce | undefined;
  /** Parties that allowlisted the uploading account. */
  readonly allowlistedBy: ReadonlySet<string>;
  /** Of the reference that matched. */
  readonly eligibility: 'identify_only' | 'claim_eligible';
};

/** Every territory once, those of equal outcome and reason together, so that an answer is small. */
export function territoryOutcomes(
  input: OutcomeInput,
  thresholds: ReviewThresholds = reviewThresholds,
): TerritoryOutcome[] {
  const doubts = doubtsOf(input.facts, thresholds);
  const merged = new Map<string, TerritoryOutcome>();
  const saidBy = new Map<string, readonly TerritorySay[]>();
  for (const ownership of input.ownerships) {
    for (const outcome of outcomesIn(ownership, input, doubts, saidBy)) {
      const key = keyOf(outcome);
      const same = merged.get(key);
      merged.set(key, same ? { ...same, territories: same.territories | outcome.territories } : outcome);
    }
  }
  return [...merged.values()];
}

type TerritorySay = { readonly territories: TerritorySet; readonly say: OwnerSay };
type Group = { readonly territories: TerritorySet; readonly says: readonly OwnerSay[] };

function outcomesIn(
  ownership: Ownership,
  input: OutcomeInput,
  doubts: readonly ReviewReason[],
  saidBy: Map<string, readonly TerritorySay[]>,
): TerritoryOutcome[] {
  const { territories, status, sumPpm, owners } = ownership;
  if (status === 'no_owner') {
    return [{ territories, action: 'track', review: [], reason: { kind: 'no_owner' } }];
  }
  if (input.eligibility === 'identify_only') {
    return [{ territories, action: 'track', review: [], reason: { kind: 'identify_only' } }];
  }
  if (status === 'conflicted') {
    const reason = { kind: 'conflict', sumPpm, owners } as const;
    return [{ territories, action: 'track', review: [...doubts, 'conflict'], reason }];
  }
  let groups: Group[] = [{ territories, says: [] }];
  for (const { partyId } of owners) {
    // Asked once for everywhere, and not in each of the many territories it may own.
    const said = saidBy.get(partyId) ?? saysOf(partyId, everywhere, input);
    saidBy.set(partyId, said);
    groups = groups.flatMap((group) => joined(group, said));
  }
  return groups.map(({ territories, says }) => {
    const [first, ...others] = [...says].sort((a, b) => rankOf[b.action] - rankOf[a.action]);
    const action = (first as OwnerSay).action;
    const isRouted = says.some(({ routeToReview }) => routeToReview);
    return {
      territories,
      action,
      // Where everything is allowed there is nothing to look at.
      review: action === 'allow' ? [] : isRouted ? [...doubts, 'routed'] : doubts,
      reason: { kind: 'owners', says: [first as OwnerSay, ...others] },
    };
  });
}

function joined(group: Group, said: readonly TerritorySay[]): Group[] {
  const groups: Group[] = [];
  for (const { territories, say } of said) {
    const both = group.territories & territories;
    if (both !== nowhere) groups.push({ territories: both, says: [...group.says, say] });
  }
  return groups;
}

/** What a party says about the territories: its allowlist first, then its policy. */
export function saysOf(
  partyId: string,
  territories: TerritorySet,
  { facts, policyOf, allowlistedBy }: OutcomeInput,
): TerritorySay[] {
  const silent = { partyId, routeToReview: false, policy: null, ruleNumber: null };
  if (allowlistedBy.has(partyId)) {
    return [{ territories, say: { ...silent, action: 'allow', because: 'allowlisted' } }];
  }
  const inForce = policyOf(partyId);
  if (!inForce) return [{ territories, say: { ...silent, action: 'track', because: 'no_policy' } }];
  const { policyId, version, name } = inForce.policy;
  const policy = { policyId, version, name, isOverride: inForce.isOverride };
  return evaluatePolicy(inForce.policy, facts, territories).map(
    ({ territories, action, routeToReview, ruleNumber }) => ({
      territories,
      say: {
        partyId,
        action,
        routeToReview,
        because: ruleNumber === null ? 'no_rule' : 'rule',
        policy,
        ruleNumber,
      },
    }),
  );
}

/** Action and review follow from the reason, so those of equal reason are one. A version of a policy never changes. */
function keyOf({ reason }: TerritoryOutcome): string {
  const parts: unknown[] = [reason.kind];
  if (reason.kind === 'conflict') {
    for (const { assertionIds } of reason.owners) parts.push(...assertionIds);
  } else if (reason.kind === 'owners') {
    for (const say of reason.says) {
      parts.push(say.partyId, say.because, say.policy?.policyId, say.policy?.version, say.ruleNumber);
      parts.push(say.action, say.routeToReview);
    }
  }
  return parts.join('\n');
}
