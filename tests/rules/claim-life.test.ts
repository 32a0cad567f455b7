import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Claim,
  type ClaimEntry,
  type ClaimEventType,
  claimEvents,
  claimMachine,
  replayClaim,
  stepClaim,
} from '../../api/rules/claim-machine.ts';
import {
  type Dispute,
  type DisputeEventType,
  disputeEvents,
  maxStatements,
  stepDispute,
} from '../../api/rules/dispute-machine.ts';
import { RuleError } from '../../api/rules/rule-error.ts';
import { type Actor, type EventDetail, maxReasonCharacters } from '../../api/rules/state-machine.ts';
import { anyChoices, chosenEvent, claimantPartyId, fullDetail } from './random-events.ts';

const dayMs = 86_400_000;
const actors = {
  system: { role: 'system', partyId: null, onBehalfOf: null },
  claimant: { role: 'rightsholder', partyId: claimantPartyId, onBehalfOf: null },
  administrator: { role: 'administrator', partyId: 'party-admin', onBehalfOf: claimantPartyId },
  stranger: { role: 'rightsholder', partyId: 'party-other', onBehalfOf: null },
  strangersAdministrator: { role: 'administrator', partyId: 'party-admin', onBehalfOf: 'party-other' },
  reviewer: { role: 'reviewer', partyId: 'party-reviewer', onBehalfOf: null },
  platform: { role: 'platform', partyId: 'party-platform', onBehalfOf: null },
} as const satisfies Record<string, Actor>;

type Happening = readonly [ClaimEventType, keyof typeof actors, number, EventDetail?];

/** [event, who, on which day] one after the other, with everything an event could need unless told otherwise. */
function lived(...happenings: readonly Happening[]): Claim {
  let claim: Claim | null = null;
  for (const [type, who, day, detail = fullDetail] of happenings) {
    const event = { type, actor: actors[who], reason: 'because', atMs: day * dayMs, detail };
    claim = stepClaim(claim, event).subject;
  }
  return claim as Claim;
}
const refusal = (code: string) => expect.objectContaining({ code });
const raisedOnDayZero = ['raise', 'system', 0] as const;
const disputedOnDayOne = ['dispute', 'platform', 1] as const;

