/** The look-up of probes: which postings each of them meets in each segment, and which of them are worth reading. */
import type { BucketDirectory } from '../index/bucket-directory.ts';
import { findEach } from '../index/find-many.ts';
import { anchorBits } from '../index/landmark.ts';
import type { Segment } from '../index/segment.ts';
import { countBits, type SlotDirectory } from '../index/slot-directory.ts';
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

type KeptRuns = Runs & { places: Places };

/** Valid until the next call of `findRuns`. */
export type FoundRuns = {
  /** One for each segment. */
  readonly ofSegments: readonly Runs[];
  /** Of each probe: its effort, and more the more postings share its place. */
  readonly efforts: Uint16Array;
};

const anchorMask = (1 << anchorBits) - 1;
/** Probes that are looked for before it is seen whether more need be. */
const leastAtOnce = 1024;
/** Efforts that probes have of their own. */
const effortCount = 256;
/**
 * One in this many of the probes that were looked for may share its place with fewer postings than what is not looked for yet
 * is supposed to. Of a million recordings' index 84 % of the places that were looked for were too dear to be read; by this a
 * search without transforms takes .7 of the time, and finds what it found.
 */
const rarelyShared = 3;
/** Kept between calls: one set of buffers a thread and segment. */
const kept: KeptRuns[] = [];
/** Postings that each probe meets in all segments. */
let met = new Uint32Array(2 ** 14);
let efforts = new Uint16Array(2 ** 14);
/** Probes in the order of their own effort. */
let order = new Uint32Array(2 ** 14);
let orderedKeys = new Uint32Array(2 ** 14);
let places = newPlaces(2 ** 14);

/** Where the postings of each of many probes begin and end; 0 and 0 where it was not looked for. */
type Places = { readonly begins: Uint32Array<ArrayBuffer>; readonly ends: Uint32Array<ArrayBuffer> };

/**
 * Where the postings of each probe lie, in every segment. In a large index those that take the least effort are looked for
 * first, and no more when these have `mostPostings`: of what takes more hardly any could be afforded (`affordableEffort`).
 */
export function findRuns(segments: readonly Segment[], probes: Probes, mostPostings: number): FoundRuns {
  const { count } = probes;
  makeRoom(segments.length, count);
  met.fill(0, 0, count);
  const span = isPitchKnown(probes.hypothesis) ? 1 : 1 << anchorBits;
  if (segments.every(({ buckets }) => buckets !== undefined)) findAll(segments, probes, span);
  else findByEffort(segments, probes, span, mostPostings);
  return { ofSegments: kept.slice(0, segments.length), efforts };
}

function makeRoom(segmentCount: number, count: number): void {
  if (met.length < count) {
    const room = 2 ** Math.ceil(Math.log2(count));
    met = new Uint32Array(room);
    efforts = new Uint16Array(room);
    order = new Uint32Array(room);
    orderedKeys = new Uint32Array(room);
    places = newPlaces(room);
  }
  for (let i = 0; i < segmentCount; i++) {
    const own = kept[i];
    if (own === undefined) {
      const room = 2 ** 13;
      kept[i] = {
        count: 0,
        probes: new Uint32Array(room),
        begins: new Uint32Array(room),
        ends: new Uint32Array(room),
        places: newPlaces(met.length),
      };
    } else if (own.places.begins.length < count) own.places = newPlaces(met.length);
  }
}

function newPlaces(room: number): Places {
  return { begins: new Uint32Array(room), ends: new Uint32Array(room) };
}

/** Of small segments all: most probes meet nothing in them, and one bit says so. */
function findAll(segments: readonly Segment[], { keys, count, efforts: own }: Probes, span: number): void {
  for (const [i, segment] of segments.entries()) {
    const runs = kept[i] as KeptRuns;
    runs.count = 0;
    for (let k = 0; k < count; k++) {
      if (!findInBuckets(segment, segment.buckets as BucketDirectory, keys[k] as number, span)) continue;
      add(runs, k, range.begin, range.end);
      met[k] = (met[k] as number) + range.end - range.begin;
    }
  }
  for (let k = 0; k < count; k++) efforts[k] = effortOf(own[k] as number, met[k] as number);
}

