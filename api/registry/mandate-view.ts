/** A mandate as it is shown: over HTTP, and by `earmark mandate list`. */
import { type Static, Type } from 'typebox';
import { type MandateRow, mandateCatalogs, mandatePurposes } from '../store/mandate.ts';

export {
  type MandateCatalog,
  type MandatePurpose,
  mandateCatalogs,
  mandatePurposes,
} from '../store/mandate.ts';

const nullableTime = Type.Union([Type.String({ format: 'date-time' }), Type.Null()]);
const uuid = Type.String({ format: 'uuid' });

export const MandateView = Type.Object({
  mandate_id: uuid,
  party_id: Type.String({ format: 'uuid', description: 'Who authorises.' }),
  party: Type.String({ examples: ['Harbour Records'] }),
  administrator_id: Type.String({ format: 'uuid', description: 'Who is authorised.' }),
  administrator: Type.String({ examples: ['Quay Distribution'] }),
  purpose: Type.Enum([...mandatePurposes], {
    description: '`audit`: reads recordings, rights, claims and disputes, and writes nothing.',
    examples: ['administer'],
  }),
  state: Type.Enum(['in_force', 'to_come', 'ended', 'revoked']),
  catalog: Type.Enum([...mandateCatalogs], { examples: ['label'] }),
  labels: Type.Array(Type.String(), { examples: [['Harvest']] }),
  recording_ids: Type.Array(uuid),
  external_ids: Type.Array(Type.String()),
  territories_include: Type.Array(Type.String(), { examples: [['Worldwide']] }),
  territories_exclude: Type.Array(Type.String(), { examples: [['US']] }),
  valid_from: Type.String({ format: 'date-time' }),
  valid_until: nullableTime,
  evidence: Type.String({ examples: ['Agreement 2026-014, signed 2026-01-12'] }),
  created_at: Type.String({ format: 'date-time' }),
  revoked_by: Type.Union([Type.String(), Type.Null()], { description: 'Name of the party.' }),
  revoked_at: nullableTime,
});
export type MandateView = Static<typeof MandateView>;

export function describeMandate(row: MandateRow, now = new Date()): MandateView {
  return {
    mandate_id: row.mandateId,
    party_id: row.partyId,
    party: row.partyName,
    administrator_id: row.administratorId,
    administrator: row.administratorName,
    purpose: row.purpose,
    state: stateOf(row, now),
    catalog: row.catalog,
    labels: [...row.labels],
    recording_ids: [...row.recordingIds],
    external_ids: [...row.externalIds],
    territories_include: [...row.territoriesInclude],
    territories_exclude: [...row.territoriesExclude],
    valid_from: row.validFrom.toISOString(),
    valid_until: row.validUntil?.toISOString() ?? null,
    evidence: row.evidence,
    created_at: row.createdAt.toISOString(),
    revoked_by: row.revokedBy ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
  };
}

function stateOf({ revokedAt, validFrom, validUntil }: MandateRow, now: Date): MandateView['state'] {
  if (revokedAt !== undefined) return 'revoked';
  if (now < validFrom) return 'to_come';
  return validUntil !== undefined && validUntil <= now ? 'ended' : 'in_force';
}
