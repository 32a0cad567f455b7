/** The period of a report: from its first instant to the first one after it, and no longer than a leap year. */
import { RegistryError } from '../errors.ts';
import { isCalendarDay } from '../rules/calendar-day.ts';

const maxDays = 366;
const daysUnsaid = 30;
const dayMs = 86_400_000;

export type ReportPeriod = { readonly from: Date; readonly to: Date };

/**
 * Each a day, which begins at midnight UTC, or an instant of RFC 3339. Without `to` until now, without `from` of thirty
 * days. Throws PERIOD_INVALID.
 */
export function readPeriod(
  given: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: Date,
): ReportPeriod {
  const to = given.to === undefined ? now : readInstant('to', given.to);
  const from =
    given.from === undefined ? new Date(to.getTime() - daysUnsaid * dayMs) : readInstant('from', given.from);
  const received = `received ${from.toISOString()} and ${to.toISOString()}`;
  if (from >= to) throw invalid(`from before to, which is not in the period any more; ${received}`);
  if (to.getTime() - from.getTime() <= maxDays * dayMs) return { from, to };
  throw invalid(`at most ${maxDays} days; ${received}. Ask for one year after the other`);
}

function readInstant(name: string, text: string): Date {
  const day = text.slice(0, 10);
  const isInstant = /^(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text.slice(10));
  const instant = new Date(text);
  if (isCalendarDay(day) && isInstant && !Number.isNaN(instant.getTime())) return instant;
  const received = JSON.stringify(text.slice(0, 40));
  throw invalid(`${name} such as 2026-01-31 or 2026-01-31T12:00:00Z; received ${received}`);
}

function invalid(expected: string): RegistryError {
  return new RegistryError('PERIOD_INVALID', `Expected ${expected}.`);
}
