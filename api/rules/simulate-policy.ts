/**
 * What would change: past matches decided by the policies in force and by a draft, before the draft is activated.
 * Matches are given one after another, so a hundred thousand are never in memory; what is kept is counts and a
 * bounded list. Both sides are evaluated in full, with the other owners' policies: a draft that monetizes changes
 * nothing where a co-owner blocks.
 */
import type { Ownership } from './effective-rights.ts';
import { rankOf } from './evaluate-policy.ts';
import type { MatchFacts } from './match-facts.ts';
import { type Action, actions } from './policy-document.ts';
import type { PolicyInForce } from './policy-in-force.ts';
import { type ReviewThresholds, reviewThresholds } from './review-thresholds.ts';
import { countTerritories, nowhere, type TerritorySet } from './territory.ts';
import { type TerritoryOutcome, territoryOutcomes } from './territory-outcome.ts';

export const maxListedChanges = 1000;
const maxRememberedSizes = 10_000;

export type PastMatch = {
  readonly matchId: string;
  readonly recordingId: string;
  readonly facts: MatchFacts;
  readonly ownerships: readonly Ownership[];
  readonly allowlistedBy: ReadonlySet<string>;
  readonly eligibility: 'identify_only' | 'claim_eligible';
};

/** The policies of one side; the draft's side differs in one party's. */
export type PolicyLookup = (partyId: string, recordingId: string) => PolicyInForce | undefined;

export type Transition = { readonly before: Action; readonly after: Action; readonly count: number };

type TerritoryChange = {
  readonly territories: TerritorySet;
  readonly before: Pick<TerritoryOutcome, 'action' | 'review'>;
  readonly after: Pick<TerritoryOutcome, 'action' | 'review'>;
};

type ChangedMatch = {
  readonly matchId: string;
  readonly recordingId: string;
  readonly changes: readonly TerritoryChange[];
};

export type SimulationResult = {
  readonly matchCount: number;
  /** Matches whose action, or whether a person looks first, changes in any territory. */
  readonly changedMatchCount: number;
  /** Matches by the most restrictive action they meet anywhere; unchanged ones too. */
  readonly byMatch: readonly Transition[];
  /** Pairs of match and territory; unchanged ones too. */
  readonly byTerritory: readonly Transition[];
  /** Matches that go to review in any territory. */
  readonly reviewBefore: number;
  readonly reviewAfter: number;
  /** The first `maxListedChanges` or fewer, in the order matches came. */
  readonly changed: readonly ChangedMatch[];
};

export type Simulation = {
  readonly add: (match: PastMatch) => void;
  readonly result: () => SimulationResult;
};

export type SimulationOptions = {
  /** How many changed matches to list, at most `maxListedChanges`; 100 where it is not said. */
  readonly listed?: number;
  /** As the registry has them configured, or what goes to review is counted wrongly. */
  readonly thresholds?: ReviewThresholds;
};

/** A simulation that matches are added to as they come. */
export function startSimulation(
  before: PolicyLookup,
  after: PolicyLookup,
  { listed = 100, thresholds = reviewThresholds }: SimulationOptions = {},
): Simulation {
  const decide = (match: PastMatch, lookup: PolicyLookup): TerritoryOutcome[] => {
    const policyOf = (partyId: string) => lookup(partyId, match.recordingId);
    return territoryOutcomes({ ...match, policyOf }, thresholds);
  };
  const byMatch = new TransitionCount();
  const byTerritory = new TransitionCount();
  const changed: ChangedMatch[] = [];
  let [matchCount, changedMatchCount, reviewBefore, reviewAfter] = [0, 0, 0, 0];

  const sizeOf = rememberedSizes();

  const add = (match: PastMatch): void => {
    const outcomesBefore = decide(match, before);
    const outcomesAfter = isSame(match, before, after) ? outcomesBefore : decide(match, after);
    const changes: TerritoryChange[] = [];
    for (const old of outcomesBefore) {
      for (const next of outcomesAfter) {
        const territories = old.territories & next.territories;
        if (territories === nowhere) continue;
        byTerritory.add(old.action, next.action, sizeOf(territories));
        if (old.action !== next.action || isReviewed(old) !== isReviewed(next)) {
          addChange(changes, { territories, before: brief(old), after: brief(next) });
        }
      }
    }
    matchCount++;
    byMatch.add(strictest(outcomesBefore), strictest(outcomesAfter), 1);
    if (outcomesBefore.some(isReviewed)) reviewBefore++;
    if (outcomesAfter.some(isReviewed)) reviewAfter++;
    if (changes.length === 0) return;
    changedMatchCount++;
    if (changed.length < Math.min(listed, maxListedChanges)) {
      changed.push({ matchId: match.matchId, recordingId: match.recordingId, changes });
    }
  };

  const result = (): SimulationResult => ({
    matchCount,
    changedMatchCount,
    byMatch: byMatch.list(),
    byTerritory: byTerritory.list(),
    reviewBefore,
    reviewAfter,
    changed: [...changed],
  });
  return { add, result };
}

/** All at once, for matches that are at hand. */
export function simulatePolicy(
  before: PolicyLookup,
  after: PolicyLookup,
  matches: Iterable<PastMatch>,
  options: SimulationOptions = {},
): SimulationResult {
  const simulation = startSimulation(before, after, options);
  for (const match of matches) simulation.add(match);
  return simulation.result();
}

/** The same few sets come again and again, and counting bits is what takes the longest. */
function rememberedSizes(): (set: TerritorySet) => number {
  const sizes = new Map<TerritorySet, number>();
  return (set) => {
    const known = sizes.get(set);
    if (known !== undefined) return known;
    const size = countTerritories(set);
    if (sizes.size < maxRememberedSizes) sizes.set(set, size);
    return size;
  };
}

class TransitionCount {
  readonly #counts = new Array<number>(actions.length ** 2).fill(0);

  add(before: Action, after: Action, count: number): void {
    const index = rankOf[before] * actions.length + rankOf[after];
    this.#counts[index] = (this.#counts[index] as number) + count;
  }

  list(): Transition[] {
    return actions.flatMap((before) =>
      actions
        .map((after) => ({
          before,
          after,
          count: this.#counts[rankOf[before] * actions.length + rankOf[after]] as number,
        }))
        .filter(({ count }) => count > 0),
    );
  }
}

/** Told by identity: a lookup gives the same object for the same version, or the match is decided twice for nothing. */
function isSame({ ownerships, recordingId }: PastMatch, before: PolicyLookup, after: PolicyLookup): boolean {
  return ownerships.every(({ owners }) =>
    owners.every(({ partyId }) => before(partyId, recordingId) === after(partyId, recordingId)),
  );
}

/** The same change for another reason is the same change. */
function addChange(changes: TerritoryChange[], change: TerritoryChange): void {
  const keyOf = ({ before, after }: TerritoryChange) =>
    [before.action, before.review, after.action, after.review].join(' ');
  const same = changes.findIndex((other) => keyOf(other) === keyOf(change));
  if (same === -1) changes.push(change);
  else {
    const territories = change.territories | (changes[same] as TerritoryChange).territories;
    changes[same] = { ...change, territories };
  }
}

const brief = ({ action, review }: TerritoryOutcome) => ({ action, review });
const isReviewed = ({ review }: TerritoryOutcome): boolean => review.length > 0;

function strictest(outcomes: readonly TerritoryOutcome[]): Action {
  let most: Action = 'allow';
  for (const { action } of outcomes) if (rankOf[action] > rankOf[most]) most = action;
  return most;
}