describe('a claim', () => {
  it('that a person has to look at expires after 30 days, and not before', () => {
    const routed = ['route', 'system', 0] as const;
    expect(() => lived(routed, ['expire', 'system', 29])).toThrow(refusal('EVENT_TOO_EARLY'));
    expect(lived(routed, ['expire', 'system', 30]).state).toBe('expired');
    expect(lived(routed, ['confirm', 'reviewer', 29]).state).toBe('active');
  });

  it('cannot be confirmed or reinstated after the deadline, however late the timer is; it can be released', () => {
    const routed = ['route', 'system', 0] as const;
    expect(() => lived(routed, ['confirm', 'claimant', 30])).toThrow(refusal('EVENT_NOT_ALLOWED'));
    expect(() => lived(raisedOnDayZero, disputedOnDayOne, ['reinstate', 'claimant', 31])).toThrow(
      refusal('EVENT_NOT_ALLOWED'),
    );
    expect(lived(raisedOnDayZero, disputedOnDayOne, ['release', 'claimant', 31]).state).toBe('released');
  });

  it('cannot be confirmed while ownership is in conflict, nor without a word about it', () => {
    const routed = ['route', 'system', 0] as const;
    for (const detail of [{ ownershipConflicted: true }, {}]) {
      expect(() => lived(routed, ['confirm', 'claimant', 1, detail])).toThrow(refusal('EVENT_NOT_ALLOWED'));
    }
  });

  it('disputed expires after 30 days, appealed after 7', () => {
    const disputed = lived(raisedOnDayZero, disputedOnDayOne);
    expect(disputed.deadlineAtMs).toBe(31 * dayMs);
    const appealed = lived(
      raisedOnDayZero,
      disputedOnDayOne,
      ['reinstate', 'claimant', 5],
      ['appeal', 'platform', 6],
    );
    expect(appealed).toMatchObject({ state: 'appealed', deadlineAtMs: 13 * dayMs });
  });

  it('is disputed once: after a rejected dispute comes the appeal, and after that a notice or nothing', () => {
    const rejected = [raisedOnDayZero, disputedOnDayOne, ['reinstate', 'claimant', 5]] as const;
    expect(() => lived(...rejected, disputedOnDayOne)).toThrow(refusal('EVENT_OUT_OF_ORDER'));
    expect(() => lived(...rejected, ['dispute', 'platform', 6])).toThrow(refusal('EVENT_NOT_ALLOWED'));
    expect(() => lived(raisedOnDayZero, ['appeal', 'platform', 1])).toThrow(refusal('EVENT_NOT_ALLOWED'));
    const appealed = [...rejected, ['appeal', 'platform', 6]] as const;
    expect(() => lived(...appealed, ['reinstate', 'claimant', 7])).toThrow(refusal('EVENT_NOT_ALLOWED'));
    expect(lived(...appealed, ['take_down', 'claimant', 7]).state).toBe('taken_down');
    expect(lived(...appealed, ['expire', 'system', 13]).state).toBe('expired');
  });

  it('can be disputed again after the uploader took the dispute back', () => {
    const again = lived(
      raisedOnDayZero,
      disputedOnDayOne,
      ['withdraw_dispute', 'platform', 2],
      ['dispute', 'platform', 3],
    );
    expect(again.state).toBe('disputed');
  });

  it('that blocks can be escalated at once, one that monetizes cannot', () => {
    expect(lived(raisedOnDayZero, ['escalate', 'platform', 1])).toMatchObject({
      state: 'appealed',
      deadlineAtMs: 8 * dayMs,
    });
    const monetizing = ['raise', 'system', 0, { claimantPartyId, action: 'monetize' }] as const;
    expect(() => lived(monetizing, ['escalate', 'platform', 1])).toThrow(refusal('EVENT_NOT_ALLOWED'));
  });

  it('is taken down by its claimant only, and only with a notice', () => {
    expect(lived(raisedOnDayZero, ['take_down', 'administrator', 1]).state).toBe('taken_down');
    for (const who of ['stranger', 'strangersAdministrator', 'reviewer', 'platform', 'system'] as const) {
      expect(() => lived(raisedOnDayZero, ['take_down', who, 1])).toThrow(refusal('EVENT_ROLE_FORBIDDEN'));
    }
    expect(() => lived(raisedOnDayZero, ['take_down', 'claimant', 1, {}])).toThrow(refusal('EVENT_INVALID'));
  });

  it('is released with the span that must not match again, where that is asked for', () => {
    expect(lived(raisedOnDayZero, ['release_and_exclude', 'reviewer', 1]).state).toBe('released');
    expect(() => lived(raisedOnDayZero, ['release_and_exclude', 'reviewer', 1, {}])).toThrow(
      refusal('EVENT_INVALID'),
    );
  });

  it('goes back to review when a doubt comes up, with a new deadline', () => {
    expect(lived(raisedOnDayZero, ['route', 'reviewer', 10])).toMatchObject({
      state: 'potential',
      deadlineAtMs: 40 * dayMs,
    });
  });

  it.each(['', '   ', 'x'.repeat(maxReasonCharacters + 1)])('never changes without a reason', (reason) => {
    const event = { type: 'raise', actor: actors.system, reason, atMs: 0, detail: fullDetail } as const;
    expect(() => stepClaim(null, event)).toThrow(refusal('EVENT_INVALID'));
  });

  it('says what could have happened instead', () => {
    expect(() => lived(['route', 'system', 0], ['dispute', 'platform', 1])).toThrow(
      'claim, potential: expected confirm, release, release_and_exclude, expire; received dispute',
    );
  });
});

