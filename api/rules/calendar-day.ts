/**
 * Days and periods of valid time. A day is a date of the Gregorian calendar written YYYY-MM-DD, which sorts as text;
 * it has no time zone, and whoever asks "on which day" says so. A period holds its first day and not its last:
 * [from, to). Null is open: since always, for ever.
 */
export type CalendarDay = string;
export type Period = { readonly from: CalendarDay | null; readonly to: CalendarDay | null };

export const always: Period = { from: null, to: null };

/** What an open end is compared as. No written day reaches either. */
const earliest = '0000-00-00';
const latest = '9999-99-99';

/** Whether it is a day of the calendar: 2023-02-30 is not, 2024-02-29 is. Years 0001 to 9999. */
export function isCalendarDay(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts || parts[1] === '0000') return false;
  // Not through Date: it takes years below 100 for those of the last century.
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day >= 1 && day <= (lengths[month - 1] ?? 0);
}

export const startOf = (period: Period): string => period.from ?? earliest;
export const endOf = (period: Period): string => period.to ?? latest;

/** From what `startOf` and `endOf` give. */
export function periodBetween(start: string, end: string): Period {
  return { from: start === earliest ? null : start, to: end === latest ? null : end };
}

export function periodHolds(period: Period, day: CalendarDay): boolean {
  return startOf(period) <= day && day < endOf(period);
}

/** For a sentence: "always", "from 2024-01-01", "until 2024-12-31" (which it does not hold), or both. */
export function describePeriod({ from, to }: Period): string {
  if (from === null) return to === null ? 'always' : `until ${to}`;
  return to === null ? `from ${from}` : `from ${from} until ${to}`;
}
