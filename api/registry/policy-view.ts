/** A policy as it is shown: over HTTP, and by `earmark policy`. */
import { type Static, Type } from 'typebox';
import { PolicyDocument } from '../rules/policy-document.ts';
import type { PolicyRow, PolicyVersionRow } from '../store/policy.ts';
import { nullable } from './rights-view.ts';

export const PolicyView = Type.Object({
  policy_id: Type.String({ format: 'uuid' }),
  party_id: Type.String({ format: 'uuid' }),
  party: Type.String({ examples: ['Harbour Records'] }),
  name: Type.String({ description: 'Of the latest version.', examples: ['Monetize, block in DE'] }),
  active_version: nullable(Type.Integer(), 'The version that is in force where the policy applies.'),
  is_default: Type.Boolean({
    description: 'Whether it applies to all recordings of the party that have none of their own.',
  }),
  override_count: Type.Integer({ description: 'For how many recordings it applies instead of the default.' }),
  versions: Type.Array(
    Type.Object({
      version: Type.Integer({ examples: [1] }),
      document: PolicyDocument,
      created_at: Type.String({ format: 'date-time' }),
    }),
    { description: 'Oldest first. A version never changes.' },
  ),
  created_at: Type.String({ format: 'date-time' }),
});
export type PolicyView = Static<typeof PolicyView>;

export function describePolicy(row: PolicyRow, versions: readonly PolicyVersionRow[]): PolicyView {
  const own = versions.filter(({ policyId }) => policyId === row.policyId);
  const described = own.map(({ version, document, createdAt }) => ({
    version,
    document: document as PolicyDocument,
    created_at: createdAt.toISOString(),
  }));
  return {
    policy_id: row.policyId,
    party_id: row.partyId,
    party: row.partyName,
    name: described.at(-1)?.document.name ?? '',
    active_version: row.activeVersion ?? null,
    is_default: row.isDefault,
    override_count: row.overrideCount,
    versions: described,
    created_at: row.createdAt.toISOString(),
  };
}
