/**
 * Hits are counted twice: by counters that many bins share, which show most of them to be alone, and those that are left
 * bin by bin.
 */
import { BinTable } from './bins.ts';
import { firstPitchWindow, Hits } from './hits.ts';
import { voteBinShift } from './parameters.ts';

/**
 * Hits of one part of the timeline, about: so few that their counters, 64 to 128 KB, stay near the processor. A hit is counted
 * in half the time that it takes where counters are megabytes.
 */
const partBits = 11;
const mostPartsBits = 11;
/** A part has at least 2^16 frames, because a bin at its end does not see the votes of the next: no line in 4,000 lies there. */
const leastPartFrameBits = 16;
/**
 * A bin of the timeline has four counters, of which its pitch windows take turns, so that one word of memory holds those of a
 * window and of the two beside it. There are 32 to 64 times as many counters as hits: 7 % of the hits of a search among a
 * million recordings are left after the first round, 26 % where there are a quarter as many counters, for half as much time again.
 */
const spareBits = 5;
const countersEachBits = 2;
/** At least as many: a bin does not see the votes of the next where the counters begin anew, of 4,096 bins or more at one. */
const leastCounterBits = 14;
const mostCounterBits = 20;
const laneMask = 2 ** countersEachBits - 1;
const evenBytes = 0x00ff00ff;
/** Hits are counted in rounds, each of those that the one before left; what shares a counter in one is apart in the next. */
const rounds = [0, 1_664_525] as const;
/** Hits that are left for each candidate that is wanted: of its own bins, of strangers', of bins too narrow in time. */
const hitsEach = 32;
/** What bins are worth is told apart up to this. */
const maxWorth = 255;
/** Kept between calls: one set of buffers a thread. */
const words = new Int32Array(2 ** (mostCounterBits - countersEachBits));
const counters = new Uint8Array(words.buffer);
const sorted = new Hits();
let worths = new Uint8Array(0);
/** Hits by what their bins are worth. */
const worthCounts = new Uint32Array(maxWorth + 1);
const partEnds = new Uint32Array(2 ** mostPartsBits);
const table = new BinTable();

/**
 * Votes by bin, without most of the bins that are worth less than `least`: what a bin is worth is its votes and those of its
 * neighbours, and what `extra` says of its window. Where bins that are worth `least` are more than enough for `most`
 * candidates, without most of those that are worth less than these either. Valid until the next call.
 */
export function countHits(
  hits: Hits,
  hitCount: number,
  extra: Uint8Array,
  least: number,
  most: number,
): { readonly table: BinTable; readonly isComplete: boolean } {
  const parts = sortByPart(hits, hitCount);
  if (worths.length < sorted.diagonals.length) worths = new Uint8Array(sorted.diagonals.length);
  worthCounts.fill(0);
  let count = 0;
  for (let part = 0, begin = 0; part < parts; part++) {
    const end = partEnds[part] as number;
    count = keepCrowded(begin, end, count, rounds[0], extra, least);
    begin = end;
  }
  let needed = maxWorth;
  for (let some = worthCounts[needed] as number; needed > least && some < hitsEach * most; )
    some += worthCounts[--needed] as number;
  count = keepWorthy(count, needed);
  count = keepCrowded(0, count, 0, rounds[1], extra, needed);
  table.clear(count);
  const { diagonals, windows, positions } = sorted;
  for (let i = 0; i < count; i++)
    table.add(diagonals[i] as number, windows[i] as number, positions[i] as number);
  return { table, isComplete: needed === least };
}

