/** An ownership conflict as it is shown to its sides: over HTTP, and by `earmark rights conflicts`. */
import { type Static, Type } from 'typebox';
import { type Right, rights } from '../rules/rights-record.ts';
import { formatShare } from '../rules/share.ts';
import {
  conflictResolutions,
  type OwnershipConflictRow,
  type OwnershipDecisionRow,
} from '../store/ownership-conflict.ts';
import { nullable, Share, Territories } from './rights-view.ts';

const uuid = Type.String({ format: 'uuid' });
const time = Type.String({ format: 'date-time' });
const day = (description: string) => nullable(Type.String({ examples: ['2026-01-01'] }), description);
const Extent = { territories: Territories, from: day('Null: since always.'), to: day('Null: for ever.') };

const DecisionView = Type.Object({
  ownership_decision_id: uuid,
  decided_by: Type.String({ description: 'Name of the party.' }),
  right: Type.Enum([...rights, 'AllRights']),
  ...Extent,
  upheld: Type.Array(uuid, { description: 'Assertions that stand.' }),
  set_aside: Type.Array(uuid, { description: 'Assertions that do not, there and then.' }),
  reason: Type.String(),
  decided_at: time,
});

export const OwnershipConflictView = Type.Object({
  ownership_conflict_id: uuid,
  recording_id: uuid,
  registrant: Type.String({ description: 'Name of the party that registered the recording.' }),
  state: Type.Enum(['open', 'resolved']),
  resolution: nullable(
    Type.Enum([...conflictResolutions]),
    'How it ended. `superseded`: with a further assertion it is another conflict.',
  ),
  rights: Type.Array(Type.Enum([...rights])),
  share: Type.String({ description: 'What is asserted in all, in percent.', examples: ['150'] }),
  owners: Type.Array(
    Type.Object({
      party_id: uuid,
      party: Type.String(),
      share: Share,
      rights_assertion_ids: Type.Array(uuid),
    }),
    { description: 'The sides.' },
  ),
  extents: Type.Array(Type.Object(Extent), { description: 'Where and when.' }),
  reviewer: nullable(Type.String(), 'Name of the party that is to decide.'),
  decisions: Type.Array(DecisionView, { description: 'Oldest first; the last word counts.' }),
  opened_at: time,
  resolved_at: nullable(time, 'When it ended.'),
});
export type OwnershipConflictView = Static<typeof OwnershipConflictView>;

/** What the store keeps of a conflict as JSON. */
export type ConflictDetails = {
  readonly rights: Right[];
  readonly owners: readonly {
    readonly party_id: string;
    readonly share_ppm: number;
    readonly rights_assertion_ids: string[];
  }[];
  readonly extents: readonly Static<(typeof OwnershipConflictView)['properties']['extents']>[number][];
};

export function describeConflict(
  row: OwnershipConflictRow,
  decisions: readonly OwnershipDecisionRow[],
  names: ReadonlyMap<string, string>,
): OwnershipConflictView {
  const { rights, owners, extents } = row.details as ConflictDetails;
  return {
    ownership_conflict_id: row.ownershipConflictId,
    recording_id: row.recordingId,
    registrant: row.partyName,
    state: row.resolvedAt === undefined ? 'open' : 'resolved',
    resolution: row.resolution ?? null,
    rights,
    share: formatShare(row.sumPpm),
    owners: owners.map(({ party_id, share_ppm, rights_assertion_ids }) => ({
      party_id,
      party: names.get(party_id) ?? party_id,
      share: formatShare(share_ppm),
      rights_assertion_ids,
    })),
    extents: [...extents],
    reviewer: row.reviewerName ?? null,
    decisions: decisions
      .filter((decision) => decision.ownershipConflictId === row.ownershipConflictId)
      .map((decision) => ({
        ownership_decision_id: decision.ownershipDecisionId,
        decided_by: decision.decidedByName,
        right: decision.decidedRight,
        territories: { include: [...decision.territoriesInclude], exclude: [...decision.territoriesExclude] },
        from: decision.validFrom ?? null,
        to: decision.validTo ?? null,
        upheld: [...decision.upheld],
        set_aside: [...decision.setAside],
        reason: decision.reason,
        decided_at: decision.recordedAt.toISOString(),
      })),
    opened_at: row.openedAt.toISOString(),
    resolved_at: row.resolvedAt?.toISOString() ?? null,
  };
}
