/** What the store has of the rights in a recording as what the rules take, and the conflicts that the rules find in it. */
import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Period } from '../rules/calendar-day.ts';
import { type OwnershipConflict, ownershipConflicts } from '../rules/ownership-conflict.ts';
import type { RightsRecord } from '../rules/rights-record.ts';
import { resolveTerritories, scopeOf, type TerritorySet } from '../rules/territory.ts';
import type { FoundConflict, RightsRows } from '../store/ownership-conflict.ts';
import type { ConflictDetails } from './ownership-conflict-view.ts';

export function rightsRecordOf({ assertions, decisions }: RightsRows): RightsRecord {
  return {
    assertions: assertions.map((row) => ({
      assertionId: row.rightsAssertionId,
      partyId: row.partyId,
      assertedBy: row.assertedBy,
      right: row.assertedRight,
      sharePpm: row.sharePpm,
      territories: territoriesOf(row),
      period: periodOf(row),
      basis: row.basis,
      evidence: row.evidence ?? null,
      recordedAtMs: row.recordedAt.getTime(),
      withdrawnAtMs: row.withdrawnAt?.getTime() ?? null,
    })),
    decisions: decisions.map((row) => ({
      decisionId: row.ownershipDecisionId,
      right: row.decidedRight,
      territories: territoriesOf(row),
      period: periodOf(row),
      upheld: row.upheld,
      setAside: row.setAside,
      recordedAtMs: row.recordedAt.getTime(),
      withdrawnAtMs: null,
    })),
  };
}

/** As the store writes conflicts down. Throws TOO_MANY_ASSERTIONS. */
export function findConflicts(said: RightsRows, now: Date): FoundConflict[] {
  return ownershipConflicts(rightsRecordOf(said), now.getTime()).map((conflict) => ({
    ownershipConflictId: uuidv7(),
    conflictSha256: createHash('sha256')
      .update(`${conflict.rights.join('+')} ${conflict.conflictKey}`)
      .digest(),
    sideIds: conflict.owners.map(({ partyId }) => partyId),
    sumPpm: conflict.sumPpm,
    details: detailsOf(conflict),
  }));
}

function detailsOf({ rights, owners, extents }: OwnershipConflict): ConflictDetails {
  return {
    rights: [...rights],
    owners: owners.map(({ partyId, sharePpm, assertionIds }) => ({
      party_id: partyId,
      share_ppm: sharePpm,
      rights_assertion_ids: [...assertionIds],
    })),
    extents: extents.map(({ period, territories }) => ({
      ...period,
      territories: writtenScope(territories),
    })),
  };
}

/** As it is stored and sent. */
export function writtenScope(territories: TerritorySet): { include: string[]; exclude: string[] } {
  const { include = [], exclude = [] } = scopeOf(territories);
  return { include: [...include], exclude: [...exclude] };
}

type Territories = {
  readonly territoriesInclude: readonly string[];
  readonly territoriesExclude: readonly string[];
};

const resolved = new Map<string, TerritorySet>();
const maxResolved = 10_000;

/** Remembered: the same few scopes come again and again. */
export function territoriesOf({
  territoriesInclude: include,
  territoriesExclude: exclude,
}: Territories): TerritorySet {
  const key = `${include} ${exclude}`;
  const known = resolved.get(key);
  if (known !== undefined) return known;
  const territories = resolveTerritories({ include, exclude });
  if (resolved.size < maxResolved) resolved.set(key, territories);
  return territories;
}

function periodOf(row: {
  readonly validFrom: string | undefined;
  readonly validTo: string | undefined;
}): Period {
  return { from: row.validFrom ?? null, to: row.validTo ?? null };
}