/** Into `sorted`, by the part of the timeline that they lie in, else in their order; says how many parts there are. */
function sortByPart({ diagonals, positions, windows }: Hits, count: number): number {
  sorted.makeRoom(Math.max(1, count), 0);
  let highest = 0;
  for (let i = 0; i < count; i++) if ((diagonals[i] as number) > highest) highest = diagonals[i] as number;
  const bits = Math.min(mostPartsBits, Math.max(0, 32 - Math.clz32(count) - partBits));
  // A shift by 32 is one by 0.
  const shift = Math.min(31, Math.max(leastPartFrameBits, 32 - Math.clz32(highest) - bits));
  partEnds.fill(0);
  for (let i = 0; i < count; i++) {
    const part = (diagonals[i] as number) >>> shift;
    partEnds[part] = (partEnds[part] as number) + 1;
  }
  const parts = (highest >>> shift) + 1;
  for (let part = 0, begin = 0; part < parts; part++) {
    const own = partEnds[part] as number;
    partEnds[part] = begin;
    begin += own;
  }
  const to = sorted;
  for (let i = 0; i < count; i++) {
    const diagonal = diagonals[i] as number;
    const part = diagonal >>> shift;
    const at = partEnds[part] as number;
    partEnds[part] = at + 1;
    to.diagonals[at] = diagonal;
    to.positions[at] = positions[i] as number;
    to.windows[at] = windows[i] as number;
  }
  return parts;
}

/**
 * Keeps those of the hits from `begin` up to `end` whose bins are worth `least`, as far as counters tell that strangers
 * share, from `kept` on; says where they end, sets down what the bin of each is worth, and counts them by that.
 */
function keepCrowded(
  begin: number,
  end: number,
  kept: number,
  turn: number,
  extra: Uint8Array,
  least: number,
): number {
  const { diagonals, positions, windows } = sorted;
  const counterBits = 32 - Math.clz32(end - begin) + spareBits;
  const wordBits = Math.max(leastCounterBits, Math.min(mostCounterBits, counterBits)) - countersEachBits;
  const mask = 2 ** wordBits - 1;
  for (let i = begin; i < end; i++) {
    const bin = (diagonals[i] as number) >>> voteBinShift;
    const fold = bin >>> wordBits;
    const word = (bin + Math.imul(fold, turn)) & mask;
    const at = (word << countersEachBits) | (((windows[i] as number) + fold) & laneMask);
    if ((counters[at] as number) < 255) counters[at] = (counters[at] as number) + 1;
  }
  let to = kept;
  for (let i = begin; i < end; i++) {
    const window = windows[i] as number;
    const diagonal = diagonals[i] as number;
    const bin = diagonal >>> voteBinShift;
    const fold = bin >>> wordBits;
    const word = (bin + Math.imul(fold, turn)) & mask;
    const own = words[word] as number;
    const before = words[(word - 1) & mask] as number;
    const after = words[(word + 1) & mask] as number;
    const ofWindow = extra[window] as number;
    // Most have few others around them, of whatever pitch, and that is seen at once.
    if (sumOf(own, before, after) + ofWindow < least) continue;
    const lane = window + fold;
    let votes = pairVotes(own, before, after, lane);
    if (window >= firstPitchWindow)
      votes += Math.max(pairVotes(own, before, after, lane - 1), pairVotes(own, before, after, lane + 1));
    const worth = Math.min(maxWorth, votes + ofWindow);
    if (worth < least) continue;
    worthCounts[worth] = (worthCounts[worth] as number) + 1;
    diagonals[to] = diagonal;
    positions[to] = positions[i] as number;
    worths[to] = worth;
    windows[to++] = window;
  }
  words.fill(0, 0, mask + 1);
  return to;
}

function keepWorthy(count: number, least: number): number {
  const { diagonals, positions, windows } = sorted;
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if ((worths[i] as number) < least) continue;
    diagonals[kept] = diagonals[i] as number;
    positions[kept] = positions[i] as number;
    windows[kept++] = windows[i] as number;
  }
  return kept;
}

/** Of all twelve counters. */
function sumOf(own: number, before: number, after: number): number {
  const pairs =
    (own & evenBytes) +
    ((own >>> 8) & evenBytes) +
    (before & evenBytes) +
    ((before >>> 8) & evenBytes) +
    (after & evenBytes) +
    ((after >>> 8) & evenBytes);
  return (pairs & 0xffff) + (pairs >>> 16);
}

/** Votes of a bin and of the better bin beside it in time. */
function pairVotes(own: number, before: number, after: number, lane: number): number {
  const shift = (lane & laneMask) << 3;
  return ((own >>> shift) & 255) + Math.max((after >>> shift) & 255, (before >>> shift) & 255);
}
