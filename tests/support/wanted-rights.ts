/**
 * In place of `api/registry/rights-of-recording.ts`, as the factory of a `vi.mock`: what a test wants a recording's owners
 * and their policies to be. It imports nothing that the mocked module is imported by, or the mock would wait for itself.
 */
import type { RightsOfRecording } from '../../api/registry/rights-of-recording.ts';
import { always } from '../../api/rules/calendar-day.ts';
import { readPolicy } from '../../api/rules/policy-document.ts';
import { wholePpm } from '../../api/rules/share.ts';
import { everywhere } from '../../api/rules/territory.ts';

/** By recording; without, whoever registered it owns it and blocks. */
export const wanted = new Map<string, { owners: readonly string[]; rules: readonly object[] }>();

export const wantedRights = {
  rightsOfRecordings: async (
    _context: unknown,
    recordings: readonly { readonly recordingId: string; readonly partyId: string }[],
  ): Promise<ReadonlyMap<string, RightsOfRecording>> =>
    new Map(recordings.map(({ recordingId, partyId }) => [recordingId, rightsOf(recordingId, partyId)])),
};

function rightsOf(recordingId: string, partyId: string): RightsOfRecording {
  const { owners, rules } = wanted.get(recordingId) ?? { owners: [partyId], rules: [{ action: 'block' }] };
  return {
    record: {
      assertions: owners.map((owner) => ({
        assertionId: `${recordingId} ${owner}`,
        partyId: owner,
        assertedBy: owner,
        right: 'AllRights',
        sharePpm: wholePpm,
        territories: everywhere,
        period: always,
        basis: 'OriginalOwner',
        evidence: null,
        recordedAtMs: 0,
        withdrawnAtMs: null,
      })),
      decisions: [],
    },
    assignments: owners.map((owner) => ({
      policy: readPolicy(
        { policyId: `policy of ${owner}`, version: 1, partyId: owner },
        { name: 'test', rules },
      ),
      recordingId: null,
      inForceFromMs: 0,
      inForceToMs: null,
    })),
  };
}
