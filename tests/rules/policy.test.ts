import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluatePolicy } from '../../api/rules/evaluate-policy.ts';
import { contentTypes, type MatchFacts, transforms } from '../../api/rules/match-facts.ts';
import { actions, maxRules, readPolicy } from '../../api/rules/policy-document.ts';
import { findPolicyInForce } from '../../api/rules/policy-in-force.ts';
import { describeTerritories, everywhere, nowhere, territorySet } from '../../api/rules/territory.ts';
import { certainMatch, policyOf } from './owned-territories.ts';

const identity = { policyId: 'policy-1', version: 3, partyId: 'party-a' };
const named = (rules: readonly unknown[]) => readPolicy(identity, { name: 'Default', rules });
const verdictOf = (rules: readonly unknown[], facts: MatchFacts = certainMatch) =>
  evaluatePolicy(named(rules), facts, everywhere).map(
    ({ territories, action, routeToReview, ruleNumber }) =>
      `${describeTerritories(territories)}: ${action}${routeToReview ? ' and review' : ''}, rule ${ruleNumber}`,
  );

describe('a policy', () => {
  it('takes the most restrictive action of all rules that hold, wherever they stand', () => {
    expect(verdictOf([{ action: 'monetize' }, { action: 'block' }, { action: 'track' }])).toEqual([
      'Worldwide: block, rule 2',
    ]);
  });

  it('names the first of the rules that say the same', () => {
    expect(verdictOf([{ action: 'track' }, { action: 'block' }, { action: 'block' }])).toEqual([
      'Worldwide: block, rule 2',
    ]);
  });

  it('needs every condition of a rule', () => {
    const rule = {
      action: 'block',
      conditions: { match_seconds: { min: 30 }, percent_of_upload: { min: 60 } },
    };
    expect(verdictOf([rule])).toEqual(['Worldwide: allow, rule null']);
    expect(verdictOf([rule], { ...certainMatch, percentOfUpload: 60 })).toEqual(['Worldwide: block, rule 1']);
  });

  it('allows where no rule holds', () => {
    const rule = { action: 'block', conditions: { territories: { include: ['DE'] } } };
    expect(verdictOf([rule])).toEqual(['DE: block, rule 1', 'Worldwide except DE: allow, rule null']);
  });

  it('holds the ends of a range', () => {
    const rule = { action: 'block', conditions: { match_seconds: { min: 60, max: 60 } } };
    expect(verdictOf([rule])).toEqual(['Worldwide: block, rule 1']);
    expect(verdictOf([rule], { ...certainMatch, matchSeconds: 60.001 })).toEqual([
      'Worldwide: allow, rule null',
    ]);
  });

  it('routes to review also where another rule wins, and only in its territories', () => {
    const routing = {
      action: 'track',
      route_to_review: true,
      conditions: { transforms: ['none'], territories: { include: ['US'] } },
    };
    expect(verdictOf([{ action: 'block' }, routing])).toEqual([
      'US: block and review, rule 1',
      'Worldwide except US: block, rule 1',
    ]);
  });

  it('does not hold an unknown content type against an upload', () => {
    const rule = { action: 'block', conditions: { content_types: ['audio', 'video'] } };
    expect(verdictOf([rule], { ...certainMatch, contentType: null })).toEqual([
      'Worldwide: allow, rule null',
    ]);
  });

  const rule = fc.record(
    {
      action: fc.constantFrom(...actions),
      conditions: fc.record(
        {
          match_seconds: fc.record({ min: fc.constantFrom(0, 10, 60) }),
          percent_of_upload: fc.record({ max: fc.constantFrom(10, 50, 100) }),
          false_match_probability: fc.record({ max: fc.constantFrom(1e-12, 1e-6) }),
          territories: fc.oneof(
            fc.record({ include: fc.subarray(['DE', 'FR', 'JP'], { minLength: 1 }) }),
            fc.record({ exclude: fc.subarray(['DE', 'FR', 'JP'], { minLength: 1 }) }),
          ),
          content_types: fc.subarray([...contentTypes], { minLength: 1 }),
          transforms: fc.subarray([...transforms], { minLength: 1 }),
        },
        { requiredKeys: [] },
      ),
      route: fc.boolean(),
    },
    { requiredKeys: ['action', 'conditions', 'route'] },
  );
  const facts: fc.Arbitrary<MatchFacts> = fc.record({
    matchSeconds: fc.constantFrom(5, 10, 30, 60),
    percentOfUpload: fc.constantFrom(5, 10, 50, 75),
    percentOfReference: fc.constant(50),
    falseMatchProbability: fc.constantFrom(1e-15, 1e-12, 1e-7),
    transforms: fc.subarray([...transforms], { minLength: 1 }),
    contentType: fc.option(fc.constantFrom(...contentTypes)),
  });

  it('says in each territory what looking at its rules one by one says', () => {
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 8 }), facts, (written, facts) => {
        const rules = written.map(({ action, conditions, route }) => ({
          action,
          conditions,
          route_to_review: route && action !== 'allow',
        }));
        const verdicts = evaluatePolicy(named(rules), facts, everywhere);
        let union = nowhere;
        for (const { territories } of verdicts) {
          expect(territories & union).toBe(nowhere);
          union |= territories;
        }
        expect(union).toBe(everywhere);
        for (const code of ['DE', 'FR', 'JP', 'ZW']) {
          const holding = rules.filter(({ conditions: c }) => {
            if (c.match_seconds && facts.matchSeconds < c.match_seconds.min) return false;
            if (c.percent_of_upload && facts.percentOfUpload > c.percent_of_upload.max) return false;
            const leastSure = c.false_match_probability?.max ?? 1;
            if (facts.falseMatchProbability > leastSure) return false;
            const scope = c.territories as { include?: string[]; exclude?: string[] } | undefined;
            if (scope?.include && !scope.include.includes(code)) return false;
            if (scope?.exclude?.includes(code)) return false;
            if (c.content_types && !c.content_types.some((type) => type === facts.contentType)) return false;
            return !c.transforms || facts.transforms.some((t) => c.transforms?.includes(t));
          });
          const most = Math.max(-1, ...holding.map(({ action }) => actions.indexOf(action)));
          const winner = holding.find(({ action }) => actions.indexOf(action) === most);
          const found = verdicts.find(({ territories }) => (territories & territorySet([code])) !== nowhere);
          expect(found).toMatchObject({
            action: winner?.action ?? 'allow',
            ruleNumber: winner ? rules.indexOf(winner) + 1 : null,
            routeToReview: holding.some((r) => r.route_to_review),
          });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a policy document', () => {
  const block = { action: 'block' };
  it.each([
    [{ name: 'Default', rules: [] }, 'POLICY_INVALID'],
    [{ name: 'Default', rules: Array.from({ length: maxRules + 1 }, () => block) }, 'POLICY_INVALID'],
    [{ name: '', rules: [block] }, 'POLICY_INVALID'],
    [{ rules: [block] }, 'POLICY_INVALID'],
    [{ name: 'Default', rules: [{ action: 'mute' }] }, 'POLICY_INVALID'],
    [{ name: 'Default', rules: [{ ...block, when: 'always' }] }, 'POLICY_INVALID'],
    [{ name: 'Default', rules: [{ ...block, conditions: { match_seconds: {} } }] }, 'POLICY_INVALID'],
    [
      { name: 'Default', rules: [{ ...block, conditions: { match_seconds: { min: -1 } } }] },
      'POLICY_INVALID',
    ],
    [
      { name: 'Default', rules: [{ ...block, conditions: { match_seconds: { min: 2, max: 1 } } }] },
      'POLICY_INVALID',
    ],
    [
      { name: 'Default', rules: [{ ...block, conditions: { percent_of_upload: { min: 101 } } }] },
      'POLICY_INVALID',
    ],
    [{ name: 'Default', rules: [{ ...block, conditions: { transforms: [] } }] }, 'POLICY_INVALID'],
    [{ name: 'Default', rules: [{ action: 'allow', route_to_review: true }] }, 'POLICY_INVALID'],
    [
      { name: 'Default', rules: [block, { ...block, conditions: { territories: { include: ['XX'] } } }] },
      'TERRITORY_INVALID',
    ],
    ['block everything', 'POLICY_INVALID'],
  ])('%# is refused as it should be', (document, code) => {
    expect(() => readPolicy(identity, document)).toThrow(expect.objectContaining({ code }));
  });

  it('is told in which rule a territory is wrong', () => {
    const rules = [block, { ...block, conditions: { territories: { include: ['UK'] } } }];
    expect(() => named(rules)).toThrow('policy, rule 2: territories');
  });
});

describe('the policy in force', () => {
  const version = (policyVersion: number, recordingId: string | null, from: number, to: number | null) => ({
    policy: policyOf('a', [{ action: 'track' }], policyVersion).policy,
    recordingId,
    inForceFromMs: from,
    inForceToMs: to,
  });
  const assignments = [
    version(1, null, 0, 100),
    version(2, null, 100, null),
    version(7, 'recording-1', 50, 150),
  ];
  const found = (recordingId: string, atMs: number) => {
    const inForce = findPolicyInForce(assignments, 'a', recordingId, atMs);
    return inForce && [inForce.policy.version, inForce.isOverride];
  };

  it('is the default, in the version of that instant', () => {
    expect(found('recording-2', 99)).toEqual([1, false]);
    expect(found('recording-2', 100)).toEqual([2, false]);
  });

  it('is the override of the recording for as long as there is one', () => {
    expect(found('recording-1', 49)).toEqual([1, false]);
    expect(found('recording-1', 50)).toEqual([7, true]);
    expect(found('recording-1', 150)).toEqual([2, false]);
  });

  it('is nobody else’s', () => {
    expect(findPolicyInForce(assignments, 'b', 'recording-1', 60)).toBeUndefined();
    expect(found('recording-1', -1)).toBeUndefined();
  });
});
