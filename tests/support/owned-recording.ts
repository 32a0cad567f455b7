/** Whose a recording is and what its owners want, said as parties say it. */
import type { Scoped } from '../../api/context.ts';
import { scopesOf } from '../../api/registry/caller.ts';
import { activatePolicy, assignPolicy, createPolicy } from '../../api/registry/policies.ts';
import { assertRights } from '../../api/registry/rights.ts';

/** Each of them all of it, everywhere: two of them are a conflict. */
export async function ownRecording(
  records: Scoped,
  recordingId: string,
  { owners, rules }: { readonly owners: readonly string[]; readonly rules: readonly object[] },
): Promise<void> {
  for (const partyId of owners) {
    const owner = { partyId, scopes: scopesOf.operator };
    const said = { right: 'AllRights', share: 100, territories: { include: ['Worldwide'] } };
    await assertRights(records, owner, { recordingId, document: { ...said, basis: 'OriginalOwner' } });
    const document = { name: 'test', rules: [...rules] } as Parameters<typeof createPolicy>[2]['document'];
    const { policy_id: policyId } = await createPolicy(records, owner, { document });
    await activatePolicy(records, owner, { policyId, version: 1 });
    await assignPolicy(records, owner, { policyId, recordingId });
  }
}
