/**
 * The *effective* view of the rights in a recording: who owns how much of a right, where and when, as it was believed
 * at an instant.
 *
 * In each territory and on each day the shares of all assertions that stand are added for each party, whatever their
 * basis: an owner who licensed a territory exclusively excludes it, or both are asserted and both are seen. Over the
 * whole is an ownership conflict: every party stays listed with what it asserts, nothing is scaled down, nobody wins,
 * and the status says `conflicted`. Only a withdrawal or a decision ends it.
 *
 * Nothing is counted day by day. Territories are split into cells that no assertion or decision tells apart (at most
 * 249); within a cell ownership changes only where a period begins or ends.
 */
import { always, endOf, type Period, periodBetween, periodHolds, startOf } from './calendar-day.ts';
import {
  type AsOf,
  concerns,
  type InstantMs,
  isBelieved,
  type OwnershipDecision,
  type Right,
  type RightsAssertion,
  type RightsRecord,
} from './rights-record.ts';
import { RuleError } from './rule-error.ts';
import { wholePpm } from './share.ts';
import { everywhere, nowhere, type TerritorySet } from './territory.ts';

/**
 * Assertions about one recording that are believed at a time. With 100 of random territories and periods the rectangles
 * are 24,000 and take about a second; one party's countries belong into one assertion, not into one each.
 */
export const maxAssertions = 100;
/** Decisions believed at a time; a person took each of them. */
const maxDecisions = 20;

export type OwnershipStatus = 'no_owner' | 'partly_owned' | 'owned' | 'conflicted';

export type Owner = {
  readonly partyId: string;
  /** The sum of what stands for this party. */
  readonly sharePpm: number;
  /** In alphabetical order. */
  readonly assertionIds: readonly string[];
};

export type Ownership = {
  readonly territories: TerritorySet;
  readonly status: OwnershipStatus;
  readonly sumPpm: number;
  /** In alphabetical order of party. */
  readonly owners: readonly Owner[];
};

export type OwnershipInPeriod = Ownership & { readonly period: Period };

/** Every territory once, those of equal ownership together. Throws `TOO_MANY_ASSERTIONS`. */
export function effectiveOn(record: RightsRecord, right: Right, { day, recordedAtMs }: AsOf): Ownership[] {
  const believed = believedOf(record, right, recordedAtMs);
  const holding = {
    assertions: believed.assertions.filter(({ period }) => periodHolds(period, day)),
    decisions: believed.decisions.filter(({ period }) => periodHolds(period, day)),
  };
  const rulings = rulingsOf(holding);
  const merged = new Map<Standing, TerritorySet>();
  for (const cell of cellsOf(holding)) {
    const standing = ruledBy(
      rulings.filter((_, index) => isIn(cell, holding.decisions[index] as OwnershipDecision)),
      standingOf(holding.assertions.map((assertion) => isIn(cell, assertion))),
    );
    merged.set(standing, (merged.get(standing) ?? nowhere) | cell);
  }
  return [...merged]
    .sort(([, a], [, b]) => byFirstTerritory(a, b))
    .map(([standing, territories]) => ({ territories, ...ownershipOf(holding.assertions, standing) }));
}

/** Every territory on every day once, as rectangles, in order of their beginning. Throws `TOO_MANY_ASSERTIONS`. */
export function effectiveOver(
  record: RightsRecord,
  right: Right,
  recordedAtMs: InstantMs,
): OwnershipInPeriod[] {
  const believed = believedOf(record, right, recordedAtMs);
  const rulings = rulingsOf(believed);
  const merged = new Map<string, Stretch & { territories: TerritorySet }>();
  for (const cell of cellsOf(believed)) {
    for (const stretch of stretchesOf(believed, rulings, cell)) {
      const key = `${stretch.start} ${stretch.end} ${stretch.standing.toString(36)}`;
      const found = merged.get(key);
      if (found) found.territories |= cell;
      else merged.set(key, { ...stretch, territories: cell });
    }
  }
  return [...merged.values()]
    .sort(
      (a, b) =>
        byText(a.start, b.start) || byText(a.end, b.end) || byFirstTerritory(a.territories, b.territories),
    )
    .map(({ start, end, standing, territories }) => ({
      period: periodBetween(start, end),
      territories,
      ...ownershipOf(believed.assertions, standing),
    }));
}

/** A bit for each believed assertion: those that stand. */
type Standing = bigint;
/** What a decision says of the assertions, in bits. */
type Ruling = { readonly upheld: Standing; readonly setAside: Standing };
/** Days in which the same assertions stand. */
type Stretch = { readonly start: string; end: string; readonly standing: Standing };

