/**
 * Which segments to merge. Every segment costs each search a look, every merge writes what it merges again. Segments are
 * of levels, each four times as large as the one below: while registrations come, four of one level become one of the
 * next, so that a posting is written once a level; when they have ceased, two of one level are enough, so that few
 * segments are left. What was removed takes memory until its segment is written again: a twentieth is enough for that.
 *
 * Of 20,000 batches of 1,500 postings, each posting is written 8 times and a search looks at 9 segments on average;
 * merging all that are not four times as large as what is behind them would leave 4, and write each posting 18 times.
 */
const levelRatio = 4;
/** Postings below which all segments are of one level: five recordings of some minutes. */
const smallPostings = 8_000;
/** Postings one segment holds at the most: 11,000 hours of audio. */
const maxPostings = 2 ** 28;
/** Share of a segment that may be removed. */
const maxRemoved = 1 / 20;
/** Segments of one level that become one. */
const enough = { writing: 4, resting: 2 } as const;

export type MergeableSegment = {
  readonly postings: number;
  /** Of them those of references that are still in it. */
  readonly livePostings: number;
};

export type ChosenMerge = { readonly from: number; readonly to: number };

/** A run of neighbours to write as one, from the newest end; or one alone to be rid of what was removed. */
export function chooseMerge(
  segments: readonly MergeableSegment[],
  state: keyof typeof enough,
): ChosenMerge | undefined {
  const to = segments.length;
  let from = to;
  let sum = 0;
  for (let level = 0; from > 0; level++) {
    let count = 0;
    for (; from > 0; from--) {
      const { livePostings } = segments[from - 1] as MergeableSegment;
      const own = levelOf(livePostings);
      if (own > level || (to > from && sum + livePostings > maxPostings)) break;
      sum += livePostings;
      if (own === level) count++;
    }
    if (count >= enough[state]) return { from, to };
    // Nothing of a higher level is reached past one that would be too large.
    if (from > 0 && levelOf((segments[from - 1] as MergeableSegment).livePostings) <= level) break;
  }
  const index = segments.findIndex(
    ({ postings, livePostings }) => livePostings < postings * (1 - maxRemoved),
  );
  return index === -1 ? undefined : { from: index, to: index + 1 };
}

function levelOf(postings: number): number {
  if (postings < smallPostings) return 0;
  return 1 + Math.floor(Math.log(postings / smallPostings) / Math.log(levelRatio));
}
