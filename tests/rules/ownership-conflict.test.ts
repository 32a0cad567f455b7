import { describe, expect, it } from 'vitest';
import { effectiveOn } from '../../api/rules/effective-rights.ts';
import { describeConflict, ownershipConflicts } from '../../api/rules/ownership-conflict.ts';
import { checkDecision } from '../../api/rules/ownership-decision.ts';
import type { OwnershipDecision, RightsAssertion } from '../../api/rules/rights-record.ts';
import { everywhere, listTerritories, resolveTerritories, territorySet } from '../../api/rules/territory.ts';

const since = (from: string) => ({ from, to: null });
const made = (assertionId: string, partyId: string, rest: Partial<RightsAssertion>): RightsAssertion => ({
  assertionId,
  partyId,
  assertedBy: partyId,
  right: 'AllRights',
  sharePpm: 1_000_000,
  territories: everywhere,
  period: since('2020-01-01'),
  basis: 'OriginalOwner',
  evidence: null,
  recordedAtMs: 100,
  withdrawnAtMs: null,
  ...rest,
});

const label = made('label', 'Nordton', {});
const licensee = made('licensee', 'Südklang', {
  right: 'MakeAvailableRight',
  territories: territorySet(['DE', 'FR']),
  period: { from: '2024-01-01', to: '2025-01-01' },
  basis: 'ExclusiveLicensee',
  recordedAtMs: 200,
});
const record = { assertions: [label, licensee], decisions: [] };

const forLicensee: OwnershipDecision = {
  decisionId: 'decision-1',
  right: 'MakeAvailableRight',
  territories: territorySet(['DE', 'FR']),
  period: { from: '2024-01-01', to: '2025-01-01' },
  upheld: ['licensee'],
  setAside: ['label'],
  recordedAtMs: 300,
  withdrawnAtMs: null,
};
const ownersInGermany = (decisions: readonly OwnershipDecision[], recordedAtMs: number, day = '2024-06-01') =>
  effectiveOn({ ...record, decisions }, 'MakeAvailableRight', { day, recordedAtMs })
    .filter(({ territories }) => listTerritories(territories).includes('DE'))
    .flatMap(({ status, owners }) => [status, ...owners.map(({ partyId }) => partyId)]);

describe('an ownership conflict', () => {
  it('says who contends, for which right, where and when, and for how much', () => {
    const [conflict, ...others] = ownershipConflicts(record, 250);
    expect(others).toEqual([]);
    expect(conflict).toEqual({
      conflictKey: 'label+licensee',
      rights: ['MakeAvailableRight'],
      sumPpm: 2_000_000,
      owners: [
        { partyId: 'Nordton', sharePpm: 1_000_000, assertionIds: ['label'] },
        { partyId: 'Südklang', sharePpm: 1_000_000, assertionIds: ['licensee'] },
      ],
      extents: [
        { period: { from: '2024-01-01', to: '2025-01-01' }, territories: territorySet(['DE', 'FR']) },
      ],
    });
    expect(describeConflict(conflict as NonNullable<typeof conflict>)).toBe(
      '200 % of MakeAvailableRight is asserted in DE, FR from 2024-01-01 until 2025-01-01: Nordton 100 %, Südklang 100 %',
    );
  });

  it('is not there before the second party asserted', () => {
    expect(ownershipConflicts(record, 199)).toEqual([]);
  });

  it('of all rights is one conflict', () => {
    const assertions = [label, made('other', 'Südklang', {})];
    expect(ownershipConflicts({ assertions, decisions: [] }, 250)).toMatchObject([
      { rights: ['MakeAvailableRight', 'PerformingRight', 'ReproductionRight', 'SynchronizationRight'] },
    ]);
  });

  it('can be of a party with itself, when it asserts the same twice', () => {
    const assertions = [label, made('again', 'Nordton', {})];
    expect(ownershipConflicts({ assertions, decisions: [] }, 250)).toMatchObject([
      { owners: [{ partyId: 'Nordton', sharePpm: 2_000_000, assertionIds: ['again', 'label'] }] },
    ]);
  });

  it('ends by withdrawal from the instant on, and what was believed before stays', () => {
    const assertions = [label, { ...licensee, withdrawnAtMs: 400 }];
    expect(ownershipConflicts({ assertions, decisions: [] }, 399)).toHaveLength(1);
    expect(ownershipConflicts({ assertions, decisions: [] }, 400)).toEqual([]);
  });

  it('leaves everybody listed while it lasts', () => {
    expect(ownersInGermany([], 250)).toEqual(['conflicted', 'Nordton', 'Südklang']);
  });
});

describe('a decision', () => {
  it('ends the conflict from when it was recorded, within its territories and period', () => {
    expect(ownersInGermany([forLicensee], 299)).toEqual(['conflicted', 'Nordton', 'Südklang']);
    expect(ownersInGermany([forLicensee], 300)).toEqual(['owned', 'Südklang']);
    expect(ownersInGermany([forLicensee], 300, '2023-12-31')).toEqual(['owned', 'Nordton']);
    expect(ownershipConflicts({ ...record, decisions: [forLicensee] }, 300)).toEqual([]);
  });

  it('is overruled by a later one, and stands again when that is withdrawn', () => {
    const forLabel = {
      ...forLicensee,
      decisionId: 'decision-2',
      upheld: ['label'],
      setAside: ['licensee'],
      recordedAtMs: 500,
      withdrawnAtMs: 600,
    };
    expect(ownersInGermany([forLicensee, forLabel], 499)).toEqual(['owned', 'Südklang']);
    expect(ownersInGermany([forLicensee, forLabel], 500)).toEqual(['owned', 'Nordton']);
    expect(ownersInGermany([forLicensee, forLabel], 600)).toEqual(['owned', 'Südklang']);
  });

  it('does not touch what it does not name', () => {
    const newcomer = made('newcomer', 'Drittens', { recordedAtMs: 350 });
    const later = { assertions: [...record.assertions, newcomer], decisions: [forLicensee] };
    const keys = ownershipConflicts(later, 350).map(({ conflictKey }) => conflictKey);
    expect(keys).toContain('licensee+newcomer');
  });

  it('is taken where it leaves no conflict', () => {
    expect(() => checkDecision(forLicensee, record)).not.toThrow();
  });

  it.each<[string, Partial<OwnershipDecision>, string]>([
    ['that sets nothing aside', { setAside: [] }, 'at least one'],
    ['that names one twice', { upheld: ['label'] }, 'each assertion once'],
    ['about what was never asserted', { setAside: ['nobody'] }, 'recorded and not withdrawn'],
    [
      'about what is asserted later',
      { recordedAtMs: 150, setAside: ['licensee'], upheld: [] },
      'recorded and not withdrawn',
    ],
    ['for no day', { period: { from: '2024-02-01', to: '2024-02-01' } }, 'begins before it ends'],
    ['for no territory', { territories: 0n }, 'a territory'],
  ])('%s is refused', (_, over, told) => {
    expect(() => checkDecision({ ...forLicensee, ...over }, record)).toThrow(
      expect.objectContaining({ code: 'DECISION_INVALID', message: expect.stringContaining(told) }),
    );
  });

  it('is refused where it leaves more than the whole, and told how much and where', () => {
    const third = made('third', 'Drittens', { territories: resolveTerritories({ include: ['FR'] }) });
    const three = { ...record, assertions: [...record.assertions, third] };
    expect(() => checkDecision(forLicensee, three)).toThrow('200 % of MakeAvailableRight in FR');
  });
});
