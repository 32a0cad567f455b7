/** The look-up of probes: which postings each of them meets in a segment. */
import { anchorBits } from '../index/landmark.ts';
import { type BucketDirectory, countBits, type Segment } from '../index/segment.ts';
import { grow } from './growing-arrays.ts';
import { isPitchKnown, type Probes } from './probes.ts';

/** Postings by probe; of probes that have any. Valid until the next call of `findRuns`. */
export type Runs = {
  readonly count: number;
  /** Runs longer than this are not to be read. */
  readonly longest: number;
  readonly probes: Uint32Array;
  readonly begins: Uint32Array;
  readonly ends: Uint32Array;
};

const anchorMask = (1 << anchorBits) - 1;
/** Runs longer than this are searched by halving. */
const linearSlot = 24;
/** Kept between calls: one set of buffers a thread. */
let runProbes = new Uint32Array(2 ** 14);
let runBegins = new Uint32Array(2 ** 14);
let runEnds = new Uint32Array(2 ** 14);
/** How many probes have how many postings. */
const runLengths = new Uint32Array(4096);

/**
 * The postings of the rarest probes first, and of as many as the budget allows: what many recordings share
 * says little about any of them, and so a scan's cost does not grow with the catalog where it learns nothing.
 */
export function findRuns(segment: Segment, { keys, count, hypothesis }: Probes, maxHits: number): Runs {
  const span = isPitchKnown(hypothesis) ? 1 : 1 << anchorBits;
  const runs =
    segment.buckets === undefined
      ? findRunsBySlot(segment, keys, count, span)
      : findRunsByBucket(segment.remainders, segment.buckets, keys, count, span);
  runLengths.fill(0);
  for (let run = 0; run < runs; run++) {
    const length = Math.min((runEnds[run] as number) - (runBegins[run] as number), runLengths.length - 1);
    runLengths[length] = (runLengths[length] as number) + 1;
  }
  let longest = 0;
  for (let sum = 0; longest + 1 < runLengths.length; longest++) {
    sum += (longest + 1) * (runLengths[longest + 1] as number);
    if (sum > maxHits) break;
  }
  return { count: runs, longest, probes: runProbes, begins: runBegins, ends: runEnds };
}

/** Sets down the postings of each probe that has any, by the probe's place; says how many have. */
function findRunsByBucket(
  remainders: Uint16Array,
  { marks, before, begins }: BucketDirectory,
  keys: Uint32Array,
  count: number,
  span: number,
): number {
  let runs = 0;
  for (let k = 0; k < count; k++) {
    const key = keys[k] as number;
    const bucket = key >>> anchorBits;
    const word = marks[bucket >>> 5] as number;
    const bit = 1 << (bucket & 31);
    if ((word & bit) === 0) continue;
    const nth = (before[bucket >>> 5] as number) + countBits(word & (bit - 1));
    let begin = begins[nth] as number;
    let end = begins[nth + 1] as number;
    if (span === 1) {
      const anchor = key & anchorMask;
      while (begin < end && ((remainders[begin] as number) & anchorMask) < anchor) begin++;
      const last = end;
      for (end = begin; end < last && ((remainders[end] as number) & anchorMask) === anchor; ) end++;
      if (begin === end) continue;
    }
    if (runs === runProbes.length) growRuns();
    runProbes[runs] = k;
    runBegins[runs] = begin;
    runEnds[runs++] = end;
  }
  return runs;
}

/** The same in a segment of any size. */
function findRunsBySlot(
  { slots, remainders, slotShift }: Segment,
  keys: Uint32Array,
  count: number,
  span: number,
): number {
  const mask = (1 << slotShift) - 1;
  let runs = 0;
  for (let k = 0; k < count; k++) {
    const key = keys[k] as number;
    const slot = key >>> slotShift;
    const first = key & mask;
    const slotEnd = slots[slot + 1] as number;
    const begin = firstNotBelow(remainders, slots[slot] as number, slotEnd, first);
    const end = firstNotBelow(remainders, begin, slotEnd, first + span);
    if (begin === end) continue;
    if (runs === runProbes.length) growRuns();
    runProbes[runs] = k;
    runBegins[runs] = begin;
    runEnds[runs++] = end;
  }
  return runs;
}

/** Where in a slot, which is in order, the first remainder lies that is not below `least`. */
function firstNotBelow(remainders: Uint16Array, begin: number, end: number, least: number): number {
  let low = begin;
  let high = end;
  while (high - low > linearSlot) {
    const middle = (low + high) >>> 1;
    if ((remainders[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  while (low < high && (remainders[low] as number) < least) low++;
  return low;
}

function growRuns(): void {
  runProbes = grow(runProbes);
  runBegins = grow(runBegins);
  runEnds = grow(runEnds);
}