describe('a dispute', () => {
  const opened = stepDispute(null, {
    type: 'dispute',
    actor: actors.platform,
    reason: 'disputed by the uploader',
    atMs: 0,
    detail: fullDetail,
  }).subject;
  const said = (dispute: Dispute, type: 'state' | 'counter_state', statement: string, day = 1) =>
    stepDispute(dispute, {
      type,
      actor: type === 'state' ? actors.platform : actors.claimant,
      reason: 'statement',
      atMs: day * dayMs,
      detail: { statement },
    }).subject;

  it('keeps its state and its deadline while both sides speak', () => {
    const answered = said(said(opened, 'counter_state', 'The licence ended.'), 'state', 'It was renewed.', 2);
    expect(answered).toMatchObject({ state: 'open', deadlineAtMs: 30 * dayMs, enteredAtMs: 0 });
    expect(answered.memory).toMatchObject({ statementCount: 1, counterStatementCount: 1 });
  });

  it('hears each side a limited number of times', () => {
    let dispute = opened;
    for (let count = 0; count < maxStatements; count++) dispute = said(dispute, 'state', 'Again.');
    expect(() => said(dispute, 'state', 'Once more.')).toThrow(refusal('EVENT_NOT_ALLOWED'));
    expect(said(dispute, 'counter_state', 'No.').memory.counterStatementCount).toBe(1);
  });

  it('needs a reason from the list and a statement', () => {
    for (const detail of [
      { ...fullDetail, statement: '' },
      { ...fullDetail, disputeReason: 'unfair' as 'authorised' },
    ]) {
      const event = { type: 'dispute', actor: actors.platform, reason: 'disputed', atMs: 0, detail } as const;
      expect(() => stepDispute(null, event)).toThrow(refusal('EVENT_INVALID'));
    }
  });
});

describe('a claim and its dispute', () => {
  const isOfDispute = (type: string): type is DisputeEventType =>
    (disputeEvents as readonly string[]).includes(type);
  const isOver = (dispute: Dispute) => !['open', 'rejected', 'appealed'].includes(dispute.state);
  /** What a claim's state says about its last dispute. */
  const together: Readonly<Record<Claim['state'], readonly (Dispute['state'] | 'none')[]>> = {
    potential: ['none', 'rejected', 'withdrawn'],
    active: ['none', 'rejected', 'withdrawn'],
    disputed: ['open'],
    appealed: ['appealed'],
    released: ['none', 'upheld', 'withdrawn'],
    taken_down: ['none', 'overruled', 'withdrawn'],
    expired: ['none', 'lapsed', 'withdrawn'],
  };

  it('moved by the same events never contradict each other', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyChoices(20), (choices) => {
        let claim: Claim | null = null;
        let dispute: Dispute | null = null;
        const history: ClaimEntry[] = [];
        for (const choice of choices) {
          const event = chosenEvent(claimMachine, claimEvents, claim, choice);
          try {
            const stepped: { subject: Claim; entry: ClaimEntry } = stepClaim(claim, event);
            const open: Dispute | null = dispute === null || isOver(dispute) ? null : dispute;
            const opens = event.type === 'dispute' || event.type === 'escalate';
            if (isOfDispute(event.type) && (open || opens)) {
              const detail = { ...event.detail, claimantPartyId, action: 'block' as const };
              dispute = stepDispute(open, { ...event, type: event.type, detail }).subject;
            }
            claim = stepped.subject;
            history.push(stepped.entry);
          } catch (error) {
            if (!(error instanceof RuleError)) throw error;
          }
          if (!claim) continue;
          const pair = `${claim.state} ${dispute?.state ?? 'none'}`;
          seen.add(pair);
          expect(together[claim.state]).toContain(dispute?.state ?? 'none');
          if (dispute && !isOver(dispute) && claim.state !== 'potential') {
            expect([pair, dispute.deadlineAtMs]).toEqual([pair, claim.deadlineAtMs]);
          }
        }
        expect(replayClaim(history)).toEqual(claim);
      }),
      // One seed: whether every pair is reached may not be a matter of luck.
      { numRuns: 10_000, seed: 5 },
    );
    const all = Object.entries(together).flatMap(([state, disputes]) => disputes.map((d) => `${state} ${d}`));
    expect([...seen].sort()).toEqual(all.sort());
  });
});
