import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimStates } from '../../api/rules/claim-machine.ts';
import { enforcedAction, enforcedActions } from '../../api/rules/enforced-actions.ts';
import { rankOf } from '../../api/rules/evaluate-policy.ts';
import { actions } from '../../api/rules/policy-document.ts';
import { describeTerritories, everywhere, nowhere, territorySet } from '../../api/rules/territory.ts';

const claim = (state: (typeof claimStates)[number], action: (typeof actions)[number], codes: string) => ({
  state,
  parts: [{ territories: territorySet(codes.split(' ')), action }],
});
const told = (claims: Parameters<typeof enforcedActions>[0]) =>
  enforcedActions(claims).map(
    ({ territories, action }) => `${action} in ${describeTerritories(territories)}`,
  );

describe('what is enforced', () => {
  it('is what active claims say, the most restrictive of them in each territory, and track elsewhere', () => {
    expect(told([claim('active', 'monetize', 'DE FR'), claim('active', 'block', 'DE')])).toEqual([
      'block in DE',
      'monetize in FR',
      'track in Worldwide except DE, FR',
    ]);
    expect(told([])).toEqual(['track in Worldwide']);
  });

  it('is no more than track while nobody confirmed the claim', () => {
    expect(told([claim('potential', 'takedown', 'DE')])).toEqual(['track in Worldwide']);
  });

  it('is no block while the uploader is heard; money may go on being counted', () => {
    const heard = [claim('disputed', 'block', 'DE'), claim('appealed', 'monetize', 'FR')];
    expect(told(heard)).toEqual(['monetize in FR', 'track in Worldwide except FR']);
  });

  it('is what the other claims say when one is released or expires', () => {
    const claims = [claim('released', 'block', 'DE'), claim('expired', 'block', 'DE')];
    expect(told(claims)).toEqual(['track in Worldwide']);
    expect(told([...claims, claim('active', 'monetize', 'DE')])).toEqual([
      'monetize in DE',
      'track in Worldwide except DE',
    ]);
  });

  it('covers every territory once, whatever the claims', () => {
    const anyClaim = fc
      .tuple(
        fc.constantFrom(...claimStates),
        fc.constantFrom(...actions),
        fc.subarray(['DE', 'FR', 'JP', 'US'], { minLength: 1 }),
      )
      .map(([state, action, codes]) => claim(state, action, codes.join(' ')));
    fc.assert(
      fc.property(fc.array(anyClaim, { maxLength: 6 }), (claims) => {
        let union = nowhere;
        const enforced = enforcedActions(claims);
        for (const { territories } of enforced) {
          expect(union & territories).toBe(nowhere);
          union |= territories;
        }
        expect(union).toBe(everywhere);
        expect(new Set(enforced.map(({ action }) => action)).size).toBe(enforced.length);
        for (const code of ['DE', 'US', 'ZW']) {
          const bit = territorySet([code]);
          const there = claims
            .filter(({ parts }) => parts.some(({ territories }) => (territories & bit) !== nowhere))
            .flatMap(({ state, parts }) => parts.map(({ action }) => enforcedAction(state, action)))
            .filter((action) => action !== null)
            .sort((a, b) => rankOf[b] - rankOf[a]);
          const found = enforced.find(({ territories }) => (territories & bit) !== nowhere);
          expect(found?.action).toBe(there[0] ?? 'track');
        }
      }),
    );
  });
});
