import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { always, periodHolds } from '../../api/rules/calendar-day.ts';
import {
  effectiveOn,
  effectiveOver,
  maxAssertions,
  type Ownership,
} from '../../api/rules/effective-rights.ts';
import { ownershipConflicts } from '../../api/rules/ownership-conflict.ts';
import { assertedView, mineView, type RightsAssertion, rights } from '../../api/rules/rights-record.ts';
import { everywhere, nowhere, territorySet } from '../../api/rules/territory.ts';
import { anyRecord, watchedDays, watchedInstants, watchedTerritories } from './arbitrary-rights.ts';
import { naiveOwnership, type Point } from './naive-rights.ts';

const runs = { numRuns: 5000 };
const watched = watchedTerritories.map((territory) => ({ territory, bit: territorySet([territory]) }));
const instant = fc.constantFrom(...watchedInstants);
const right = fc.constantFrom(...rights);

const plain = ({ status, sumPpm, owners }: Ownership) => ({
  status,
  sumPpm,
  shares: Object.fromEntries(owners.map(({ partyId, sharePpm }) => [partyId, sharePpm])),
});

/** The union of the territories; throws where one is there twice. */
function disjointUnion(ownerships: readonly Ownership[]): bigint {
  let union = nowhere;
  for (const { territories } of ownerships) {
    expect(union & territories).toBe(nowhere);
    union |= territories;
  }
  return union;
}

describe('effective rights', () => {
  it('over all days are what the oracle counts day by day and territory by territory', () => {
    fc.assert(
      fc.property(anyRecord, right, instant, (record, right, atMs) => {
        const ownerships = effectiveOver(record, right, atMs);
        for (const day of watchedDays) {
          const thatDay = ownerships.filter(({ period }) => periodHolds(period, day));
          expect(disjointUnion(thatDay)).toBe(everywhere);
          for (const { territory, bit } of watched) {
            const found = thatDay.find(({ territories }) => (territories & bit) !== nowhere) as Ownership;
            const counted = naiveOwnership(record, { territory, day, atMs, right });
            if (JSON.stringify(plain(found)) !== JSON.stringify(counted)) {
              expect({ territory, day, ...plain(found) }).toEqual({ territory, day, ...counted });
            }
          }
        }
      }),
      runs,
    );
  });

  it('on one day are what the oracle counts', () => {
    fc.assert(
      fc.property(
        anyRecord,
        right,
        instant,
        fc.constantFrom(...watchedDays),
        (record, right, recordedAtMs, day) => {
          const ownerships = effectiveOn(record, right, { day, recordedAtMs });
          expect(disjointUnion(ownerships)).toBe(everywhere);
          for (const { territory, bit } of watched) {
            const found = ownerships.find(({ territories }) => (territories & bit) !== nowhere) as Ownership;
            expect(plain(found)).toEqual(
              naiveOwnership(record, { territory, day, atMs: recordedAtMs, right }),
            );
          }
        },
      ),
      runs,
    );
  });

  it('conflict where the oracle counts more than the whole, and nowhere else', () => {
    fc.assert(
      fc.property(anyRecord, instant, (record, atMs) => {
        const conflicts = ownershipConflicts(record, atMs);
        for (const right of ['MakeAvailableRight', 'PerformingRight'] as const) {
          const extents = conflicts
            .filter(({ rights }) => rights.includes(right))
            .flatMap(({ extents, sumPpm }) => extents.map((extent) => ({ ...extent, sumPpm })));
          for (const day of watchedDays) {
            for (const { territory, bit } of watched) {
              const point: Point = { territory, day, atMs, right };
              const there = extents.filter(
                ({ period, territories }) => periodHolds(period, day) && (territories & bit) !== nowhere,
              );
              const counted = naiveOwnership(record, point);
              const expected = counted.status === 'conflicted' ? [counted.sumPpm] : [];
              if (there.length === 0 && expected.length === 0) continue;
              expect(there.map(({ sumPpm }) => sumPpm)).toEqual(expected);
            }
          }
        }
      }),
      runs,
    );
  });

  it('do not depend on the order assertions are given in', () => {
    fc.assert(
      fc.property(anyRecord, right, instant, (record, right, atMs) => {
        const turned = {
          assertions: record.assertions.toReversed(),
          decisions: record.decisions.toReversed(),
        };
        expect(effectiveOver(turned, right, atMs)).toEqual(effectiveOver(record, right, atMs));
      }),
    );
  });

  it('of the past do not change with what is recorded or withdrawn later', () => {
    fc.assert(
      fc.property(anyRecord, anyRecord, right, (record, later, right) => {
        const afterMs = 100;
        const renamed = later.assertions.map((a) => ({
          ...a,
          assertionId: `later-${a.assertionId}`,
          recordedAtMs: a.recordedAtMs + afterMs,
        }));
        const grown = {
          assertions: [
            ...record.assertions.map((a) => ({ ...a, withdrawnAtMs: a.withdrawnAtMs ?? afterMs })),
            ...renamed,
          ],
          decisions: record.decisions.map((d) => ({ ...d, withdrawnAtMs: d.withdrawnAtMs ?? afterMs })),
        };
        expect(effectiveOver(grown, right, 5)).toEqual(effectiveOver(record, right, 5));
      }),
    );
  });
});

