/**
 * State machines as data: states, transitions, who may, on which conditions, and how long a state may last. A machine
 * is stepped by events; each accepted event becomes an entry of an append-only history, and the history alone gives
 * the state again. A refused event changes nothing.
 *
 * Nothing here looks at a clock or at a configuration: an event says when it happened, and an entry keeps the deadline
 * that was set then, so that a configuration that changes later moves no deadline of the past.
 */

import { partyRoles } from './party-role.ts';
import type { Action } from './policy-document.ts';
import type { InstantMs } from './rights-record.ts';
import { RuleError, type RuleErrorCode } from './rule-error.ts';

/** The roles of parties, and two that are none: the uploader, for whom its platform speaks, and the registry itself. */
export const actorRoles = [...partyRoles, 'uploader', 'system'] as const;
export type ActorRole = (typeof actorRoles)[number];

export type Actor = {
  readonly role: ActorRole;
  readonly partyId: string | null;
  /** The party whose mandate an administrator acts under. Whether it holds is checked before. */
  readonly onBehalfOf: string | null;
};

export const disputeReasons = [
  'misidentified',
  'fair_use_or_exception',
  'authorised',
  'original_content',
  'public_domain',
  'not_the_owner',
] as const;
export type DisputeReason = (typeof disputeReasons)[number];

/** What some events need. It is kept with the entry. */
export type EventDetail = {
  /** Of the event that opens a history. */
  readonly claimantPartyId?: string;
  /** Of the event that opens a history: the most restrictive action of the claim. */
  readonly action?: Action;
  readonly disputeReason?: DisputeReason;
  readonly statement?: string;
  /** The notice that a takedown rests on. */
  readonly noticeId?: string;
  /** The span of the reference that must not match any more. */
  readonly excludedInterval?: {
    readonly referenceId: string;
    readonly startMs: number;
    readonly endMs: number;
  };
  /** Whether ownership is in conflict in the claim's territories when it is confirmed. */
  readonly ownershipConflicted?: boolean;
};

export type MachineEvent<E extends string> = {
  readonly type: E;
  readonly actor: Actor;
  /** Why, for people; required of every event. */
  readonly reason: string;
  readonly atMs: InstantMs;
  readonly detail?: EventDetail;
};

export type HistoryEntry<S extends string, E extends string> = MachineEvent<E> & {
  /** From 1, without gaps. */
  readonly entryNumber: number;
  /** Null: the first. */
  readonly from: S | null;
  readonly to: S;
  /** When the state entered ends by itself; null: it does not. */
  readonly deadlineAtMs: InstantMs | null;
};

export type Guard<S extends string, M> = {
  /** The refusal's code. */
  readonly code: RuleErrorCode;
  /** What the refusal says was expected. */
  readonly expected: string;
  readonly holds: (event: MachineEvent<string>, subject: Subject<S, M> | null) => boolean;
};

export type Transition<S extends string, E extends string, G extends string> = {
  /** Null: it opens a history. */
  readonly from: readonly (S | null)[];
  readonly event: E;
  /** `same`: the state, its beginning and its deadline stay. */
  readonly to: S | 'same';
  readonly by: readonly ActorRole[];
  readonly guards: readonly G[];
};

export type StateMachine<S extends string, E extends string, G extends string, M, D extends string> = {
  readonly name: string;
  readonly states: Readonly<
    Record<S, { readonly meaning: string; readonly isTerminal: boolean; readonly deadline: D | null }>
  >;
  readonly transitions: readonly Transition<S, E, G>[];
  readonly guards: Readonly<Record<G, Guard<S, M>>>;
  /** What guards need to know of the history. */
  readonly remember: (memory: M | null, event: MachineEvent<E>) => M;
};

export type Subject<S extends string, M> = {
  readonly state: S;
  readonly enteredAtMs: InstantMs;
  readonly deadlineAtMs: InstantMs | null;
  readonly lastAtMs: InstantMs;
  readonly entryCount: number;
  readonly memory: M;
};

export type DeadlineDays<D extends string> = Readonly<Record<D, number>>;

export const maxReasonCharacters = 1000;
/** A history that is this long only takes events that end it. */
export const maxEntries = 200;
const dayMs = 86_400_000;

/**
 * The subject after the event, and the entry to append. Throws
 * `EVENT_INVALID` (no reason, no instant, something it needs is missing),
 * `EVENT_NOT_ALLOWED` (not in this state, or a condition does not hold),
 * `EVENT_ROLE_FORBIDDEN`, `EVENT_TOO_EARLY` (the deadline has not passed),
 * `EVENT_OUT_OF_ORDER` (something later happened already).
 */
