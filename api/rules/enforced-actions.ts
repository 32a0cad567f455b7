/**
 * What a platform enforces in each territory now, from the claims as they are: a potential claim only tracks, an
 * active one does what it says, and while the uploader's side is heard nobody is blocked: a disputed or appealed claim
 * may go on monetizing (its revenue is for the platform to hold) and tracks otherwise. A claim that ended in a notice
 * has taken the upload down; one that was released or expired counts as none.
 */
import type { ClaimState } from './claim-machine.ts';
import { rankOf } from './evaluate-policy.ts';
import type { Action } from './policy-document.ts';
import { everywhere, nowhere, type TerritorySet } from './territory.ts';

export type EnforcedClaim = {
  readonly state: ClaimState;
  readonly parts: readonly { readonly territories: TerritorySet; readonly action: Action }[];
};

/** Null: nothing, as if there were no claim. */
export function enforcedAction(state: ClaimState, action: Action): Action | null {
  switch (state) {
    case 'potential':
      return action === 'allow' ? 'allow' : 'track';
    case 'active':
      return action;
    case 'disputed':
    case 'appealed':
      return rankOf[action] > rankOf.monetize ? 'track' : action;
    case 'taken_down':
      return 'takedown';
    case 'released':
    case 'expired':
      return null;
  }
}

/** Every territory once: the most restrictive of the claims there, `track` where there is none. Most restrictive first. */
export function enforcedActions(
  claims: readonly EnforcedClaim[],
): { readonly territories: TerritorySet; readonly action: Action }[] {
  const ofAction = new Map<Action, TerritorySet>();
  for (const { state, parts } of claims) {
    for (const { territories, action } of parts) {
      const enforced = enforcedAction(state, action);
      if (enforced) ofAction.set(enforced, (ofAction.get(enforced) ?? nowhere) | territories);
    }
  }
  const enforced: { territories: TerritorySet; action: Action }[] = [];
  let left = everywhere;
  for (const [action, territories] of [...ofAction].sort(([a], [b]) => rankOf[b] - rankOf[a])) {
    if ((left & territories) !== nowhere) enforced.push({ territories: left & territories, action });
    left &= ~territories;
  }
  if (left !== nowhere) {
    const tracked = enforced.findIndex(({ action }) => action === 'track');
    if (tracked === -1) enforced.push({ territories: left, action: 'track' });
    else
      enforced[tracked] = {
        territories: left | (enforced[tracked]?.territories ?? nowhere),
        action: 'track',
      };
  }
  return enforced.sort((a, b) => rankOf[b.action] - rankOf[a.action]);
}
