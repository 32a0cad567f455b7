/** Where times and frequencies lie, and which of them are written at an axis. */

export type Scale = (value: number) => number;

export function linear(
  [from, to]: readonly [number, number],
  [begin, end]: readonly [number, number],
): Scale {
  const span = to === from ? 1 : to - from;
  return (value) => begin + ((value - from) / span) * (end - begin);
}

export function logarithmic([from, to]: readonly [number, number], ends: readonly [number, number]): Scale {
  const scale = linear([Math.log(from), Math.log(to)], ends);
  return (value) => scale(Math.log(value));
}

const timeStepsMs = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000];

/** Round times between two, about `count` of them. */
export function timeTicks(fromMs: number, toMs: number, count: number): number[] {
  const step = timeStepsMs.find((ms) => (toMs - fromMs) / ms <= count) ?? 120_000;
  const ticks = [];
  for (let at = Math.ceil(fromMs / step) * step; at <= toMs; at += step) ticks.push(at);
  return ticks;
}

/** `0:07`, `12:05`, `1:02:33`; with tenths where `digits` says so. Before the beginning: `−0:03`. */
export function clock(ms: number, digits: 0 | 1 = 0): string {
  const unit = digits === 1 ? 100 : 1000;
  const total = Math.round(Math.abs(ms) / unit);
  const seconds = Math.floor((total * unit) / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const fraction = digits === 1 ? `.${total % 10}` : '';
  const tail = `${two(seconds % 60)}${fraction}`;
  const sign = ms < 0 && total > 0 ? '−' : '';
  return hours > 0 ? `${sign}${hours}:${two(minutes)}:${tail}` : `${sign}${minutes}:${tail}`;
}

/** Thousands with a comma, whatever the machine's locale. */
export function whole(count: number): string {
  return count.toLocaleString('en-GB');
}
