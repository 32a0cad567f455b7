/** Outcomes as sentences, for people: a platform's operator, a reviewer, an uploader who asks why. */
import { formatShare } from './share.ts';
import { describeTerritories } from './territory.ts';
import type { OwnerSay, TerritoryOutcome } from './territory-outcome.ts';

/** What a party is called; its id where no name is known. */
export type PartyNames = (partyId: string) => string;

/** One sentence an outcome, in the order given: "DE, FR → block: rule 2 of policy X, version 3; owner is Y". */
export function describeOutcomes(outcomes: readonly TerritoryOutcome[], nameOf: PartyNames): string[] {
  return outcomes.map((outcome) => {
    const review = outcome.review.length > 0 ? ` after review (${outcome.review.join(', ')})` : '';
    return `${describeTerritories(outcome.territories)} → ${outcome.action}${review}: ${describeReason(outcome, nameOf)}`;
  });
}

function describeReason({ reason }: TerritoryOutcome, nameOf: PartyNames): string {
  if (reason.kind === 'no_owner') return 'no owner';
  if (reason.kind === 'identify_only') return 'the reference is only there to identify by';
  if (reason.kind === 'conflict') {
    const who = reason.owners.map((owner) => `${nameOf(owner.partyId)} ${formatShare(owner.sharePpm)} %`);
    return `ownership is in conflict, ${formatShare(reason.sumPpm)} % is asserted: ${who.join(', ')}`;
  }
  const [first, ...others] = reason.says;
  const sentences = [
    describeSay(first),
    others.length === 0
      ? `owner is ${nameOf(first.partyId)}`
      : `owners are ${reason.says.map(({ partyId }) => nameOf(partyId)).join(', ')}`,
    ...others.map((say) => {
      const review = say.routeToReview ? ' and review' : '';
      return `${nameOf(say.partyId)} says ${say.action}${review}: ${describeSay(say)}`;
    }),
  ];
  return sentences.join('; ');
}

function describeSay({ because, policy, ruleNumber }: OwnerSay): string {
  if (because === 'allowlisted') return 'the account is allowlisted';
  if (!policy) return 'the owner has no policy';
  const which = `policy ${policy.name}, version ${policy.version}${policy.isOverride ? ', for this recording' : ''}`;
  return ruleNumber === null ? `no rule of ${which} holds` : `rule ${ruleNumber} of ${which}`;
}
