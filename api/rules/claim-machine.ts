/**
 * The life of a claim:
 *
 *     potential → active → disputed → appealed → released / taken_down / expired
 *
 * After YouTube's Content ID: the uploader disputes, the claimant releases or reinstates, the uploader appeals, and a
 * claimant that still insists has to send a notice. Silence never works for the claimant: a claim that nobody
 * confirms, reinstates or backs with a notice in time expires. A claim is heard once: after a rejected dispute comes
 * the appeal, not the next dispute.
 */
import { deadlineDays, sharedGuards } from './claim-guards.ts';
import type { Action } from './policy-document.ts';
import {
  type DeadlineDays,
  type HistoryEntry,
  type MachineEvent,
  replay,
  type StateMachine,
  type Subject,
  step,
} from './state-machine.ts';

export const claimStates = [
  'potential',
  'active',
  'disputed',
  'appealed',
  'released',
  'taken_down',
  'expired',
] as const;
export type ClaimState = (typeof claimStates)[number];

export const claimEvents = [
  'raise',
  'route',
  'confirm',
  'dispute',
  'withdraw_dispute',
  'reinstate',
  'escalate',
  'appeal',
  'withdraw_appeal',
  'release',
  'release_and_exclude',
  'take_down',
  'expire',
] as const;
export type ClaimEventType = (typeof claimEvents)[number];

export type ClaimMemory = {
  readonly claimantPartyId: string;
  readonly action: Action;
  readonly isDisputeRejected: boolean;
  readonly isAppealWithdrawn: boolean;
};

export type ClaimDeadline = 'potential' | 'disputed' | 'appealed';
export type ClaimGuard =
  | keyof typeof sharedGuards
  | 'ownershipIsSettled'
  | 'uploaderIsUnheard'
  | 'disputeWasRejected'
  | 'claimRestricts';

export type ClaimEvent = MachineEvent<ClaimEventType>;
export type ClaimEntry = HistoryEntry<ClaimState, ClaimEventType>;
export type Claim = Subject<ClaimState, ClaimMemory>;

const claimant = ['rightsholder', 'administrator'] as const;
const uploader = ['uploader', 'platform'] as const;

