/** Which version of which policy applies: a party's default, or what it set for one recording instead. */
import type { Policy } from './policy-document.ts';
import type { InstantMs } from './rights-record.ts';

/** A version in force from an instant until before another. Nothing is overwritten: the next one ends it. */
export type PolicyAssignment = {
  readonly policy: Policy;
  /** Null: the party's default. */
  readonly recordingId: string | null;
  readonly inForceFromMs: InstantMs;
  readonly inForceToMs: InstantMs | null;
};

export type PolicyInForce = { readonly policy: Policy; readonly isOverride: boolean };

/**
 * An override for the recording goes before the default. Of several in force at once, which is our own mistake, the
 * one that came last is taken, and of those the highest version: the same one every time. Undefined: the party has none.
 */
export function findPolicyInForce(
  assignments: readonly PolicyAssignment[],
  partyId: string,
  recordingId: string,
  atMs: InstantMs,
): PolicyInForce | undefined {
  const [first] = assignments
    .filter(
      (a) =>
        a.policy.partyId === partyId &&
        (a.recordingId === null || a.recordingId === recordingId) &&
        a.inForceFromMs <= atMs &&
        (a.inForceToMs === null || atMs < a.inForceToMs),
    )
    .sort(
      (a, b) =>
        Number(a.recordingId === null) - Number(b.recordingId === null) ||
        b.inForceFromMs - a.inForceFromMs ||
        b.policy.version - a.policy.version ||
        (a.policy.policyId < b.policy.policyId ? -1 : 1),
    );
  return first && { policy: first.policy, isOverride: first.recordingId !== null };
}
