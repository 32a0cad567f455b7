/**
 * Which claims follow from a match. A claim is one party's: it disputes, releases and expires without the others. A
 * party has at most two: an active one, and a potential one for the territories where a person has to look first. So
 * somebody who asserts a share in one territory cannot hold up another party's claim everywhere else.
 *
 * What is short or uncertain is potential everywhere; what a rule routes or where ownership is in conflict, there.
 * What is not claimed is said too, and why: a match without a claim is an answer and not a gap.
 */
import { rankOf } from './evaluate-policy.ts';
import type { Action } from './policy-document.ts';
import {
  doubtsOf,
  type ReviewReason,
  type ReviewThresholds,
  reviewReasons,
  reviewThresholds,
} from './review-thresholds.ts';
import { nowhere, type TerritorySet } from './territory.ts';
import { type OutcomeInput, type OwnerSay, saysOf } from './territory-outcome.ts';

export type ClaimPart = {
  readonly territories: TerritorySet;
  /** What the claimant alone says. What is enforced depends on the claim's state: `enforced-actions.ts`. */
  readonly say: OwnerSay;
  /** Empty in an active claim. */
  readonly review: readonly ReviewReason[];
};

export type RaisedClaim = {
  readonly partyId: string;
  readonly state: 'active' | 'potential';
  /** The most restrictive of its parts'. */
  readonly action: Action;
  /** Why it is potential; empty for an active claim. In the order of `reviewReasons`. */
  readonly review: readonly ReviewReason[];
  readonly territories: TerritorySet;
  readonly parts: readonly ClaimPart[];
};

export type Unclaimed = {
  /** Null: nobody owns it there. */
  readonly partyId: string | null;
  readonly territories: TerritorySet;
  readonly because: 'no_owner' | 'allowlisted' | 'policy_allows' | 'identify_only';
};

export type ClaimsOfMatch = {
  /** In alphabetical order of party, the active one first. */
  readonly claims: readonly RaisedClaim[];
  readonly unclaimed: readonly Unclaimed[];
};

/** Of each party, each territory it is an owner in is in exactly one claim or one `unclaimed`. */
export function claimsOfMatch(
  match: OutcomeInput,
  thresholds: ReviewThresholds = reviewThresholds,
): ClaimsOfMatch {
  const claims: RaisedClaim[] = [];
  const unclaimed: Unclaimed[] = [];
  const free = match.ownerships.filter(({ status }) => status === 'no_owner');
  const nobodys = union(free.map(({ territories }) => territories));
  if (nobodys !== nowhere) unclaimed.push({ partyId: null, territories: nobodys, because: 'no_owner' });

  const everywhereDoubtful = doubtsOf(match.facts, thresholds);
  for (const [partyId, { owned, contested }] of territoriesOfParties(match)) {
    if (match.eligibility === 'identify_only') {
      unclaimed.push({ partyId, territories: owned, because: 'identify_only' });
      continue;
    }
    const parts: ClaimPart[] = [];
    let allowed = nowhere;
    for (const { territories, say } of saysOf(partyId, owned, match)) {
      if (say.action === 'allow') {
        allowed |= territories;
        continue;
      }
      const doubts = say.routeToReview ? [...everywhereDoubtful, 'routed' as const] : everywhereDoubtful;
      addPart(parts, { territories: territories & ~contested, say, review: doubts });
      addPart(parts, { territories: territories & contested, say, review: [...doubts, 'conflict'] });
    }
    if (allowed !== nowhere) {
      const because = match.allowlistedBy.has(partyId) ? 'allowlisted' : 'policy_allows';
      unclaimed.push({ partyId, territories: allowed, because });
    }
    claims.push(...claimOf(partyId, 'active', parts), ...claimOf(partyId, 'potential', parts));
  }
  return { claims, unclaimed };
}

function territoriesOfParties({ ownerships }: OutcomeInput) {
  const ofParty = new Map<string, { owned: TerritorySet; contested: TerritorySet }>();
  for (const { territories, status, owners } of ownerships) {
    for (const { partyId } of owners) {
      const { owned, contested } = ofParty.get(partyId) ?? { owned: nowhere, contested: nowhere };
      ofParty.set(partyId, {
        owned: owned | territories,
        contested: status === 'conflicted' ? contested | territories : contested,
      });
    }
  }
  return [...ofParty].sort(([a], [b]) => (a < b ? -1 : 1));
}

function addPart(parts: ClaimPart[], part: ClaimPart): void {
  if (part.territories !== nowhere) parts.push(part);
}

function claimOf(partyId: string, state: 'active' | 'potential', all: readonly ClaimPart[]): RaisedClaim[] {
  const parts = all.filter(({ review }) => (review.length === 0) === (state === 'active'));
  const [first, ...others] = parts;
  if (!first) return [];
  return [
    {
      partyId,
      state,
      action: others.reduce<Action>(
        (most, { say }) => (rankOf[say.action] > rankOf[most] ? say.action : most),
        first.say.action,
      ),
      review: reviewReasons.filter((reason) => parts.some(({ review }) => review.includes(reason))),
      territories: union(parts.map(({ territories }) => territories)),
      parts,
    },
  ];
}

const union = (sets: readonly TerritorySet[]): TerritorySet => sets.reduce((all, set) => all | set, nowhere);