export const claimMachine: StateMachine<ClaimState, ClaimEventType, ClaimGuard, ClaimMemory, ClaimDeadline> =
  {
    name: 'claim',
    states: {
      potential: {
        meaning: 'Waits for a person. Nothing is enforced.',
        isTerminal: false,
        deadline: 'potential',
      },
      active: { meaning: 'Its action is enforced.', isTerminal: false, deadline: null },
      disputed: {
        meaning: 'The uploader disputes it; the claimant has to answer.',
        isTerminal: false,
        deadline: 'disputed',
      },
      appealed: {
        meaning: 'The uploader appeals; the claimant has to release it or to send a notice.',
        isTerminal: false,
        deadline: 'appealed',
      },
      released: { meaning: 'Given up.', isTerminal: true, deadline: null },
      taken_down: { meaning: 'Replaced by a notice.', isTerminal: true, deadline: null },
      expired: { meaning: 'Nobody answered in time.', isTerminal: true, deadline: null },
    },
    transitions: [
      { from: [null], event: 'raise', to: 'active', by: ['system'], guards: ['claimTermsAreGiven'] },
      { from: [null], event: 'route', to: 'potential', by: ['system'], guards: ['claimTermsAreGiven'] },
      // A conflict that comes later, or a doubt, takes an active claim back.
      {
        from: ['active'],
        event: 'route',
        to: 'potential',
        by: ['reviewer', 'operator', 'system'],
        guards: [],
      },
      {
        from: ['potential'],
        event: 'confirm',
        to: 'active',
        by: [...claimant, 'reviewer'],
        guards: ['actorSpeaksForClaimant', 'deadlineHasNotPassed', 'ownershipIsSettled'],
      },
      {
        from: ['active'],
        event: 'dispute',
        to: 'disputed',
        by: uploader,
        guards: ['disputeReasonIsNamed', 'uploaderIsUnheard'],
      },
      // Who is blocked need not wait a month for an answer.
      {
        from: ['active'],
        event: 'escalate',
        to: 'appealed',
        by: uploader,
        guards: ['disputeReasonIsNamed', 'uploaderIsUnheard', 'claimRestricts'],
      },
      { from: ['active'], event: 'appeal', to: 'appealed', by: uploader, guards: ['disputeWasRejected'] },
      {
        from: ['disputed'],
        event: 'reinstate',
        to: 'active',
        by: claimant,
        guards: ['actorSpeaksForClaimant', 'deadlineHasNotPassed'],
      },
      {
        from: ['disputed'],
        event: 'withdraw_dispute',
        to: 'active',
        by: uploader,
        guards: ['deadlineHasNotPassed'],
      },
      {
        from: ['appealed'],
        event: 'withdraw_appeal',
        to: 'active',
        by: uploader,
        guards: ['deadlineHasNotPassed'],
      },
      // By the system: ownership ended, or the account is on an allowlist now.
      {
        from: ['potential', 'active', 'disputed', 'appealed'],
        event: 'release',
        to: 'released',
        by: [...claimant, 'reviewer', 'operator', 'system'],
        guards: ['actorSpeaksForClaimant'],
      },
      {
        from: ['potential', 'active', 'disputed', 'appealed'],
        event: 'release_and_exclude',
        to: 'released',
        by: [...claimant, 'reviewer'],
        guards: ['actorSpeaksForClaimant', 'intervalIsNamed'],
      },
      {
        from: ['active', 'disputed', 'appealed'],
        event: 'take_down',
        to: 'taken_down',
        by: claimant,
        guards: ['actorSpeaksForClaimant', 'deadlineHasNotPassed', 'noticeIsNamed'],
      },
      {
        from: ['potential', 'disputed', 'appealed'],
        event: 'expire',
        to: 'expired',
        by: ['system'],
        guards: ['deadlineHasPassed'],
      },
    ],
    guards: {
      ...sharedGuards,
      ownershipIsSettled: {
        code: 'EVENT_NOT_ALLOWED',
        expected: 'ownership that is not in conflict (ownershipConflicted: false)',
        holds: ({ detail }) => detail?.ownershipConflicted === false,
      },
      uploaderIsUnheard: {
        code: 'EVENT_NOT_ALLOWED',
        expected: 'no dispute rejected and no appeal withdrawn before',
        holds: (_, claim) =>
          claim !== null && !claim.memory.isDisputeRejected && !claim.memory.isAppealWithdrawn,
      },
      disputeWasRejected: {
        code: 'EVENT_NOT_ALLOWED',
        expected: 'a rejected dispute and no appeal withdrawn',
        holds: (_, claim) => claim?.memory.isDisputeRejected === true && !claim.memory.isAppealWithdrawn,
      },
      claimRestricts: {
        code: 'EVENT_NOT_ALLOWED',
        expected: 'a claim that blocks or takes down',
        holds: (_, claim) => claim?.memory.action === 'block' || claim?.memory.action === 'takedown',
      },
    },
    remember: (memory, { type, detail }) => ({
      claimantPartyId: memory?.claimantPartyId ?? (detail?.claimantPartyId as string),
      action: memory?.action ?? (detail?.action as Action),
      isDisputeRejected: memory?.isDisputeRejected === true || type === 'reinstate',
      isAppealWithdrawn: memory?.isAppealWithdrawn === true || type === 'withdraw_appeal',
    }),
  };

/** As `step`. Null: there is no claim yet, and `raise` or `route` makes one. */
export function stepClaim(
  claim: Claim | null,
  event: ClaimEvent,
  days: DeadlineDays<ClaimDeadline> = deadlineDays,
): { readonly subject: Claim; readonly entry: ClaimEntry } {
  return step(claimMachine, claim, event, days);
}

export function replayClaim(history: readonly ClaimEntry[]): Claim | null {
  return replay(claimMachine, history);
}
