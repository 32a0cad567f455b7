import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimEvents, claimMachine, claimStates } from '../../api/rules/claim-machine.ts';
import { disputeEvents, disputeMachine, disputeStates } from '../../api/rules/dispute-machine.ts';
import { renderMachine } from '../../api/rules/render-machine.ts';
import { RuleError } from '../../api/rules/rule-error.ts';
import {
  findTransition,
  type HistoryEntry,
  maxEntries,
  replay,
  type StateMachine,
  type Subject,
  step,
} from '../../api/rules/state-machine.ts';
import { anyChoices, type Choice, chosenEvent, frozen, fullDetail } from './random-events.ts';

// One seed: whether every state is reached may not be a matter of luck.
const sequences = { numRuns: 10_000, seed: 5 };
const days = { potential: 30, disputed: 30, appealed: 7 };
const refusals = [
  'EVENT_INVALID',
  'EVENT_NOT_ALLOWED',
  'EVENT_ROLE_FORBIDDEN',
  'EVENT_TOO_EARLY',
  'EVENT_OUT_OF_ORDER',
];

/** Runs the events; checks each step; gives what was reached and refused. */
function walked<S extends string, E extends string, G extends string, M, D extends keyof typeof days>(
  machine: StateMachine<S, E, G, M, D>,
  events: readonly E[],
  choices: readonly Choice[],
) {
  let subject: Subject<S, M> | null = null;
  const history: HistoryEntry<S, E>[] = [];
  const refused = new Set<string>();
  for (const choice of choices) {
    const event = frozen(chosenEvent(machine, events, subject, choice));
    const state: S | null = (subject as Subject<S, M> | null)?.state ?? null;
    const before = structuredClone(subject);
    try {
      const stepped: { subject: Subject<S, M>; entry: HistoryEntry<S, E> } = step(
        machine,
        subject,
        event,
        days,
      );
      const documented = findTransition(machine, state, event.type);
      const leads = documented?.to === 'same' ? state : documented?.to;
      expect([stepped.entry.from, stepped.entry.to]).toEqual([state, leads]);
      expect(documented?.by).toContain(event.actor.role);
      subject = frozen(stepped.subject);
      history.push(stepped.entry);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      expect(refusals).toContain(error.code);
      expect(subject).toEqual(before);
      refused.add(error.code);
    }
    if (subject) expect(machine.states[(subject as Subject<S, M>).state]).toBeDefined();
  }
  expect(replay(machine, history)).toEqual(subject);
  // As it comes back from the database.
  expect(replay(machine, JSON.parse(JSON.stringify(history)))).toEqual(subject);
  return { states: history.map(({ to }) => to), events: history.map(({ type }) => type), refused };
}

