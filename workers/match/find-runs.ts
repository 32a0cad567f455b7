/** The look-up of probes: which postings each of them meets in each segment, and which of them are worth reading. */
import type { BucketDirectory } from '../index/bucket-directory.ts';
import { anchorBits } from '../index/landmark.ts';
import type { Segment } from '../index/segment.ts';
import { countBits, findEach, type SlotDirectory } from '../index/slot-directory.ts';
import { grow } from './growing-arrays.ts';
import { sharedEffort } from './parameters.ts';
import { isPitchKnown, type Probes } from './probes.ts';

/** Postings of one segment by probe; of probes that have any. */
export type Runs = {
  count: number;
  probes: Uint32Array<ArrayBuffer>;
  begins: Uint32Array<ArrayBuffer>;
  ends: Uint32Array<ArrayBuffer>;
};

/** Valid until the next call of `findRuns`. */
export type FoundRuns = {
  /** One for each segment. */
  readonly ofSegments: readonly Runs[];
  /** Of each probe: its effort, and more the more postings share its place. */
  readonly efforts: Uint16Array;
};

const anchorMask = (1 << anchorBits) - 1;
/** Kept between calls: one set of buffers a thread and segment. */
const kept: Runs[] = [];
/** Postings that each probe meets in all segments. */
let met = new Uint32Array(2 ** 14);
let efforts = new Uint16Array(2 ** 14);
/** Of every probe in one segment. */
let begins = new Uint32Array(2 ** 14);
let ends = new Uint32Array(2 ** 14);

/** Where the postings of each probe lie, in every segment. */
export function findRuns(segments: readonly Segment[], probes: Probes): FoundRuns {
  const { keys, count, hypothesis } = probes;
  const span = isPitchKnown(hypothesis) ? 1 : 1 << anchorBits;
  if (met.length < count) {
    met = new Uint32Array(2 ** Math.ceil(Math.log2(count)));
    efforts = new Uint16Array(met.length);
  }
  met.fill(0, 0, count);
  const ofSegments = segments.map((segment, i) => {
    kept[i] ??= {
      count: 0,
      probes: new Uint32Array(2 ** 13),
      begins: new Uint32Array(2 ** 13),
      ends: new Uint32Array(2 ** 13),
    };
    const runs = kept[i];
    runs.count = 0;
    if (segment.buckets !== undefined) findRunsByBucket(segment, segment.buckets, keys, count, span, runs);
    else findRunsBySlot(segment, keys, count, span, runs);
    for (let run = 0; run < runs.count; run++) {
      const probe = runs.probes[run] as number;
      met[probe] = (met[probe] as number) + (runs.ends[run] as number) - (runs.begins[run] as number);
    }
    return runs;
  });
  for (let k = 0; k < count; k++) {
    efforts[k] = (probes.efforts[k] as number) + Math.round(sharedEffort * Math.log2(1 + (met[k] as number)));
  }
  return { ofSegments, efforts };
}

/** Postings by the effort they take. */
const postingsOf = new Float64Array(512);

/**
 * The most effort that `maxHits` postings of all segments allow: what is likeliest first. What many recordings share
 * says little about any of them, and so a scan's cost does not grow with the catalog where it learns nothing.
 */
export function affordableEffort(probes: Probes, maxHits: number): number {
  postingsOf.fill(0);
  for (let k = 0; k < probes.count; k++) {
    const effort = efforts[k] as number;
    postingsOf[effort] = (postingsOf[effort] as number) + (met[k] as number);
  }
  let most = 0;
  for (let sum = 0; most < postingsOf.length; most++) {
    sum += postingsOf[most] as number;
    if (sum > maxHits) break;
  }
  return most - 1;
}

function add(runs: Runs, probe: number, begin: number, end: number): void {
  if (runs.count === runs.probes.length) {
    runs.probes = grow(runs.probes);
    runs.begins = grow(runs.begins);
    runs.ends = grow(runs.ends);
  }
  runs.probes[runs.count] = probe;
  runs.begins[runs.count] = begin;
  runs.ends[runs.count++] = end;
}

/** Sets down the postings of each probe that has any. */
function findRunsByBucket(
  { postings, frameBits }: SlotDirectory,
  { marks, before, begins }: BucketDirectory,
  keys: Uint32Array,
  count: number,
  span: number,
  runs: Runs,
): void {
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
      while (begin < end && (((postings[begin] as number) >>> frameBits) & anchorMask) < anchor) begin++;
      const last = end;
      for (end = begin; end < last; end++)
        if ((((postings[end] as number) >>> frameBits) & anchorMask) !== anchor) break;
      if (begin === end) continue;
    }
    add(runs, k, begin, end);
  }
}

/** The same in a segment of any size. */
function findRunsBySlot(
  directory: SlotDirectory,
  keys: Uint32Array,
  count: number,
  span: number,
  runs: Runs,
): void {
  if (begins.length < count) {
    begins = new Uint32Array(2 ** Math.ceil(Math.log2(count)));
    ends = new Uint32Array(begins.length);
  }
  findEach(directory, keys, count, span, begins, ends);
  for (let k = 0; k < count; k++) {
    if ((begins[k] as number) < (ends[k] as number)) add(runs, k, begins[k] as number, ends[k] as number);
  }
}
