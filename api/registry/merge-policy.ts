/**
 * Which segments to merge. Every segment costs each search a look, every merge writes what it merges again.
 *
 * - While registrations come, segments are of levels, each four times as large as the one below, and four of one level
 *   become one of the next: a posting is written once a level.
 * - When they have ceased, none is left that is not three times as large as all behind it, so that few segments are left.
 * - What comes to a full segment becomes one, and is not merged again. Four of the last level but one still fit into one;
 *   those of the last have room left, and wait for what fills them.
 * - What was removed takes memory until its segment is written again: a twentieth is enough for that.
 *
 * Simulated for recordings of 205 s, 1,485 postings each, a settled index after every batch: of 1.3 million that come one
 * by one, two billion postings, each is written 8.5 times and a search looks at 16 segments on average; by 4,096, as from
 * the feed, 2.5 times and at 7. With a rest after each one, 19 times and 8. After a rest 10,000 recordings are in 1 segment,
 * 100,000 in 1 or 2, a million in 6 or 7 of which 5 are full, 1.3 million in 7.
 */
/** Levels above the lowest; the last is from a quarter of a full segment up, the lowest 11 minutes of audio. */
const lastLevel = 8;
const levelRatio = 4;
/** Segments of one level that become one while registrations come. */
const enough = 4;
/** At rest: how many times as large as all behind it a segment is left alone. */
const restRatio = 3;
/** This much is full. A batch of music is a fiftieth at the most (32 MB), so that what grows by them does not miss it. */
const fullSize = 15 / 16;
/** A segment larger than this is not written again to be filled. */
const maxFilled = 7 / 8;
/** Share of a segment that may be removed. */
const maxRemoved = 1 / 20;

export type MergeableSegment = {
  /** Share of the largest segment that may be (`shareOfFull`, or less). More where it was made under another limit. */
  readonly size: number;
  /** The same of what is still in it: its size when it is written again. */
  readonly liveSize: number;
};

export type ChosenMerge = { readonly from: number; readonly to: number };

/** A run of neighbours to write as one, no larger than a full segment; or one alone to be rid of what was removed. */
export function chooseMerge(
  segments: readonly MergeableSegment[],
  state: 'writing' | 'resting',
): ChosenMerge | undefined {
  const sizes = segments.map(({ liveSize }) => liveSize);
  const rules = [chooseFull, state === 'writing' ? chooseLevel : chooseAtRest];
  for (const choose of rules) {
    // From the newest end; from earlier ends for what lies behind one that it does not fit into one with.
    for (let to = sizes.length; to > 1; to--) {
      const from = choose(sizes, to);
      if (from !== undefined) return { from, to };
    }
  }
  const index = segments.findIndex(({ size, liveSize }) => liveSize < size * (1 - maxRemoved));
  return index === -1 ? undefined : { from: index, to: index + 1 };
}

/** Where the run before `to` begins that makes a full segment. */
function chooseFull(sizes: readonly number[], to: number): number | undefined {
  let sum = 0;
  let from = to;
  for (; from > 0; from--) {
    const size = sizes[from - 1] as number;
    if (size > maxFilled || sum + size > 1) break;
    sum += size;
  }
  return sum >= fullSize ? from : undefined;
}

/** … that has enough segments of the highest level in it. */
function chooseLevel(sizes: readonly number[], to: number): number | undefined {
  let sum = 0;
  let from = to;
  for (let level = 0; level <= lastLevel; level++) {
    let count = 0;
    for (; from > 0; from--) {
      const size = sizes[from - 1] as number;
      const own = levelOf(size);
      if (own > level) break;
      // Nothing further back is reached past one that would be too large.
      if (sum + size > 1) return count >= enough ? from : undefined;
      sum += size;
      if (own === level) count++;
    }
    if (count >= enough) return from;
  }
  return undefined;
}

/** … whose oldest is not so many times as large as the others together: the longest. */
function chooseAtRest(sizes: readonly number[], to: number): number | undefined {
  let sum = sizes[to - 1] as number;
  let chosen: number | undefined;
  for (let from = to - 1; from > 0; from--) {
    const size = sizes[from - 1] as number;
    if (sum + size > 1) break;
    if (size <= restRatio * sum) chosen = from - 1;
    sum += size;
  }
  return chosen;
}

function levelOf(size: number): number {
  return Math.max(0, lastLevel + Math.ceil(Math.log(size) / Math.log(levelRatio)));
}
