/**
 * What was asserted and decided about the rights in one recording. Nothing in it is ever overwritten: an assertion
 * or a decision is recorded, and may be withdrawn later. Two times are kept apart: the period says when in the world
 * it holds (valid time), `recordedAtMs` and `withdrawnAtMs` say when the registry believed it (recorded time). So
 * "what did we believe on 3 March about 1 January" has an answer, and always the same one.
 *
 * Three views: *asserted* is what every party says, *mine* what one party says or is said to have, *effective*
 * what follows from all of it (`effective-rights.ts`).
 */
import { type CalendarDay, type Period, periodHolds } from './calendar-day.ts';
import type { TerritorySet } from './territory.ts';

/** The rights in a sound recording that an upload touches, by DDEX's names (avs:RightsCoverage). */
export const rights = [
  'MakeAvailableRight',
  'PerformingRight',
  'ReproductionRight',
  'SynchronizationRight',
] as const;
export type Right = (typeof rights)[number];
/** An assertion may be of one right or of all of them. */
export type AssertedRight = Right | 'AllRights';

export const bases = ['OriginalOwner', 'SuccessorInTitle', 'ExclusiveLicensee'] as const;
export type Basis = (typeof bases)[number];

/** Milliseconds since 1970, UTC. */
export type InstantMs = number;

export type Recorded = {
  readonly recordedAtMs: InstantMs;
  /** From when it is no longer believed; null: it still is. */
  readonly withdrawnAtMs: InstantMs | null;
};

export type RightsAssertion = Recorded & {
  readonly assertionId: string;
  /** Whose right it is said to be. */
  readonly partyId: string;
  /** Who says so: the same party, or its administrator under a mandate. */
  readonly assertedBy: string;
  readonly right: AssertedRight;
  readonly sharePpm: number;
  readonly territories: TerritorySet;
  readonly period: Period;
  readonly basis: Basis;
  /** Where the proof is: a contract's number, a URL. Not the proof. */
  readonly evidence: string | null;
};

/**
 * Says which assertions stand in some territories and period. It takes away only what it names: an assertion it does
 * not know of is not touched, and may make a new conflict.
 */
export type OwnershipDecision = Recorded & {
  readonly decisionId: string;
  readonly right: AssertedRight;
  readonly territories: TerritorySet;
  readonly period: Period;
  readonly upheld: readonly string[];
  readonly setAside: readonly string[];
};

export type RightsRecord = {
  readonly assertions: readonly RightsAssertion[];
  readonly decisions: readonly OwnershipDecision[];
};

export type AsOf = { readonly day: CalendarDay; readonly recordedAtMs: InstantMs };

/** Believed from the instant it was recorded until before the instant it was withdrawn. */
export function isBelieved(item: Recorded, atMs: InstantMs): boolean {
  return item.recordedAtMs <= atMs && (item.withdrawnAtMs === null || atMs < item.withdrawnAtMs);
}

export function concerns(item: { readonly right: AssertedRight }, right: Right): boolean {
  return item.right === 'AllRights' || item.right === right;
}

/** The *asserted* view: all that is said of that day, as it was believed then, in the order it was given. */
export function assertedView(record: RightsRecord, { day, recordedAtMs }: AsOf): RightsAssertion[] {
  return record.assertions.filter(
    (assertion) => isBelieved(assertion, recordedAtMs) && periodHolds(assertion.period, day),
  );
}

/** The *mine* view: what a party asserted, and what others asserted to be its. */
export function mineView(record: RightsRecord, asOf: AsOf, partyId: string): RightsAssertion[] {
  return assertedView(record, asOf).filter(
    (assertion) => assertion.partyId === partyId || assertion.assertedBy === partyId,
  );
}
