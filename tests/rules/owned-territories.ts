/** Short ways to say who owns what, and what a policy says, for tests that are about something else. */
import type { Owner, Ownership } from '../../api/rules/effective-rights.ts';
import type { MatchFacts } from '../../api/rules/match-facts.ts';
import { readPolicy } from '../../api/rules/policy-document.ts';
import type { PolicyInForce } from '../../api/rules/policy-in-force.ts';
import { everywhere, territorySet } from '../../api/rules/territory.ts';

const owner = (partyId: string, sharePpm: number): Owner => ({
  partyId,
  sharePpm,
  assertionIds: [`assertion-of-${partyId}`],
});

/** `{ 'DE FR': ['a'], JP: ['a', 'b'] }`: equal shares of the whole. The other territories have no owner. */
export function owned(owners: Readonly<Record<string, readonly string[]>>): Ownership[] {
  return completed(
    Object.entries(owners).map(([codes, partyIds]) => ({
      territories: territorySet(codes.split(' ')),
      status: 'owned',
      sumPpm: 1_000_000,
      owners: partyIds.map((partyId) => owner(partyId, 1_000_000 / partyIds.length)),
    })),
  );
}

/** Each of the parties asserts the whole in these territories. */
export function contested(codes: string, partyIds: readonly string[]): Ownership {
  return {
    territories: territorySet(codes.split(' ')),
    status: 'conflicted',
    sumPpm: 1_000_000 * partyIds.length,
    owners: partyIds.map((partyId) => owner(partyId, 1_000_000)),
  };
}

/** With what is left without an owner. */
export function completed(ownerships: readonly Ownership[]): Ownership[] {
  const taken = ownerships.reduce((all, { territories }) => all | territories, 0n);
  const free = everywhere & ~taken;
  const nobody = { territories: free, status: 'no_owner' as const, sumPpm: 0, owners: [] };
  return free === 0n
    ? [...ownerships]
    : [nobody, ...ownerships.filter(({ status }) => status !== 'no_owner')];
}

/** A policy named like its party, in capitals. */
export function policyOf(partyId: string, rules: readonly unknown[], version = 1): PolicyInForce {
  const identity = { policyId: `policy-of-${partyId}`, version, partyId };
  return { policy: readPolicy(identity, { name: partyId.toUpperCase(), rules }), isOverride: false };
}

export const certainMatch: MatchFacts = {
  matchSeconds: 60,
  percentOfUpload: 50,
  percentOfReference: 30,
  falseMatchProbability: 1e-12,
  transforms: ['none'],
  contentType: 'video',
};