const laws = <S extends string, E extends string, G extends string, M, D extends keyof typeof days>(
  machine: StateMachine<S, E, G, M, D>,
  states: readonly S[],
  events: readonly E[],
) =>
  describe(`the machine of a ${machine.name}`, () => {
    it('documents every state and every event, and nothing else', () => {
      expect(Object.keys(machine.states).sort()).toEqual([...states].sort());
      const named = new Set(machine.transitions.map(({ event }) => event));
      expect([...named].sort()).toEqual([...events].sort());
      for (const { from, to, guards } of machine.transitions) {
        for (const state of [...from, to]) {
          if (state !== null && state !== 'same') expect(states).toContain(state);
        }
        for (const guard of guards) expect(machine.guards[guard]).toBeDefined();
        // What opens a history has no state to stay in.
        if (from.includes(null)) expect(to).not.toBe('same');
      }
    });

    it('has at most one transition for a state and an event', () => {
      const pairs = machine.transitions.flatMap(({ from, event }) =>
        from.map((state) => `${state} ${event}`),
      );
      expect(new Set(pairs).size).toBe(pairs.length);
    });

    it('has an end: terminal states let nothing out, and every other one leads to each of them', () => {
      const nextOf = (state: S) =>
        machine.transitions
          .filter(({ from }) => from.includes(state))
          .flatMap(({ to }) => (to === 'same' ? [] : [to]));
      const terminal = states.filter((state) => machine.states[state].isTerminal);
      for (const state of states) {
        const reached = new Set<S>([state]);
        for (const from of reached) for (const to of nextOf(from)) reached.add(to);
        if (terminal.includes(state)) expect([...reached]).toEqual([state]);
        else expect(terminal.filter((end) => !reached.has(end))).toEqual([]);
      }
    });

    it('ends a state with a deadline by expiring, and no other', () => {
      for (const state of states) {
        const expires = findTransition(machine, state, 'expire' as E)?.guards.includes(
          'deadlineHasPassed' as G,
        );
        expect([state, expires ?? false]).toEqual([state, machine.states[state].deadline !== null]);
      }
    });

    it('in 10,000 random sequences of events reaches documented states only, all of them, and replays to the same', () => {
      const reached = new Set<S>();
      const taken = new Set<E>();
      const refused = new Set<string>();
      fc.assert(
        fc.property(anyChoices(20), (choices) => {
          const walk = walked(machine, events, choices);
          for (const state of walk.states) reached.add(state);
          for (const event of walk.events) taken.add(event);
          for (const code of walk.refused) refused.add(code);
        }),
        sequences,
      );
      expect([...reached].sort()).toEqual([...states].sort());
      expect([...taken].sort()).toEqual([...events].sort());
      expect([...refused].sort()).toEqual([...refusals].sort());
    });

    it('takes nothing in a terminal state, whoever asks', () => {
      for (const state of states) {
        if (!machine.states[state].isTerminal) continue;
        const memory = machine.remember(null, {
          type: events[0] as E,
          actor: { role: 'system', partyId: null, onBehalfOf: null },
          reason: 'because',
          atMs: 0,
          detail: fullDetail,
        });
        const subject: Subject<S, M> = {
          state,
          enteredAtMs: 0,
          deadlineAtMs: null,
          lastAtMs: 0,
          entryCount: 3,
          memory,
        };
        for (const type of events) {
          const actor = { role: 'system', partyId: null, onBehalfOf: null } as const;
          const event = { type, actor, reason: 'because', atMs: 1, detail: fullDetail };
          expect(() => step(machine, subject, event, days)).toThrow(
            expect.objectContaining({ code: 'EVENT_NOT_ALLOWED' }),
          );
        }
      }
    });

    it('is drawn with every transition', () => {
      const drawn = renderMachine(machine);
      for (const { from, event } of machine.transitions) {
        for (const state of from) {
          expect(drawn).toMatch(new RegExp(`${state ?? '\\[\\*\\]'} --> \\w+: ${event}\\n`));
        }
      }
      expect(drawn.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(
        states.length + machine.transitions.length + 4,
      );
    });
  });

laws(claimMachine, claimStates, claimEvents);
laws(disputeMachine, disputeStates, disputeEvents);

describe('a history', () => {
  const system = { role: 'system', partyId: null, onBehalfOf: null } as const;
  const reviewer = { role: 'reviewer', partyId: 'party-reviewer', onBehalfOf: null } as const;
  const opening = { type: 'route', actor: system, reason: 'short', atMs: 0, detail: fullDetail } as const;

  it('that is not one the machine can have written is our bug, not a refusal', () => {
    const { entry } = step(claimMachine, null, opening, days);
    expect(() => replay(claimMachine, [{ ...entry, to: 'active' }])).toThrow('does not follow');
    expect(() => replay(claimMachine, [{ ...entry, entryNumber: 2 }])).toThrow('does not follow');
    expect(() => replay(claimMachine, [entry, entry])).toThrow('does not follow');
  });

  it('keeps the deadline it was given, whatever is configured later', () => {
    const { entry } = step(claimMachine, null, opening, { ...days, potential: 3 });
    expect(replay(claimMachine, [entry])?.deadlineAtMs).toBe(3 * 86_400_000);
  });

  it('has a limit, and ends after it', () => {
    let { subject } = step(claimMachine, null, opening, days);
    const confirm = {
      type: 'confirm',
      actor: reviewer,
      reason: 'heard',
      atMs: 0,
      detail: fullDetail,
    } as const;
    const route = { type: 'route', actor: reviewer, reason: 'doubt', atMs: 0 } as const;
    while (subject.entryCount < maxEntries) {
      subject = step(claimMachine, subject, subject.state === 'potential' ? confirm : route, days).subject;
    }
    const next = subject.state === 'potential' ? confirm : route;
    expect(() => step(claimMachine, subject, next, days)).toThrow('an event that ends a history');
    const release = { type: 'release', actor: reviewer, reason: 'enough', atMs: 0 } as const;
    expect(step(claimMachine, subject, release, days).subject.state).toBe('released');
  });
});
