/**
 * What recordings are decided by: who owns them today as it is believed now, which policies are in force, how long they
 * last. Loaded for many at a time and remembered for as long as one question takes.
 */
import type { Scoped } from '../context.ts';
import { effectiveOn, type Ownership } from '../rules/effective-rights.ts';
import type { Policy } from '../rules/policy-document.ts';
import { readPolicy } from '../rules/policy-document.ts';
import { findPolicyInForce, type PolicyAssignment, type PolicyInForce } from '../rules/policy-in-force.ts';
import type { Right } from '../rules/rights-record.ts';
import { rightsRecordOf } from './recorded-rights.ts';
import { listSaid, namesIn } from './rights.ts';

/** An upload makes a recording available; whoever owns that right decides. */
const decidingRight: Right = 'MakeAvailableRight';

export type OwnedRecording = {
  readonly ownerships: readonly Ownership[];
  readonly eligibility: 'identify_only' | 'claim_eligible';
  readonly durationMs: number;
};

export type OwnedRecordings = {
  /** Loads what is not known yet. Throws TOO_MANY_ASSERTIONS. */
  readonly load: (recordingIds: readonly string[]) => Promise<void>;
  /** Undefined where the caller does not hear of its rights. */
  readonly find: (recordingId: string) => OwnedRecording | undefined;
  /** The same object for the same version in the same place. */
  readonly policyOf: (partyId: string, recordingId: string) => PolicyInForce | undefined;
  /** Of the parties that assert something about what was loaded. */
  readonly names: ReadonlyMap<string, string>;
};

/**
 * Of recordings whose rights the asked session hears; `scanId`: a scan of the caller's by which it hears of recordings
 * that are not its own.
 */
export function openOwnedRecordings(
  { store, clock }: Pick<Scoped, 'store' | 'clock'>,
  scanId?: string,
): OwnedRecordings {
  // All that is recorded is believed: it may be stamped by a clock that is a little ahead.
  const asOf = { day: clock.now().toISOString().slice(0, 10), recordedAtMs: Number.MAX_SAFE_INTEGER };
  const owned = new Map<string, OwnedRecording>();
  const seen = new Set<string>();
  const names = new Map<string, string>();
  const policies = new Map<string, Policy>();
  const assignments = new Map<string, Map<string, PolicyAssignment>>();
  const inForce = new Map<string, PolicyInForce | undefined>();

  const load = async (recordingIds: readonly string[]): Promise<void> => {
    const which = { recordingIds: [...new Set(recordingIds)].filter((id) => !seen.has(id)), scanId };
    if (which.recordingIds.length === 0) return;
    const [said, heard, rows] = await Promise.all([
      listSaid({ store }, which),
      store.listRecordingsHeard(which),
      store.listPoliciesInForce(which),
    ]);
    for (const id of which.recordingIds) seen.add(id);
    for (const [partyId, name] of namesIn(said)) names.set(partyId, name);
    for (const row of rows) {
      const { policyId, version, partyId } = row;
      const key = `${policyId} ${version}`;
      const policy = policies.get(key) ?? readPolicy({ policyId, version, partyId }, row.document);
      policies.set(key, policy);
      const ofParty = assignments.get(partyId) ?? new Map<string, PolicyAssignment>();
      ofParty.set(row.recordingId ?? '', {
        policy,
        recordingId: row.recordingId ?? null,
        inForceFromMs: row.inForceFrom.getTime(),
        inForceToMs: null,
      });
      assignments.set(partyId, ofParty);
    }
    const assertions = Map.groupBy(said.assertions, (row) => row.recordingId);
    const decisions = Map.groupBy(said.decisions, (row) => row.recordingId);
    for (const { recordingId, durationMs, isClaimEligible } of heard) {
      const record = rightsRecordOf({
        assertions: assertions.get(recordingId) ?? [],
        decisions: decisions.get(recordingId) ?? [],
      });
      owned.set(recordingId, {
        ownerships: effectiveOn(record, decidingRight, asOf),
        eligibility: isClaimEligible ? 'claim_eligible' : 'identify_only',
        // A recording without a reference has no length, and no match.
        durationMs: durationMs ?? 0,
      });
    }
  };

  // What was assigned a moment ago may be stamped by a clock that is a little ahead.
  const policyOf = (partyId: string, recordingId: string): PolicyInForce | undefined => {
    const ofParty = assignments.get(partyId);
    const assigned = [ofParty?.get(recordingId), ofParty?.get('')].filter((one) => one !== undefined);
    const found = findPolicyInForce(assigned, partyId, recordingId, Number.MAX_SAFE_INTEGER);
    if (found === undefined) return undefined;
    const key = `${found.policy.policyId} ${found.policy.version} ${found.isOverride}`;
    const known = inForce.get(key);
    if (known !== undefined) return known;
    inForce.set(key, found);
    return found;
  };
  return { load, find: (recordingId) => owned.get(recordingId), policyOf, names };
}
