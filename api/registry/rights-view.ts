/** The rights in a recording as they are shown: over HTTP, and by `earmark rights show`. */
import { type Static, Type } from 'typebox';
import type { OwnershipStatus } from '../rules/effective-rights.ts';
import { bases, rights } from '../rules/rights-record.ts';
import { formatShare } from '../rules/share.ts';
import type { RightsAssertionRow } from '../store/rights-assertion.ts';

export const rightsViews = ['asserted', 'mine', 'effective'] as const;
export type RightsViewName = (typeof rightsViews)[number];
const statuses = [
  'no_owner',
  'partly_owned',
  'owned',
  'conflicted',
] as const satisfies readonly OwnershipStatus[];

const uuid = Type.String({ format: 'uuid' });
const time = Type.String({ format: 'date-time' });
export const nullable = <T extends Type.TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });
export const Share = Type.String({ description: 'Percent, as decimal text.', examples: ['33.3333'] });
export const Territories = Type.Object(
  {
    include: Type.Array(Type.String(), { examples: [['Worldwide']] }),
    exclude: Type.Array(Type.String(), { examples: [['US']] }),
  },
  { description: 'ISO 3166-1, or `Worldwide`.' },
);
const day = Type.String({ examples: ['2026-01-01'] });

export const RightsAssertionView = Type.Object({
  rights_assertion_id: uuid,
  party_id: Type.String({ format: 'uuid', description: 'Whose right it is said to be.' }),
  party: Type.String({ examples: ['Harbour Records'] }),
  asserted_by: Type.String({
    description: 'Name of the party that says so.',
    examples: ['Quay Distribution'],
  }),
  right: Type.Enum([...rights, 'AllRights']),
  share: Share,
  territories: Territories,
  from: nullable(day, 'The first day it holds; null: since always.'),
  to: nullable(day, 'The first day it holds no longer; null: for ever.'),
  basis: Type.Enum([...bases]),
  evidence: nullable(Type.String(), 'Where the proof is to be found.'),
  recorded_at: Type.String({ format: 'date-time', description: 'From when it was believed.' }),
  withdrawn_at: nullable(time, 'From when it was believed no longer.'),
});
export type RightsAssertionView = Static<typeof RightsAssertionView>;

const OwnershipView = Type.Object({
  right: Type.Enum([...rights]),
  territories: Territories,
  status: Type.Enum([...statuses], {
    description: '`conflicted`: more than 100 % is asserted; nothing is scaled down and nobody wins.',
  }),
  share: Type.String({ description: 'What is asserted in all, in percent.', examples: ['100'] }),
  owners: Type.Array(
    Type.Object({
      party_id: uuid,
      party: Type.String(),
      share: Share,
      rights_assertion_ids: Type.Array(uuid),
    }),
  ),
});
export type OwnershipView = Static<typeof OwnershipView>;

export const RightsView = Type.Object({
  recording_id: uuid,
  view: Type.Enum([...rightsViews]),
  valid_on: Type.String({ description: 'The day of which it speaks.', examples: ['2026-03-03'] }),
  believed_at: Type.String({ format: 'date-time', description: 'As it was believed then.' }),
  assertions: Type.Optional(
    Type.Array(RightsAssertionView, { description: 'In the views asserted and mine.' }),
  ),
  effective: Type.Optional(
    Type.Array(OwnershipView, { description: 'In the view effective: of each right every territory once.' }),
  ),
});
export type RightsView = Static<typeof RightsView>;

export function describeAssertion(row: RightsAssertionRow): RightsAssertionView {
  return {
    rights_assertion_id: row.rightsAssertionId,
    party_id: row.partyId,
    party: row.partyName,
    asserted_by: row.assertedByName,
    right: row.assertedRight,
    share: formatShare(row.sharePpm),
    territories: { include: [...row.territoriesInclude], exclude: [...row.territoriesExclude] },
    from: row.validFrom ?? null,
    to: row.validTo ?? null,
    basis: row.basis,
    evidence: row.evidence ?? null,
    recorded_at: row.recordedAt.toISOString(),
    withdrawn_at: row.withdrawnAt?.toISOString() ?? null,
  };
}
