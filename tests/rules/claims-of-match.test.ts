import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClaimsOfMatch, claimsOfMatch } from '../../api/rules/claims-of-match.ts';
import { effectiveOn, type Ownership } from '../../api/rules/effective-rights.ts';
import type { MatchFacts } from '../../api/rules/match-facts.ts';
import type { PolicyInForce } from '../../api/rules/policy-in-force.ts';
import { reviewThresholds } from '../../api/rules/review-thresholds.ts';
import { describeTerritories, everywhere, nowhere } from '../../api/rules/territory.ts';
import { territoryOutcomes } from '../../api/rules/territory-outcome.ts';
import { maxFalseMatchProbability } from '../../workers/match/parameters.ts';
import { anyRecord, watchedDays, watchedInstants } from './arbitrary-rights.ts';
import { certainMatch, completed, contested, owned, policyOf } from './owned-territories.ts';

const policies: Readonly<Record<string, PolicyInForce>> = {
  ayla: policyOf('ayla', [
    { action: 'monetize' },
    { action: 'block', conditions: { territories: { include: ['DE'] } } },
  ]),
  bela: policyOf('bela', [
    { action: 'track' },
    { action: 'track', route_to_review: true, conditions: { territories: { include: ['US'] } } },
  ]),
  caro: policyOf('caro', [{ action: 'allow' }]),
};

function raised(
  ownerships: readonly Ownership[],
  facts: Partial<MatchFacts> = {},
  over: { allowlistedBy?: ReadonlySet<string>; eligibility?: 'identify_only' | 'claim_eligible' } = {},
): ClaimsOfMatch {
  return claimsOfMatch({
    facts: { ...certainMatch, ...facts },
    ownerships,
    policyOf: (partyId) => policies[partyId],
    allowlistedBy: new Set(),
    eligibility: 'claim_eligible',
    ...over,
  });
}
const claimed = ({ claims }: ClaimsOfMatch) =>
  claims.map(
    ({ partyId, state, action, review, territories }) =>
      `${partyId} ${state} ${action} in ${describeTerritories(territories)}${review.length > 0 ? `: ${review}` : ''}`,
  );
const unclaimed = (found: ClaimsOfMatch) =>
  found.unclaimed.map(
    ({ partyId, because, territories }) => `${partyId} ${because} in ${describeTerritories(territories)}`,
  );

describe('claims of a match', () => {
  it('are active, one for each owner, with the most restrictive action of its territories', () => {
    const found = raised(owned({ 'DE FR': ['ayla'], JP: ['ayla', 'bela'] }));
    expect(claimed(found)).toEqual(['ayla active block in DE, FR, JP', 'bela active track in JP']);
    expect(unclaimed(found)).toEqual(['null no_owner in Worldwide except DE, FR, JP']);
  });

  it('are potential everywhere when the match is short or not certain enough', () => {
    const owners = owned({ DE: ['ayla'] });
    expect(claimed(raised(owners, { matchSeconds: 9.9 }))).toEqual(['ayla potential block in DE: short']);
    expect(claimed(raised(owners, { matchSeconds: 10 }))).toEqual(['ayla active block in DE']);
    expect(claimed(raised(owners, { matchSeconds: 1, falseMatchProbability: 1e-7 }))).toEqual([
      'ayla potential block in DE: short,low_confidence',
    ]);
  });

  it('are potential where a rule routes, and active elsewhere', () => {
    expect(claimed(raised(owned({ 'US FR': ['bela'] })))).toEqual([
      'bela active track in FR',
      'bela potential track in US: routed',
    ]);
  });

  it('are potential for everyone where ownership is in conflict, and stay active where it is not', () => {
    const found = raised(completed([contested('DE', ['ayla', 'bela']), ...owned({ FR: ['ayla'] }).slice(1)]));
    expect(claimed(found)).toEqual([
      'ayla active monetize in FR',
      'ayla potential block in DE: conflict',
      'bela potential track in DE: conflict',
    ]);
  });

  it('are not raised for an allowlisted account, an allowing policy or a reference to identify by; that is said', () => {
    const owners = owned({ DE: ['ayla'], FR: ['caro'] });
    const allowlisted = raised(owners, {}, { allowlistedBy: new Set(['ayla']) });
    expect(claimed(allowlisted)).toEqual([]);
    expect(unclaimed(allowlisted)).toEqual([
      'null no_owner in Worldwide except DE, FR',
      'ayla allowlisted in DE',
      'caro policy_allows in FR',
    ]);
    const identified = raised(owners, {}, { eligibility: 'identify_only' });
    expect(claimed(identified)).toEqual([]);
    expect(unclaimed(identified).slice(1)).toEqual(['ayla identify_only in DE', 'caro identify_only in FR']);
  });

  it('track for an owner that has no policy', () => {
    expect(claimed(raised(owned({ DE: ['dana'] })))).toEqual(['dana active track in DE']);
  });

  it('need more certainty than a match needs to be reported', () => {
    expect(reviewThresholds.maxFalseMatchProbability).toBeLessThan(maxFalseMatchProbability);
  });

  it('put each territory of each owner in one claim or say why not, and review is where the outcome has it', () => {
    const lookup = (partyId: string) =>
      policies[
        ({ 'party-a': 'ayla', 'party-b': 'bela', 'party-c': 'caro' } as Record<string, string>)[partyId] ?? ''
      ];
    fc.assert(
      fc.property(
        anyRecord,
        fc.constantFrom(...watchedInstants),
        fc.constantFrom(...watchedDays),
        (record, recordedAtMs, day) => {
          const ownerships = effectiveOn(record, 'MakeAvailableRight', { day, recordedAtMs });
          const input = {
            facts: certainMatch,
            ownerships,
            policyOf: lookup,
            allowlistedBy: new Set(['party-c']),
            eligibility: 'claim_eligible' as const,
          };
          const found = claimsOfMatch(input);
          const ofParty = new Map<string | null, bigint>();
          for (const { partyId, territories } of [...found.claims, ...found.unclaimed]) {
            expect((ofParty.get(partyId) ?? nowhere) & territories).toBe(nowhere);
            ofParty.set(partyId, (ofParty.get(partyId) ?? nowhere) | territories);
          }
          for (const partyId of ['party-a', 'party-b', 'party-c']) {
            const owns = ownerships
              .filter(({ owners }) => owners.some((owner) => owner.partyId === partyId))
              .reduce((all, { territories }) => all | territories, nowhere);
            expect(ofParty.get(partyId) ?? nowhere).toBe(owns);
          }
          const reviewed = found.claims
            .filter(({ state }) => state === 'potential')
            .reduce((all, { territories }) => all | territories, nowhere);
          const outcomes = territoryOutcomes(input);
          expect(outcomes.reduce((all, { territories }) => all | territories, nowhere)).toBe(everywhere);
          for (const { territories, review } of outcomes) {
            if (review.length === 0) expect(territories & reviewed).toBe(nowhere);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