export function step<S extends string, E extends string, G extends string, M, D extends string>(
  machine: StateMachine<S, E, G, M, D>,
  subject: Subject<S, M> | null,
  event: MachineEvent<E>,
  days: DeadlineDays<D>,
): { readonly subject: Subject<S, M>; readonly entry: HistoryEntry<S, E> } {
  const refuse = (code: RuleErrorCode, expected: string, received: string) =>
    new RuleError(
      code,
      `${machine.name}, ${subject?.state ?? 'nothing yet'}: expected ${expected}; received ${received}`,
    );
  const { type, actor, reason, atMs } = event;
  if (reason.trim() === '' || reason.length > maxReasonCharacters) {
    throw refuse('EVENT_INVALID', `a reason of 1 to ${maxReasonCharacters} characters`, `${reason.length}`);
  }
  if (!Number.isSafeInteger(atMs)) throw refuse('EVENT_INVALID', 'an instant in milliseconds', `${atMs}`);

  const transition = findTransition(machine, subject?.state ?? null, type);
  if (!transition) {
    const possible = machine.transitions.filter(({ from }) => from.includes(subject?.state ?? null));
    const events = possible.map(({ event }) => event).join(', ') || 'nothing more';
    throw refuse('EVENT_NOT_ALLOWED', events, type);
  }
  if (!transition.by.includes(actor.role)) {
    throw refuse('EVENT_ROLE_FORBIDDEN', `${type} by ${transition.by.join(', ')}`, actor.role);
  }
  if (subject && atMs < subject.lastAtMs) {
    throw refuse('EVENT_OUT_OF_ORDER', `an instant from ${subject.lastAtMs} on`, `${atMs}`);
  }
  for (const name of transition.guards) {
    const { code, expected, holds } = machine.guards[name];
    if (!holds(event, subject)) throw refuse(code, `${type} with ${expected}`, `${type} without`);
  }
  const isEnding = transition.to !== 'same' && machine.states[transition.to].isTerminal;
  if (subject && subject.entryCount >= maxEntries && !isEnding) {
    throw refuse('EVENT_NOT_ALLOWED', `an event that ends a history of ${maxEntries} entries`, type);
  }

  const to = transition.to === 'same' ? (subject as Subject<S, M>).state : transition.to;
  const { deadline } = machine.states[to];
  const deadlineAtMs = deadline === null ? null : atMs + days[deadline] * dayMs;
  const entry: HistoryEntry<S, E> = {
    ...event,
    entryNumber: (subject?.entryCount ?? 0) + 1,
    from: subject?.state ?? null,
    to,
    deadlineAtMs: transition.to === 'same' ? (subject as Subject<S, M>).deadlineAtMs : deadlineAtMs,
  };
  return { subject: append(machine, subject, entry), entry };
}

/** The subject that a history gives; null for an empty one. A history that this machine cannot have written is our bug. */
export function replay<S extends string, E extends string, G extends string, M, D extends string>(
  machine: StateMachine<S, E, G, M, D>,
  history: readonly HistoryEntry<S, E>[],
): Subject<S, M> | null {
  let subject: Subject<S, M> | null = null;
  for (const entry of history) {
    const transition = findTransition(machine, subject?.state ?? null, entry.type);
    const isNext = entry.entryNumber === (subject?.entryCount ?? 0) + 1;
    const isKnown = transition !== undefined && entry.from === (subject?.state ?? null);
    const leads = transition?.to === 'same' ? subject?.state : transition?.to;
    if (!isNext || !isKnown || entry.to !== leads) {
      throw new Error(`${machine.name}: entry ${entry.entryNumber} (${entry.type}) does not follow`);
    }
    subject = append(machine, subject, entry);
  }
  return subject;
}

/** At most one: tests see to it. */
export function findTransition<S extends string, E extends string, G extends string, M, D extends string>(
  machine: StateMachine<S, E, G, M, D>,
  state: S | null,
  event: E,
): Transition<S, E, G> | undefined {
  return machine.transitions.find(
    (transition) => transition.event === event && transition.from.includes(state),
  );
}

function append<S extends string, E extends string, G extends string, M, D extends string>(
  machine: StateMachine<S, E, G, M, D>,
  subject: Subject<S, M> | null,
  entry: HistoryEntry<S, E>,
): Subject<S, M> {
  const isSame = findTransition(machine, entry.from, entry.type)?.to === 'same';
  return {
    state: entry.to,
    enteredAtMs: isSame && subject ? subject.enteredAtMs : entry.atMs,
    deadlineAtMs: entry.deadlineAtMs,
    lastAtMs: entry.atMs,
    entryCount: entry.entryNumber,
    memory: machine.remember(subject?.memory ?? null, entry),
  };
}
