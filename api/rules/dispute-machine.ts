/**
 * The life of a dispute, next to the claim's: it keeps what both sides say, and how it ended. The events that move
 * both have the same names, and such an event happens only where both machines take it.
 *
 *     open → rejected → appealed → upheld / overruled / lapsed / withdrawn
 *
 * `upheld` and `lapsed` are disputes that the uploader won: of these a claimant's challenged precision is counted.
 */
import { deadlineDays, sharedGuards } from './claim-guards.ts';
import {
  type DeadlineDays,
  type DisputeReason,
  type HistoryEntry,
  type MachineEvent,
  replay,
  type StateMachine,
  type Subject,
  step,
} from './state-machine.ts';

export const disputeStates = [
  'open',
  'rejected',
  'appealed',
  'upheld',
  'overruled',
  'lapsed',
  'withdrawn',
] as const;
export type DisputeState = (typeof disputeStates)[number];

/** The claim was given up, or nobody stood by it: it has fallen. */
export const wonByUploader = ['upheld', 'lapsed'] as const satisfies readonly DisputeState[];
/** The claimant has not answered yet. In the states that are left, the claim stood. */
export const undecided = ['open', 'appealed'] as const satisfies readonly DisputeState[];

export const disputeEvents = [
  'dispute',
  'escalate',
  'state',
  'counter_state',
  'reinstate',
  'appeal',
  'release',
  'release_and_exclude',
  'take_down',
  'expire',
  'withdraw_dispute',
  'withdraw_appeal',
] as const;
export type DisputeEventType = (typeof disputeEvents)[number];

/** Of each side, after the one that opened the dispute. */
export const maxStatements = 20;

export type DisputeMemory = {
  readonly claimantPartyId: string;
  readonly disputeReason: DisputeReason;
  readonly statementCount: number;
  readonly counterStatementCount: number;
};

export type DisputeDeadline = 'disputed' | 'appealed';
export type DisputeGuard = keyof typeof sharedGuards | 'statementHasRoom' | 'counterStatementHasRoom';

export type DisputeEvent = MachineEvent<DisputeEventType>;
export type DisputeEntry = HistoryEntry<DisputeState, DisputeEventType>;
export type Dispute = Subject<DisputeState, DisputeMemory>;

const claimant = ['rightsholder', 'administrator'] as const;
const uploader = ['uploader', 'platform'] as const;
const opening = ['claimTermsAreGiven', 'disputeReasonIsNamed', 'statementIsGiven'] as const;

export const disputeMachine: StateMachine<
  DisputeState,
  DisputeEventType,
  DisputeGuard,
  DisputeMemory,
  DisputeDeadline
> = {
  name: 'dispute',
  states: {
    open: { meaning: 'The claimant has to answer.', isTerminal: false, deadline: 'disputed' },
    rejected: {
      meaning: 'The claimant reinstated its claim; the uploader may appeal.',
      isTerminal: false,
      deadline: null,
    },
    appealed: {
      meaning: 'The claimant has to release the claim or to send a notice.',
      isTerminal: false,
      deadline: 'appealed',
    },
    upheld: { meaning: 'The claim was released.', isTerminal: true, deadline: null },
    overruled: { meaning: 'The claimant sent a notice.', isTerminal: true, deadline: null },
    lapsed: { meaning: 'The claimant did not answer; the claim expired.', isTerminal: true, deadline: null },
    withdrawn: { meaning: 'The uploader gave it up.', isTerminal: true, deadline: null },
  },
  transitions: [
    { from: [null], event: 'dispute', to: 'open', by: uploader, guards: opening },
    { from: [null], event: 'escalate', to: 'appealed', by: uploader, guards: opening },
    {
      from: ['open', 'appealed'],
      event: 'state',
      to: 'same',
      by: uploader,
      guards: ['statementIsGiven', 'statementHasRoom'],
    },
    {
      from: ['open', 'appealed'],
      event: 'counter_state',
      to: 'same',
      by: claimant,
      guards: ['actorSpeaksForClaimant', 'statementIsGiven', 'counterStatementHasRoom'],
    },
    {
      from: ['open'],
      event: 'reinstate',
      to: 'rejected',
      by: claimant,
      guards: ['actorSpeaksForClaimant', 'deadlineHasNotPassed'],
    },
    { from: ['rejected'], event: 'appeal', to: 'appealed', by: uploader, guards: ['statementIsGiven'] },
    {
      from: ['open', 'rejected', 'appealed'],
      event: 'release',
      to: 'upheld',
      by: [...claimant, 'reviewer', 'operator', 'system'],
      guards: ['actorSpeaksForClaimant'],
    },
    {
      from: ['open', 'rejected', 'appealed'],
      event: 'release_and_exclude',
      to: 'upheld',
      by: [...claimant, 'reviewer'],
      guards: ['actorSpeaksForClaimant', 'intervalIsNamed'],
    },
    {
      from: ['open', 'rejected', 'appealed'],
      event: 'take_down',
      to: 'overruled',
      by: claimant,
      guards: ['actorSpeaksForClaimant', 'deadlineHasNotPassed', 'noticeIsNamed'],
    },
    {
      from: ['open', 'appealed'],
      event: 'expire',
      to: 'lapsed',
      by: ['system'],
      guards: ['deadlineHasPassed'],
    },
    // A claim taken back to review can expire there: whose deadline passed is for the claim's machine to say.
    { from: ['rejected'], event: 'expire', to: 'lapsed', by: ['system'], guards: [] },
    {
      from: ['open'],
      event: 'withdraw_dispute',
      to: 'withdrawn',
      by: uploader,
      guards: ['deadlineHasNotPassed'],
    },
    {
      from: ['appealed'],
      event: 'withdraw_appeal',
      to: 'withdrawn',
      by: uploader,
      guards: ['deadlineHasNotPassed'],
    },
  ],
  guards: {
    ...sharedGuards,
    statementHasRoom: {
      code: 'EVENT_NOT_ALLOWED',
      expected: `fewer than ${maxStatements} statements before it`,
      holds: (_, dispute) => dispute !== null && dispute.memory.statementCount < maxStatements,
    },
    counterStatementHasRoom: {
      code: 'EVENT_NOT_ALLOWED',
      expected: `fewer than ${maxStatements} counter-statements before it`,
      holds: (_, dispute) => dispute !== null && dispute.memory.counterStatementCount < maxStatements,
    },
  },
  remember: (memory, { type, detail }) => ({
    claimantPartyId: memory?.claimantPartyId ?? (detail?.claimantPartyId as string),
    disputeReason: memory?.disputeReason ?? (detail?.disputeReason as DisputeReason),
    statementCount: (memory?.statementCount ?? 0) + (type === 'state' ? 1 : 0),
    counterStatementCount: (memory?.counterStatementCount ?? 0) + (type === 'counter_state' ? 1 : 0),
  }),
};

/** As `step`. Null: there is no dispute yet, and `dispute` or `escalate` opens one. */
export function stepDispute(
  dispute: Dispute | null,
  event: DisputeEvent,
  days: DeadlineDays<DisputeDeadline> = deadlineDays,
): { readonly subject: Dispute; readonly entry: DisputeEntry } {
  return step(disputeMachine, dispute, event, days);
}

export function replayDispute(history: readonly DisputeEntry[]): Dispute | null {
  return replay(disputeMachine, history);
}
