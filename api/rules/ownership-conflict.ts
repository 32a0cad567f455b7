/**
 * Ownership conflicts: where more than the whole of a right is asserted. A conflict is the set of assertions that
 * contend, so it keeps its key for as long as the same ones do, and is a resource of its own: seen by every party in
 * it, ended by a withdrawal or a decision, never by overwriting.
 */
import { describePeriod, type Period } from './calendar-day.ts';
import { effectiveOver, type Owner, type OwnershipInPeriod } from './effective-rights.ts';
import { concerns, type InstantMs, type Right, type RightsRecord, rights } from './rights-record.ts';
import { formatShare } from './share.ts';
import { describeTerritories, type TerritorySet } from './territory.ts';

export type OwnershipConflict = {
  /** The ids of the assertions that contend, in alphabetical order; with `rights`, unique. */
  readonly conflictKey: string;
  readonly rights: readonly Right[];
  readonly sumPpm: number;
  readonly owners: readonly Owner[];
  /** Where and when: rectangles that do not overlap, in order of their beginning. */
  readonly extents: readonly { readonly period: Period; readonly territories: TerritorySet }[];
};

type Found = OwnershipConflict & { rights: Right[]; extents: OwnershipConflict['extents'][number][] };

/** All conflicts in what was believed at an instant, past and future ones too. Throws `TOO_MANY_ASSERTIONS`. */
export function ownershipConflicts(record: RightsRecord, recordedAtMs: InstantMs): OwnershipConflict[] {
  const found: { readonly about: string; readonly conflicts: readonly Found[] }[] = [];
  for (const right of rights) {
    // Rights about which the same was said and decided are in the same conflicts: one each, and not four.
    const about = [...record.assertions, ...record.decisions]
      .map((item) => (concerns(item, right) ? '1' : '0'))
      .join('');
    const same = found.find((other) => other.about === about);
    if (same) for (const conflict of same.conflicts) conflict.rights.push(right);
    else found.push({ about, conflicts: conflictsOf(effectiveOver(record, right, recordedAtMs), right) });
  }
  return found
    .flatMap(({ conflicts }) => conflicts)
    .sort((a, b) => (a.conflictKey < b.conflictKey ? -1 : a.conflictKey > b.conflictKey ? 1 : 0));
}

function conflictsOf(ownerships: readonly OwnershipInPeriod[], right: Right): Found[] {
  const ofKey = new Map<string, Found>();
  for (const { status, sumPpm, owners, period, territories } of ownerships) {
    if (status !== 'conflicted') continue;
    const conflictKey = owners
      .flatMap(({ assertionIds }) => assertionIds)
      .sort()
      .join('+');
    const extent = { period, territories };
    const conflict = ofKey.get(conflictKey);
    if (conflict) conflict.extents.push(extent);
    else ofKey.set(conflictKey, { conflictKey, rights: [right], sumPpm, owners, extents: [extent] });
  }
  return [...ofKey.values()];
}

/** "150 % of MakeAvailableRight is asserted in DE, FR from 2024-01-01: a 100 %, b 50 %". */
export function describeConflict({ rights, sumPpm, owners, extents }: OwnershipConflict): string {
  const where = extents.map(
    ({ period, territories }) => `${describeTerritories(territories)} ${describePeriod(period)}`,
  );
  const who = owners.map(({ partyId, sharePpm }) => `${partyId} ${formatShare(sharePpm)} %`);
  return `${formatShare(sumPpm)} % of ${rights.join(', ')} is asserted in ${where.join('; ')}: ${who.join(', ')}`;
}
