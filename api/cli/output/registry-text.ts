/** Words for what the registry answers: territories, instants, histories. */
import type { EventView } from '../../registry/event-history.ts';
import { clock } from './quantities.ts';
import { printable } from './terminal-text.ts';

/** `Worldwide but US, DE`. */
export function territoriesText({
  include = [],
  exclude = [],
}: {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}): string {
  const without = exclude.length === 0 ? '' : ` but ${exclude.join(', ')}`;
  return `${include.join(', ') || 'nowhere'}${without}`;
}

export function percentText(percent: number): string {
  return `${Math.round(percent * 10) / 10} %`;
}

/** To the minute, UTC. */
export function instantText(instant: string | null): string {
  return instant === null ? '' : `${instant.slice(0, 10)} ${instant.slice(11, 16)}`;
}

/** A history from its first entry: what happened, by whom, and what was said. */
export function eventLines(events: readonly EventView[]): string[] {
  return events.flatMap((event) => {
    const until = event.deadline_at === null ? '' : ` until ${instantText(event.deadline_at)}`;
    const change = event.from === event.to ? event.to : `${event.from ?? '·'} → ${event.to}`;
    const head = `${instantText(event.at)}  ${event.type}: ${change}${until}  by ${event.actor_role}`;
    const { statement, noticeId } = event.detail;
    const said = typeof statement === 'string' ? [`    "${printable(statement)}"`] : [];
    const notice = typeof noticeId === 'string' ? [`    notice ${printable(noticeId)}`] : [];
    return [head, `    ${printable(event.reason)}`, ...said, ...notice, ...excludedLines(event)];
  });
}

function excludedLines({ detail }: EventView): string[] {
  const { startMs, endMs } = (detail['excludedInterval'] ?? {}) as { startMs?: number; endMs?: number };
  if (startMs === undefined || endMs === undefined) return [];
  return [`    excluded ${clock(startMs)}–${clock(endMs)} of the recording`];
}