function findByEffort(
  segments: readonly Segment[],
  { keys, count, efforts: own }: Probes,
  span: number,
  mostPostings: number,
): void {
  const starts = sortByEffort(own, count);
  for (let k = 0; k < count; k++) orderedKeys[k] = keys[order[k] as number] as number;
  for (let i = 0; i < segments.length; i++) {
    const { begins, ends } = (kept[i] as KeptRuns).places;
    begins.fill(0, 0, count);
    ends.fill(0, 0, count);
  }
  postingsOf.fill(0);
  sharedOf.fill(0);
  let from = 0;
  for (let effort = 0; effort < effortCount && from < count; effort++) {
    const end = starts[effort + 1] as number;
    if (end - from < leastAtOnce && end < count) continue;
    const some = orderedKeys.subarray(from, end);
    for (const [i, segment] of segments.entries()) {
      const { begins, ends } = (kept[i] as KeptRuns).places;
      findPlaces(segment, some, end - from, span, places);
      for (let k = from; k < end; k++) {
        const probe = order[k] as number;
        const begin = places.begins[k - from] as number;
        const last = places.ends[k - from] as number;
        begins[probe] = begin;
        ends[probe] = last;
        met[probe] = (met[probe] as number) + last - begin;
      }
    }
    for (let k = from; k < end; k++) {
      const probe = order[k] as number;
      const taken = effortOf(own[probe] as number, met[probe] as number);
      efforts[probe] = taken;
      postingsOf[taken] = (postingsOf[taken] as number) + (met[probe] as number);
      const shared = taken - (own[probe] as number);
      sharedOf[shared] = (sharedOf[shared] as number) + 1;
    }
    from = end;
    // Nearly all that take no more than this are among those that were looked for.
    const reached = effort + leastShared(from);
    let sum = 0;
    for (let e = 0; e <= reached; e++) sum += postingsOf[e] as number;
    if (sum > mostPostings) break;
  }
  for (let i = 0; i < segments.length; i++) gatherRuns(kept[i] as KeptRuns, count);
}

/** What sharing adds to the effort of all but the rarest of so many. */
function leastShared(count: number): number {
  let shared = 0;
  for (let seen = sharedOf[0] as number; seen * rarelyShared < count; ) seen += sharedOf[++shared] as number;
  return shared;
}

/** In the order of the probes. */
function gatherRuns(runs: KeptRuns, count: number): void {
  const { begins, ends } = runs.places;
  runs.count = 0;
  for (let k = 0; k < count; k++) {
    if ((begins[k] as number) < (ends[k] as number)) add(runs, k, begins[k] as number, ends[k] as number);
  }
}

/** What it takes to read a probe's postings: the more share its place, the more. */
function effortOf(own: number, postings: number): number {
  return own + Math.round(sharedEffort * Math.log2(1 + postings));
}

/** Fills `order`, those of equal effort as they are; says where each effort begins in it. */
function sortByEffort(own: Uint8Array, count: number): Uint32Array {
  const starts = new Uint32Array(effortCount + 1);
  for (let k = 0; k < count; k++) {
    const next = (own[k] as number) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let e = 1; e <= effortCount; e++) starts[e] = (starts[e] as number) + (starts[e - 1] as number);
  const at = starts.slice();
  for (let k = 0; k < count; k++) {
    const effort = own[k] as number;
    order[at[effort] as number] = k;
    at[effort] = (at[effort] as number) + 1;
  }
  return starts;
}

/** Postings by the effort they take. */
const postingsOf = new Float64Array(512);
/** Probes by what sharing adds to their effort. */
const sharedOf = new Uint32Array(512);

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

function findPlaces(
  segment: Segment,
  keys: Uint32Array,
  count: number,
  span: number,
  { begins, ends }: Places,
): void {
  if (segment.buckets === undefined) {
    findEach(segment, keys, count, span, begins, ends);
    return;
  }
  for (let k = 0; k < count; k++) {
    const isFound = findInBuckets(segment, segment.buckets, keys[k] as number, span);
    begins[k] = isFound ? range.begin : 0;
    ends[k] = isFound ? range.end : 0;
  }
}

const range = { begin: 0, end: 0 };

/** Sets `range` to the postings of a probe in a small segment; says whether there are any. */
function findInBuckets(
  { postings, frameBits }: SlotDirectory,
  { marks, before, begins }: BucketDirectory,
  key: number,
  span: number,
): boolean {
  const bucket = key >>> anchorBits;
  const word = marks[bucket >>> 5] as number;
  const bit = 1 << (bucket & 31);
  if ((word & bit) === 0) return false;
  const nth = (before[bucket >>> 5] as number) + countBits(word & (bit - 1));
  let begin = begins[nth] as number;
  let end = begins[nth + 1] as number;
  if (span === 1) {
    const anchor = key & anchorMask;
    while (begin < end && (((postings[begin] as number) >>> frameBits) & anchorMask) < anchor) begin++;
    const last = end;
    for (end = begin; end < last; end++)
      if ((((postings[end] as number) >>> frameBits) & anchorMask) !== anchor) break;
  }
  range.begin = begin;
  range.end = end;
  return begin < end;
}
