/**
 * Which segments to merge. Every segment costs each search a look, every merge writes what it merges again; with
 * segments at least four times as large as the one behind them, both stay logarithmic.
 */
const ratio = 4;
/** Segments below this many postings (about an hour of audio) merge without regard to ratio. */
const smallPostings = 30_000;
/** Postings one segment holds at the most: 11,000 hours of audio. */
const maxPostings = 2 ** 28;

/** A run of neighbours to merge, from the newest end; undefined where all is well. */
export function chooseMerge(
  postingCounts: readonly number[],
): { readonly from: number; readonly to: number } | undefined {
  const to = postingCounts.length;
  let from = to - 1;
  let sum = postingCounts[from] ?? 0;
  while (from > 0) {
    const before = postingCounts[from - 1] as number;
    if (before >= Math.max(smallPostings, sum * ratio) || sum + before > maxPostings) break;
    sum += before;
    from--;
  }
  return to - from > 1 ? { from, to } : undefined;
}
