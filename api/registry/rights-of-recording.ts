/**
 * What the rules have to know about recordings to say whose they are and what their owners want: assertions and
 * decisions about them, and the policies in force. A registration is taken for the assertion that its party owns the
 * recording, whole and everywhere, and wants to know of uploads: `track`.
 */
import type { Scoped } from '../context.ts';
import { always } from '../rules/calendar-day.ts';
import { readPolicy } from '../rules/policy-document.ts';
import type { PolicyAssignment } from '../rules/policy-in-force.ts';
import type { RightsRecord } from '../rules/rights-record.ts';
import { wholePpm } from '../rules/share.ts';
import { everywhere } from '../rules/territory.ts';

export type RightsOfRecording = {
  readonly record: RightsRecord;
  /** Of all parties that may own it. */
  readonly assignments: readonly PolicyAssignment[];
};

export type RegisteredRecording = {
  readonly recordingId: string;
  /** Who registered it. */
  readonly partyId: string;
};

/** By recording id; one for each that is asked for, whoever asks. */
export async function rightsOfRecordings(
  _context: Pick<Scoped, 'store'>,
  recordings: readonly RegisteredRecording[],
): Promise<ReadonlyMap<string, RightsOfRecording>> {
  return new Map(recordings.map((recording) => [recording.recordingId, ofRegistration(recording)]));
}

function ofRegistration({ recordingId, partyId }: RegisteredRecording): RightsOfRecording {
  const assertion = {
    assertionId: recordingId,
    partyId,
    assertedBy: partyId,
    right: 'AllRights',
    sharePpm: wholePpm,
    territories: everywhere,
    period: always,
    basis: 'OriginalOwner',
    evidence: null,
    recordedAtMs: 0,
    withdrawnAtMs: null,
  } as const;
  const identity = { policyId: partyId, version: 1, partyId };
  const policy = readPolicy(identity, { name: 'track', rules: [{ action: 'track' }] });
  return {
    record: { assertions: [assertion], decisions: [] },
    assignments: [{ policy, recordingId: null, inForceFromMs: 0, inForceToMs: null }],
  };
}
