/** Which seconds of an upload what was found leaves open: whether they are looked at again, and how hard. */
import type { FoundStretch } from './report-matches.ts';
import type { Window } from './verify.ts';

/**
 * A window whose peaks agree this well with one recording, from end to end, is explained: no need to look harder. At
 * .7 both of two recordings at equal level are found in 70 % of excerpts, at .9 in 92 %.
 */
const explainedShare = 0.9;
/** Share of a window that stretches must span for no alteration to be looked for in it. */
const coveredShare = 0.8;
/**
 * Shorter stretches cover a window only where one alone spans it: within a second a clock may be off by as much as a
 * tempo of ×.98, and what recordings share for so long must not stand for what the upload is.
 */
const coveringFrames = 150;

/** Whether most of a window lies in what was found, in one stretch or several, however well they agree. */
export function isCovered(stretches: readonly FoundStretch[], { begin, end }: Window): boolean {
  const needed = coveredShare * (end - begin);
  const within = stretches
    .filter(({ stretch }) => stretch.queryEnd - stretch.queryBegin >= Math.min(coveringFrames, needed))
    .map(({ stretch }) => ({
      from: Math.max(stretch.queryBegin, begin),
      to: Math.min(stretch.queryEnd, end),
    }))
    .sort((a, b) => a.from - b.from);
  let covered = 0;
  let reached = begin;
  for (const { from, to } of within) {
    covered += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return covered >= needed;
}

export function isExplained(stretches: readonly FoundStretch[], window: Window): boolean {
  return stretches.some((found) => explains(found, window, explainedShare));
}

function explains({ stretch }: FoundStretch, { begin, end }: Window, share: number): boolean {
  const slack = (end - begin) / 10;
  return (
    stretch.queryBegin <= begin + slack &&
    stretch.queryEnd >= end - slack &&
    stretch.alignedPeaks >= share * stretch.expectedPeaks
  );
}

/** Whether it reaches over most of a window by itself. */
export function isSpannedBy(
  { queryBegin, queryEnd }: FoundStretch['stretch'],
  { begin, end }: Window,
): boolean {
  return Math.min(queryEnd, end) - Math.max(queryBegin, begin) >= coveredShare * (end - begin);
}
