/** Policies: versions, which is active, where each applies, and what is in force for recordings. */
import { v7 } from 'uuid';
import {
  bigint,
  boolean,
  computed,
  integer,
  jsonb,
  nullable,
  type RowOf,
  text,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import type { Connections } from './connections.ts';
import { readClock } from './rights-assertion.ts';
import { type Queryable, statement } from './statement.ts';

const listed = {
  policy_id: uuid,
  party_id: uuid,
  party_name: computed(text),
  created_at: timestamptz,
  latest_version: computed(integer),
  active_version: computed<number | undefined>(integer),
  is_default: computed(boolean),
  override_count: computed(bigint),
};
export type PolicyRow = RowOf<typeof listed>;
const versioned = { policy_id: uuid, version: integer, document: jsonb, created_at: timestamptz };
export type PolicyVersionRow = RowOf<typeof versioned>;
const inForce = {
  party_id: computed(uuid),
  recording_id: computed<string | undefined>(uuid),
  policy_id: computed(uuid),
  version: computed(integer),
  document: computed(jsonb),
  in_force_from: computed(timestamptz),
};
export type PolicyInForceRow = RowOf<typeof inForce>;
const heard = {
  recording_id: computed(uuid),
  duration_ms: computed<number | undefined>(integer),
  is_claim_eligible: computed(boolean),
};
export type RecordingHeardRow = RowOf<typeof heard>;
const past = {
  scan_id: computed(uuid),
  is_own: computed(boolean),
  duration_ms: computed(integer),
  created_at: computed(timestamptz),
  matches: computed<unknown>(jsonb),
};
export type PastScanRow = RowOf<typeof past>;

const insertPolicyStatement = statement('insert-policy', {
  parameters: { policy_id: uuid, party_id: uuid, created_by: uuid },
});
const lockStatement = statement('lock-party-policies', {
  parameters: { party_id: uuid },
  columns: { locked: computed(text) },
});
const countStatement = statement('count-party-policies', {
  parameters: { party_id: uuid },
  columns: { count: computed(bigint) },
});
const insertVersionStatement = statement('insert-policy-version', {
  parameters: { policy_id: uuid, party_id: uuid, document: jsonb, created_by: uuid },
  columns: { version: integer },
});
const findStatement = statement('find-policy', { parameters: { policy_id: uuid }, columns: listed });
const listStatement = statement('list-policies', {
  parameters: { party_id: nullable(uuid), after_policy_id: nullable(uuid), limit: bigint },
  columns: listed,
});
const versionsStatement = statement('list-policy-versions', {
  parameters: { policy_ids: uuids },
  columns: versioned,
});
const activateStatement = statement('insert-policy-activation', {
  parameters: {
    policy_activation_id: uuid,
    policy_id: uuid,
    version: integer,
    party_id: uuid,
    activated_by: uuid,
    activated_at: timestamptz,
  },
});
const endStatement = statement('end-policy-assignment', {
  parameters: {
    party_id: uuid,
    recording_id: nullable(uuid),
    policy_id: nullable(uuid),
    ended_by: nullable(uuid),
    in_force_to: nullable(timestamptz),
  },
  columns: { policy_assignment_id: uuid },
});
const assignStatement = statement('insert-policy-assignment', {
  parameters: {
    policy_assignment_id: uuid,
    party_id: uuid,
    policy_id: uuid,
    recording_id: nullable(uuid),
    assigned_by: uuid,
    in_force_from: timestamptz,
  },
});
const inForceStatement = statement('list-policies-in-force', {
  parameters: { recording_ids: uuids, scan_id: nullable(uuid) },
  columns: inForce,
});
const heardStatement = statement('list-recordings-heard', {
  parameters: { recording_ids: uuids, scan_id: nullable(uuid) },
  columns: heard,
});
const pastStatement = statement('list-past-scans', {
  parameters: { party_id: uuid, before_scan_id: nullable(uuid), limit: bigint },
  columns: past,
});

type ByWhom = { readonly policyId: string; readonly partyId: string; readonly by: string };

/** With its first version. False, and nothing done, where the party has so many. */
export const insertPolicy = (
  connections: Connections,
  {
    policyId,
    partyId,
    by,
    document,
    maxOfParty,
  }: ByWhom & { readonly document: unknown; readonly maxOfParty: number },
): Promise<boolean> =>
  connections.transaction(async (on) => {
    await lockStatement.get(on, { partyId });
    if ((await countStatement.get(on, { partyId })).count >= maxOfParty) return false;
    await insertPolicyStatement.all(on, { policyId, partyId, createdBy: by });
    await insertVersionStatement.get(on, { policyId, partyId, document, createdBy: by });
    return true;
  });

/** Undefined, and nothing done, where the policy has so many. */
export const insertPolicyVersion = (
  connections: Connections,
  {
    policyId,
    partyId,
    by,
    document,
    maxOfPolicy,
  }: ByWhom & { readonly document: unknown; readonly maxOfPolicy: number },
): Promise<number | undefined> =>
  connections.transaction(async (on) => {
    await lockStatement.get(on, { partyId });
    const { latestVersion } = await findStatement.get(on, { policyId });
    if (latestVersion >= maxOfPolicy) return undefined;
    return (await insertVersionStatement.get(on, { policyId, partyId, document, createdBy: by })).version;
  });

export const activatePolicy = (
  connections: Connections,
  { policyId, partyId, by, version }: ByWhom & { readonly version: number },
): Promise<void> =>
  connections.transaction(async (on) => {
    await lockStatement.get(on, { partyId });
    const activatedAt = await readClock(on);
    const activation = { policyActivationId: v7(), policyId, version, partyId, activatedBy: by, activatedAt };
    await activateStatement.all(on, activation);
  });

/** In place of what applied. `recordingId` undefined: as the party's default. */
export const assignPolicy = (
  connections: Connections,
  { policyId, partyId, by, recordingId }: ByWhom & { readonly recordingId: string | undefined },
): Promise<void> =>
  connections.transaction(async (on) => {
    await lockStatement.get(on, { partyId });
    const now = await readClock(on);
    await endStatement.all(on, { partyId, recordingId, policyId: undefined, endedBy: by, inForceTo: now });
    const assignment = {
      policyAssignmentId: v7(),
      partyId,
      policyId,
      recordingId,
      assignedBy: by,
      inForceFrom: now,
    };
    await assignStatement.all(on, assignment);
  });

/** False where nothing applied. */
export const endPolicyAssignment = (
  connections: Connections,
  which: {
    readonly partyId: string;
    readonly recordingId: string | undefined;
    readonly policyId: string | undefined;
    readonly by: string;
  },
): Promise<boolean> =>
  connections.transaction(async (on) => {
    await lockStatement.get(on, which);
    const now = await readClock(on);
    return (await endStatement.find(on, { ...which, endedBy: which.by, inForceTo: now })) !== undefined;
  });

export const findPolicy = (on: Queryable, policyId: string): Promise<PolicyRow | undefined> =>
  findStatement.find(on, { policyId });

/** In the order they were made in. */
export const listPolicies = (
  on: Queryable,
  page: {
    readonly partyId: string | undefined;
    readonly afterPolicyId: string | undefined;
    readonly limit: number;
  },
): Promise<PolicyRow[]> => listStatement.all(on, page);

/** Oldest first. */
export const listPolicyVersions = (
  on: Queryable,
  policyIds: readonly string[],
): Promise<PolicyVersionRow[]> => versionsStatement.all(on, { policyIds });

type Recordings = { readonly recordingIds: readonly string[]; readonly scanId: string | undefined };

/** Of whoever asserts something about recordings whose rights the caller hears. */
export const listPoliciesInForce = (on: Queryable, which: Recordings): Promise<PolicyInForceRow[]> =>
  inForceStatement.all(on, which);

/** None of recordings whose rights the caller does not hear. */
export const listRecordingsHeard = (on: Queryable, which: Recordings): Promise<RecordingHeardRow[]> =>
  heardStatement.all(on, which);

/** Newest first; matches of the party's recordings only, undefined where there is none. */
export const listPastScans = (
  on: Queryable,
  page: { readonly partyId: string; readonly beforeScanId: string | undefined; readonly limit: number },
): Promise<PastScanRow[]> => pastStatement.all(on, page);
