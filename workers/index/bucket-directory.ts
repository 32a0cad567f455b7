/**
 * Which buckets of a small segment hold postings. Most do not, and a look at one bit says so: half a megabyte that stays
 * near the processor, in place of a miss in memory for each probe.
 */
import { anchorBits, bucketBits } from './landmark.ts';
import { countBits, groupBits, readPostings, type SlotDirectory } from './slot-directory.ts';

/** Above this many postings most buckets are occupied. */
export const maxPostingsMarked = 2 ** 22;

/** The n-th bit that is set belongs to the n-th beginning. */
export type BucketDirectory = {
  /** A bit for each bucket. */
  readonly marks: Uint32Array;
  /** Bits set before each word of `marks`. */
  readonly before: Uint32Array;
  /** Where each bucket's postings begin; one more than there are buckets with postings: the last is where all end. */
  readonly begins: Uint32Array;
};

export function listBuckets(directory: SlotDirectory): BucketDirectory {
  const marks = new Uint32Array(2 ** (bucketBits - 5));
  const postingCount = directory.postings.length;
  const keys = new Uint32Array(postingCount);
  const slotCount = (directory.groups.length - 1) << groupBits;
  readPostings(directory, 0, slotCount, { keys, frames: new Uint32Array(postingCount) }, 0);
  const begins = new Uint32Array(postingCount + 1);
  let count = 0;
  let newest = -1;
  for (let at = 0; at < postingCount; at++) {
    const bucket = (keys[at] as number) >>> anchorBits;
    if (bucket === newest) continue;
    newest = bucket;
    marks[bucket >>> 5] = (marks[bucket >>> 5] as number) | (1 << (bucket & 31));
    begins[count++] = at;
  }
  begins[count++] = postingCount;
  const before = new Uint32Array(marks.length);
  for (let word = 0; word + 1 < marks.length; word++) {
    before[word + 1] = (before[word] as number) + countBits(marks[word] as number);
  }
  return { marks, before, begins: begins.slice(0, count) };
}