function believedOf(record: RightsRecord, right: Right, atMs: InstantMs): RightsRecord {
  const isAbout = (item: RightsAssertion | OwnershipDecision) =>
    isBelieved(item, atMs) && concerns(item, right);
  const assertions = record.assertions.filter(isAbout);
  const decisions = record.decisions.filter(isAbout);
  if (assertions.length > maxAssertions || decisions.length > maxDecisions) {
    throw new RuleError(
      'TOO_MANY_ASSERTIONS',
      `rights: expected at most ${maxAssertions} assertions and ${maxDecisions} decisions that are not withdrawn; ` +
        `received ${assertions.length} and ${decisions.length}`,
    );
  }
  return {
    assertions: assertions.sort((a, b) => byText(a.assertionId, b.assertionId)),
    // In the order they were taken: of two that name the same assertion the later one counts.
    decisions: decisions.sort(
      (a, b) => a.recordedAtMs - b.recordedAtMs || byText(a.decisionId, b.decisionId),
    ),
  };
}

/** The territories, split wherever an assertion or a decision tells two of them apart. */
function cellsOf({ assertions, decisions }: RightsRecord): TerritorySet[] {
  let cells: TerritorySet[] = [everywhere];
  for (const territories of new Set([...assertions, ...decisions].map((item) => item.territories))) {
    cells = cells
      .flatMap((cell) => [cell & territories, cell & ~territories])
      .filter((cell) => cell !== nowhere);
  }
  return cells;
}

/** Cells are never cut: one territory of it tells for all. */
const isIn = (cell: TerritorySet, { territories }: { readonly territories: TerritorySet }): boolean =>
  (territories & cell) !== nowhere;

function stretchesOf(
  { assertions, decisions }: RightsRecord,
  rulings: readonly Ruling[],
  cell: TerritorySet,
): Stretch[] {
  const asserted = changesOf(assertions.map((item) => (isIn(cell, item) ? item.period : null)));
  const decided = changesOf(decisions.map((item) => (isIn(cell, item) ? item.period : null)));
  const starts = [...new Set([startOf(always), ...asserted.keys(), ...decided.keys()])].sort();
  const stretches: Stretch[] = [];
  let [held, inForce] = [0n, 0n];
  for (const [index, start] of starts.entries()) {
    // What begins and what ends on a day are never the same item, so toggling is enough.
    held ^= asserted.get(start) ?? 0n;
    inForce ^= decided.get(start) ?? 0n;
    const end = starts[index + 1] ?? endOf(always);
    if (start === endOf(always)) break;
    const standing = ruledBy(
      rulings.filter((_, decision) => (inForce >> BigInt(decision)) & 1n),
      held,
    );
    const last = stretches.at(-1);
    if (last?.standing === standing) last.end = end;
    else stretches.push({ start, end, standing });
  }
  return stretches;
}

/** For each day on which items begin or end: a bit for each of them. Null for an item that does not count. */
function changesOf(periods: readonly (Period | null)[]): Map<string, bigint> {
  const changes = new Map<string, bigint>();
  for (const [index, period] of periods.entries()) {
    if (period === null) continue;
    for (const day of [startOf(period), endOf(period)]) {
      changes.set(day, (changes.get(day) ?? 0n) ^ (1n << BigInt(index)));
    }
  }
  return changes;
}

function rulingsOf({ assertions, decisions }: RightsRecord): Ruling[] {
  return decisions.map(({ upheld, setAside }) => ({
    upheld: standingOf(assertions.map(({ assertionId }) => upheld.includes(assertionId))),
    setAside: standingOf(assertions.map(({ assertionId }) => setAside.includes(assertionId))),
  }));
}

/** What is left of what is held when each decision has spoken, the last word counting. */
function ruledBy(rulings: readonly Ruling[], held: Standing): Standing {
  let aside = 0n;
  for (const { upheld, setAside } of rulings) aside = (aside & ~upheld) | setAside;
  return held & ~aside;
}

function standingOf(stands: readonly boolean[]): Standing {
  let standing = 0n;
  for (const [index, does] of stands.entries()) if (does) standing |= 1n << BigInt(index);
  return standing;
}

function ownershipOf(assertions: readonly RightsAssertion[], standing: Standing) {
  const bits = standing.toString(2);
  const ofParty = new Map<string, { sharePpm: number; assertionIds: string[] }>();
  let sumPpm = 0;
  for (const [index, { partyId, sharePpm, assertionId }] of assertions.entries()) {
    if (bits[bits.length - 1 - index] !== '1') continue;
    const owner = ofParty.get(partyId) ?? { sharePpm: 0, assertionIds: [] };
    owner.sharePpm += sharePpm;
    owner.assertionIds.push(assertionId);
    ofParty.set(partyId, owner);
    sumPpm += sharePpm;
  }
  const owners: Owner[] = [...ofParty]
    .sort(([a], [b]) => byText(a, b))
    .map(([partyId, owner]) => ({ partyId, ...owner }));
  return { status: statusOf(sumPpm), sumPpm, owners };
}

function statusOf(sumPpm: number): OwnershipStatus {
  if (sumPpm === 0) return 'no_owner';
  if (sumPpm > wholePpm) return 'conflicted';
  return sumPpm === wholePpm ? 'owned' : 'partly_owned';
}

/** Not by locale: the order may not depend on the machine. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byFirstTerritory(a: TerritorySet, b: TerritorySet): number {
  const [first, second] = [a & -a, b & -b];
  return first < second ? -1 : first > second ? 1 : 0;
}
