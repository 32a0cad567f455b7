/** A state machine as people read it: a Mermaid diagram and two tables, for the documentation. */
import type { StateMachine } from './state-machine.ts';

/** Markdown. Rendered from the data, so it cannot be out of date. */
export function renderMachine<S extends string, E extends string, G extends string, M, D extends string>(
  machine: StateMachine<S, E, G, M, D>,
): string {
  const states = Object.keys(machine.states) as S[];
  const arrows = machine.transitions.flatMap(({ from, event, to }) =>
    from.map((state) => `    ${state ?? '[*]'} --> ${to === 'same' ? state : to}: ${event}`),
  );
  const ends = states
    .filter((state) => machine.states[state].isTerminal)
    .map((state) => `    ${state} --> [*]`);
  const stateRows = states.map((state) => {
    const { meaning, isTerminal, deadline } = machine.states[state];
    return `| ${state} | ${meaning} | ${isTerminal ? 'the end' : (deadline ?? 'none')} |`;
  });
  const rows = machine.transitions.map(({ from, event, to, by, guards }) => {
    const origin = from.map((state) => state ?? 'nothing').join(', ');
    return `| ${event} | ${origin} | ${to} | ${by.join(', ')} | ${guards.join(', ') || 'none'} |`;
  });
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...arrows,
    ...ends,
    '```',
    '',
    '| State | Meaning | Deadline |',
    '| --- | --- | --- |',
    ...stateRows,
    '',
    '| Event | From | To | By | Only if |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
