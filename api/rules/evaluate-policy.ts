/**
 * What one policy says of a match, territory by territory. Every rule whose conditions hold has a say, and the most
 * restrictive action wins; of equal ones the first rule is named. A rule that routes to review does so even where
 * another rule's action wins: who asked for a second look gets it. No rule holds: `allow`, because nothing is done
 * to an upload that nobody asked for; a rule without conditions is how a policy says otherwise.
 */
import type { MatchFacts } from './match-facts.ts';
import { type Action, actions, type Policy, type PolicyRule } from './policy-document.ts';
import { nowhere, type TerritorySet } from './territory.ts';

export type Verdict = {
  readonly territories: TerritorySet;
  readonly action: Action;
  readonly routeToReview: boolean;
  /** The rule that won; null: none held. */
  readonly ruleNumber: number | null;
};

export const rankOf: Readonly<Record<Action, number>> = Object.fromEntries(
  actions.map((action, rank) => [action, rank]),
) as Record<Action, number>;

/** The given territories, each once, those of equal verdict together; at most two verdicts a rule. */
export function evaluatePolicy(policy: Policy, facts: MatchFacts, territories: TerritorySet): Verdict[] {
  const verdicts: Verdict[] = [];
  // Rules come in the order in which they win, so each takes what no rule before it took.
  let [left, routed] = [territories, nowhere];
  for (const rule of policy.rules) {
    if ((left === nowhere && !rule.routeToReview) || !holds(rule, facts)) continue;
    if (rule.routeToReview) routed |= rule.territories;
    const won = left & rule.territories;
    if (won === nowhere) continue;
    verdicts.push({
      territories: won,
      action: rule.action,
      routeToReview: false,
      ruleNumber: rule.ruleNumber,
    });
    left ^= won;
  }
  if (left !== nowhere) {
    verdicts.push({ territories: left, action: 'allow', routeToReview: false, ruleNumber: null });
  }
  return routed === nowhere ? verdicts : verdicts.flatMap((verdict) => splitBy(verdict, routed));
}

function splitBy(verdict: Verdict, routed: TerritorySet): Verdict[] {
  return [
    { ...verdict, territories: verdict.territories & routed, routeToReview: true },
    { ...verdict, territories: verdict.territories & ~routed },
  ].filter(({ territories }) => territories !== nowhere);
}

function holds(rule: PolicyRule, facts: MatchFacts): boolean {
  for (const { fact, min, max } of rule.ranges) {
    if (facts[fact] < min || facts[fact] > max) return false;
  }
  if (rule.contentTypes && (!facts.contentType || !rule.contentTypes.includes(facts.contentType)))
    return false;
  return !rule.transforms || facts.transforms.some((transform) => rule.transforms?.includes(transform));
}
