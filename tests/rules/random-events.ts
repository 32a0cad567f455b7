/** Random events for a state machine: most of them such as its present state takes, the others of any kind. */
import fc from 'fast-check';
import {
  type Actor,
  actorRoles,
  disputeReasons,
  type EventDetail,
  type MachineEvent,
  type StateMachine,
  type Subject,
} from '../../api/rules/state-machine.ts';

export const claimantPartyId = 'party-claimant';
const dayMs = 86_400_000;

/** Everything an event could need. */
export const fullDetail: EventDetail = {
  claimantPartyId,
  action: 'block',
  disputeReason: 'authorised',
  statement: 'We have a licence.',
  noticeId: 'notice-1',
  excludedInterval: { referenceId: 'reference-1', startMs: 0, endMs: 1000 },
  ownershipConflicted: false,
};

const anyDetail: fc.Arbitrary<EventDetail> = fc.record(
  {
    claimantPartyId: fc.constant(claimantPartyId),
    action: fc.constantFrom('track', 'monetize', 'block', 'takedown'),
    disputeReason: fc.constantFrom(...disputeReasons),
    statement: fc.constantFrom('We have a licence.', ' ', 'x'.repeat(5001)),
    noticeId: fc.constant('notice-1'),
    excludedInterval: fc.constantFrom(
      { referenceId: 'reference-1', startMs: 0, endMs: 1000 },
      { referenceId: 'reference-1', startMs: 1000, endMs: 1000 },
    ),
    ownershipConflicted: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** An event that is not chosen yet: `choice` picks one when the state is known. */
export type Choice = {
  readonly isPlausible: boolean;
  readonly choice: number;
  readonly role: number;
  readonly isForeign: boolean;
  readonly hasReason: boolean;
  readonly detail: EventDetail;
  readonly afterDays: number;
};

export const anyChoices = (maxLength: number): fc.Arbitrary<Choice[]> =>
  fc.array(
    fc.record({
      isPlausible: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
      choice: fc.nat(999),
      role: fc.nat(999),
      isForeign: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      hasReason: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
      detail: anyDetail,
      afterDays: fc.constantFrom(-1, 0, 0, 1, 3, 7, 8, 30, 31),
    }),
    { maxLength },
  );

const pick = <T>(of: readonly T[], choice: number): T => of[choice % of.length] as T;

export function chosenEvent<S extends string, E extends string, G extends string, M, D extends string>(
  machine: StateMachine<S, E, G, M, D>,
  events: readonly E[],
  subject: Subject<S, M> | null,
  choice: Choice,
): MachineEvent<E> {
  const leading = machine.transitions.filter(({ from }) => from.includes(subject?.state ?? null));
  // Ends are few in a long life: now and then all, mostly what goes on.
  const goingOn = leading.filter(({ to }) => to === 'same' || !machine.states[to].isTerminal);
  const possible = choice.role % 3 === 0 || goingOn.length === 0 ? leading : goingOn;
  const transition = possible.length > 0 && choice.isPlausible ? pick(possible, choice.choice) : undefined;
  const role = transition ? pick(transition.by, choice.role) : pick(actorRoles, choice.role);
  const partyId = choice.isForeign ? 'party-other' : claimantPartyId;
  const actor: Actor = { role, partyId, onBehalfOf: null };
  const lastAtMs = subject?.lastAtMs ?? 0;
  const atDeadline = transition?.event === 'expire' && choice.afterDays > 0;
  return {
    type: transition?.event ?? pick(events, choice.choice),
    actor,
    reason: choice.hasReason ? 'because' : ' ',
    atMs: atDeadline && subject?.deadlineAtMs ? subject.deadlineAtMs : lastAtMs + choice.afterDays * dayMs,
    detail: transition && choice.choice % 5 > 0 ? fullDetail : choice.detail,
  };
}

/** Freezes it all the way down: what writes to it throws. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
}
