import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyInForce } from '../../api/rules/policy-in-force.ts';
import {
  maxListedChanges,
  type PastMatch,
  simulatePolicy,
  type Transition,
} from '../../api/rules/simulate-policy.ts';
import { listTerritories, maxTerritories } from '../../api/rules/territory.ts';
import { territoryOutcomes } from '../../api/rules/territory-outcome.ts';
import { certainMatch, completed, contested, owned, policyOf } from './owned-territories.ts';

const now = policyOf('a', [{ action: 'monetize' }], 1);
const draft = policyOf(
  'a',
  [
    { action: 'monetize' },
    { action: 'block', conditions: { match_seconds: { min: 30 }, territories: { include: ['DE', 'US'] } } },
    { action: 'track', route_to_review: true, conditions: { match_seconds: { max: 15 } } },
  ],
  2,
);
const others: Readonly<Record<string, PolicyInForce>> = { b: policyOf('b', [{ action: 'block' }]) };
const before = (partyId: string) => (partyId === 'a' ? now : others[partyId]);
const after = (partyId: string) => (partyId === 'a' ? draft : others[partyId]);

let matchNumber = 0;
const match = (over: Partial<PastMatch>, matchSeconds = 60): PastMatch => ({
  matchId: `match-${++matchNumber}`,
  recordingId: 'recording-1',
  facts: { ...certainMatch, matchSeconds },
  ownerships: owned({ 'DE FR': ['a'] }),
  allowlistedBy: new Set(),
  eligibility: 'claim_eligible',
  ...over,
});
const total = (transitions: readonly Transition[]) => transitions.reduce((sum, { count }) => sum + count, 0);

describe('a simulation', () => {
  it('counts what changes by match and by territory, and lists it', () => {
    const matches = [
      match({ matchId: 'long' }),
      match({ matchId: 'middle' }, 20),
      match({ matchId: 'short' }, 12),
    ];
    const result = simulatePolicy(before, after, matches);
    expect(result).toMatchObject({ matchCount: 3, changedMatchCount: 2, reviewBefore: 0, reviewAfter: 1 });
    expect(result.byMatch).toEqual([
      { before: 'monetize', after: 'monetize', count: 2 },
      { before: 'monetize', after: 'block', count: 1 },
    ]);
    expect(result.byTerritory).toEqual([
      { before: 'track', after: 'track', count: 3 * (maxTerritories - 2) },
      { before: 'monetize', after: 'monetize', count: 5 },
      { before: 'monetize', after: 'block', count: 1 },
    ]);
    const listed = result.changed.map(({ matchId, changes }) => [
      matchId,
      ...changes.map((c) => `${listTerritories(c.territories)} ${c.after.action} ${c.after.review}`),
    ]);
    expect(listed).toEqual([
      ['long', 'DE block '],
      ['short', 'DE,FR monetize routed'],
    ]);
  });

  it('counts no change where a co-owner blocks anyway, where ownership is in conflict, or where nobody owns', () => {
    const matches = [
      match({ ownerships: owned({ 'DE FR': ['a', 'b'] }) }),
      match({ ownerships: completed([contested('DE', ['a', 'b'])]) }),
      match({ ownerships: completed([]) }),
      match({ allowlistedBy: new Set(['a']) }),
    ];
    expect(simulatePolicy(before, after, matches)).toMatchObject({ matchCount: 4, changedMatchCount: 0 });
  });

  it('changes nothing when a policy is compared with itself', () => {
    const result = simulatePolicy(before, before, [match({}), match({}, 12)]);
    expect(result.changed).toEqual([]);
    expect(result.byMatch.every((transition) => transition.before === transition.after)).toBe(true);
  });

  it('sends to review what the configured thresholds send there', () => {
    const thresholds = { minMatchSeconds: 90, maxFalseMatchProbability: 1e-9 };
    expect(simulatePolicy(before, before, [match({})], { thresholds })).toMatchObject({
      reviewBefore: 1,
      reviewAfter: 1,
      changedMatchCount: 0,
    });
  });

  it('lists no more than it was asked to, and counts on', () => {
    const many = Array.from({ length: maxListedChanges + 50 }, () => match({}));
    expect(simulatePolicy(before, after, many, { listed: 3 }).changed).toHaveLength(3);
    const all = simulatePolicy(before, after, many, { listed: 1_000_000 });
    expect(all.changed).toHaveLength(maxListedChanges);
    expect(all.changedMatchCount).toBe(many.length);
  });

  it('counts what deciding each match twice, territory by territory, gives', () => {
    const ownerships = fc.constantFrom(
      owned({ 'DE FR': ['a'], US: ['a', 'b'] }),
      owned({ 'DE US': ['b'], JP: ['a'] }),
      completed([contested('DE', ['a', 'b']), ...owned({ FR: ['a'] }).slice(1)]),
      completed([]),
    );
    const past = fc
      .record({ ownerships, seconds: fc.constantFrom(5, 12, 20, 60), allowlisted: fc.boolean() })
      .map(({ ownerships, seconds, allowlisted }) =>
        match({ ownerships, allowlistedBy: new Set(allowlisted ? ['a'] : []) }, seconds),
      );
    fc.assert(
      fc.property(fc.array(past, { maxLength: 6 }), (matches) => {
        const result = simulatePolicy(before, after, matches);
        const counted = new Map<string, number>();
        for (const one of matches) {
          const actionIn = (lookup: typeof before) =>
            new Map(
              territoryOutcomes({ ...one, policyOf: lookup }).flatMap(({ territories, action }) =>
                listTerritories(territories).map((code) => [code, action] as const),
              ),
            );
          const old = actionIn(before);
          for (const [code, action] of actionIn(after)) {
            const key = `${old.get(code)} ${action}`;
            counted.set(key, (counted.get(key) ?? 0) + 1);
          }
        }
        expect(new Map(result.byTerritory.map((t) => [`${t.before} ${t.after}`, t.count]))).toEqual(counted);
        expect(total(result.byTerritory)).toBe(matches.length * maxTerritories);
        expect(total(result.byMatch)).toBe(matches.length);
      }),
    );
  });
});
