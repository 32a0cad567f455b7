import { describe, expect, it } from 'vitest';
import { describeOutcomes } from '../../api/rules/describe-outcome.ts';
import type { Ownership } from '../../api/rules/effective-rights.ts';
import type { PolicyInForce } from '../../api/rules/policy-in-force.ts';
import { territoryOutcomes } from '../../api/rules/territory-outcome.ts';
import { certainMatch, completed, contested, owned, policyOf } from './owned-territories.ts';

const policies: Readonly<Record<string, PolicyInForce>> = {
  ayla: policyOf('ayla', [
    { action: 'monetize' },
    { action: 'block', conditions: { territories: { include: ['DE'] } } },
  ]),
  bela: policyOf('bela', [{ action: 'track', route_to_review: true }]),
  caro: policyOf('caro', [{ action: 'takedown', conditions: { match_seconds: { min: 600 } } }]),
};
const sentences = (ownerships: readonly Ownership[], allowlistedBy: readonly string[] = []) =>
  describeOutcomes(
    territoryOutcomes({
      facts: certainMatch,
      ownerships,
      policyOf: (partyId) => policies[partyId],
      allowlistedBy: new Set(allowlistedBy),
      eligibility: 'claim_eligible',
    }),
    (partyId) => partyId[0]?.toUpperCase() + partyId.slice(1),
  );

describe('the outcome in a territory', () => {
  it('is track where nobody owns, and the owner’s policy where somebody does', () => {
    expect(sentences(owned({ 'DE FR': ['ayla'] }))).toEqual([
      'Worldwide except DE, FR → track: no owner',
      'DE → block: rule 2 of policy AYLA, version 1; owner is Ayla',
      'FR → monetize: rule 1 of policy AYLA, version 1; owner is Ayla',
    ]);
  });

  it('is the most restrictive of all owners’, and any of them can send it to review', () => {
    expect(sentences(owned({ DE: ['ayla', 'bela'] }))).toContain(
      'DE → block after review (routed): rule 2 of policy AYLA, version 1; owners are Ayla, Bela; Bela says track and review: rule 1 of policy BELA, version 1',
    );
    expect(sentences(owned({ FR: ['bela', 'ayla'] }))).toContain(
      'FR → monetize after review (routed): rule 1 of policy AYLA, version 1; owners are Ayla, Bela; Bela says track and review: rule 1 of policy BELA, version 1',
    );
  });

  it('is track and review where ownership is in conflict, whatever the parties want', () => {
    expect(sentences(completed([contested('DE', ['ayla', 'bela'])]))).toContain(
      'DE → track after review (conflict): ownership is in conflict, 200 % is asserted: Ayla 100 %, Bela 100 %',
    );
  });

  it('is allow where no rule holds or the owner allowlisted the account, and track where it has no policy', () => {
    expect(sentences(owned({ DE: ['caro'] }))).toContain(
      'DE → allow: no rule of policy CARO, version 1 holds; owner is Caro',
    );
    expect(sentences(owned({ DE: ['ayla'] }), ['ayla'])).toContain(
      'DE → allow: the account is allowlisted; owner is Ayla',
    );
    expect(sentences(owned({ DE: ['dana'] }))).toContain(
      'DE → track: the owner has no policy; owner is Dana',
    );
  });

  it('is what the others want where one of several owners allowlisted the account', () => {
    expect(sentences(owned({ DE: ['ayla', 'bela'] }), ['ayla'])).toContain(
      'DE → track after review (routed): rule 1 of policy BELA, version 1; owners are Bela, Ayla; Ayla says allow: the account is allowlisted',
    );
  });

  it('is told once for all territories in which it is the same', () => {
    const apart = [...owned({ 'FR JP': ['ayla'] }), ...owned({ US: ['ayla'] })].filter(
      ({ status }) => status !== 'no_owner',
    );
    expect(sentences(completed(apart))).toEqual([
      'Worldwide except FR, JP, US → track: no owner',
      'FR, JP, US → monetize: rule 1 of policy AYLA, version 1; owner is Ayla',
    ]);
  });

  it('is track where the reference is only there to identify by', () => {
    const outcomes = territoryOutcomes({
      facts: certainMatch,
      ownerships: completed([contested('DE', ['ayla', 'bela']), ...owned({ FR: ['ayla'] }).slice(1)]),
      policyOf: (partyId) => policies[partyId],
      allowlistedBy: new Set(),
      eligibility: 'identify_only',
    });
    expect(describeOutcomes(outcomes, String)).toEqual([
      'Worldwide except DE, FR → track: no owner',
      'DE, FR → track: the reference is only there to identify by',
    ]);
  });

  it('goes to review where the match is short or uncertain and something would follow from it', () => {
    const outcomes = territoryOutcomes({
      facts: { ...certainMatch, matchSeconds: 3, falseMatchProbability: 1e-7 },
      ownerships: owned({ DE: ['ayla'], FR: ['caro'] }),
      policyOf: (partyId) => policies[partyId],
      allowlistedBy: new Set(),
      eligibility: 'claim_eligible',
    });
    expect(outcomes.map(({ action, review }) => [action, ...review])).toEqual([
      ['track'],
      ['block', 'short', 'low_confidence'],
      ['allow'],
    ]);
  });

  it('says when a policy is one for this recording', () => {
    const override = { ...policyOf('ayla', [{ action: 'track' }], 4), isOverride: true };
    const outcomes = territoryOutcomes({
      facts: certainMatch,
      ownerships: owned({ DE: ['ayla'] }),
      policyOf: () => override,
      allowlistedBy: new Set(),
      eligibility: 'claim_eligible',
    });
    expect(describeOutcomes(outcomes, (partyId) => partyId)).toContain(
      'DE → track: rule 1 of policy AYLA, version 4, for this recording; owner is ayla',
    );
  });
});