const assertion = (over: Partial<RightsAssertion>): RightsAssertion => ({
  assertionId: 'assertion-1',
  partyId: 'party-a',
  assertedBy: 'party-a',
  right: 'AllRights',
  sharePpm: 1_000_000,
  territories: everywhere,
  period: always,
  basis: 'OriginalOwner',
  evidence: null,
  recordedAtMs: 0,
  withdrawnAtMs: null,
  ...over,
});
const asOf = { day: '2024-06-01', recordedAtMs: 10 };

describe('the whole', () => {
  const thirds = (last: number) => ({
    assertions: [333_333, 333_333, 333_333, last].map((sharePpm, index) =>
      assertion({ assertionId: `assertion-${index}`, partyId: `party-${index}`, sharePpm }),
    ),
    decisions: [],
  });

  it('is reached exactly by three thirds and what is missing, and one millionth more is a conflict', () => {
    expect(effectiveOn(thirds(1), 'MakeAvailableRight', asOf)).toMatchObject([{ status: 'owned' }]);
    expect(effectiveOn(thirds(2), 'MakeAvailableRight', asOf)).toMatchObject([
      { status: 'conflicted', sumPpm: 1_000_001 },
    ]);
  });

  it('has no owner where nothing was asserted, and one that is only part of it counts as an owner', () => {
    const record = {
      assertions: [assertion({ sharePpm: 500_000, territories: territorySet(['DE']) })],
      decisions: [],
    };
    expect(effectiveOn(record, 'PerformingRight', asOf)).toMatchObject([
      { status: 'no_owner', owners: [] },
      { status: 'partly_owned', owners: [{ partyId: 'party-a', sharePpm: 500_000 }] },
    ]);
  });
});

describe('too many assertions', () => {
  const many = (count: number, withdrawnAtMs: number | null) => ({
    assertions: Array.from({ length: count }, (_, index) =>
      assertion({ assertionId: `assertion-${index}`, withdrawnAtMs }),
    ),
    decisions: [],
  });

  it('are refused, and withdrawn ones do not count', () => {
    expect(() => effectiveOn(many(maxAssertions + 1, null), 'MakeAvailableRight', asOf)).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_ASSERTIONS' }),
    );
    expect(effectiveOn(many(maxAssertions + 1, 5), 'MakeAvailableRight', asOf)).toHaveLength(1);
  });
});

describe('the views', () => {
  const own = assertion({ assertionId: 'own' });
  const ofOther = assertion({ assertionId: 'of-other', partyId: 'party-b', assertedBy: 'party-b' });
  const forOther = assertion({ assertionId: 'for-other', partyId: 'party-b', assertedBy: 'party-a' });
  const ended = assertion({ assertionId: 'ended', period: { from: null, to: '2024-06-01' } });
  const record = { assertions: [own, ofOther, forOther, ended], decisions: [] };

  it('asserted: everything said of that day; mine: what a party said, or is said to have', () => {
    const ids = (found: readonly RightsAssertion[]) => found.map(({ assertionId }) => assertionId);
    expect(ids(assertedView(record, asOf))).toEqual(['own', 'of-other', 'for-other']);
    expect(ids(mineView(record, asOf, 'party-a'))).toEqual(['own', 'for-other']);
    expect(ids(mineView(record, asOf, 'party-b'))).toEqual(['of-other', 'for-other']);
    expect(ids(mineView(record, { ...asOf, day: '2024-05-31' }, 'party-a'))).toContain('ended');
  });
});
