/**
 * What is at stake in a claim, as one number to order a review queue by: what a wrong decision costs. First the action,
 * because a blocked upload is gone while a tracked one is only counted; then in how many territories; then for how many
 * seconds of the upload. Popularity would come before them, if platforms told it.
 */
import { rankOf } from '../rules/evaluate-policy.ts';
import type { Action } from '../rules/policy-document.ts';
import { countTerritories, type TerritorySet } from '../rules/territory.ts';

/** Above a day of matching seconds, and above the number of countries: the parts never run into each other. */
const secondsBase = 100_000;
const territoriesBase = 1_000;

export function stakeOf(claim: {
  readonly action: Action;
  readonly territories: TerritorySet;
  readonly matchSeconds: number;
}): number {
  const seconds = Math.min(Math.round(claim.matchSeconds), secondsBase - 1);
  return (
    (rankOf[claim.action] * territoriesBase + countTerritories(claim.territories)) * secondsBase + seconds
  );
}
