import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findEach, findRanges } from '../../workers/index/find-many.ts';
import { bucketBits, keyBits } from '../../workers/index/landmark.ts';
import { viewSegment } from '../../workers/index/segment.ts';
import {
  findPostings,
  frameMaskOf,
  groupBits,
  readAnchors,
  readPostings,
  type SlotDirectory,
} from '../../workers/index/slot-directory.ts';
import { type Part, SegmentWriter } from '../../workers/index/write-segment.ts';

type Posting = { readonly key: number; readonly frame: number };

const anchorCells = 2 ** (keyBits - bucketBits);

/** A few buckets, so that some hold many postings, and slots of every size. */
const anyKey = fc.oneof(
  fc.nat(2 ** keyBits - 1),
  fc.nat(3 * anchorCells).map((key) => key + 5000 * anchorCells),
  fc.constantFrom(0, 2 ** keyBits - 1, 2 ** 27),
);
/** So long a timeline leaves so few bits to the keys that slots are made for it. */
const anyTimeline = fc.constantFrom(1000, 2 ** 20, 2 ** 26, 2 ** 28);
const anyPostings = fc.array(fc.record({ key: anyKey, frame: fc.nat(999) }), { maxLength: 400 });

function directoryOf(postings: readonly Posting[], timelineFrames: number) {
  const sorted = [...postings].sort((a, b) => a.key - b.key || a.frame - b.frame);
  const part: Part = {
    id: new Uint8Array(16),
    position: 1,
    frameCount: timelineFrames - 128,
    peakCount: 0,
    constellationBytes: 0,
    constellationChecksum: 0,
  };
  const writer = new SegmentWriter([part], sorted.length);
  const keys = Uint32Array.from(sorted, ({ key }) => key);
  writer.append({ keys, frames: Uint32Array.from(sorted, ({ frame }) => frame) }, sorted.length);
  return { sorted, directory: viewSegment(writer.finish()) };
}

/** Of 2^28 postings and more: a slot for each key. */
function directoryWithoutRemainders(sorted: readonly Posting[]): SlotDirectory {
  const groups = new Uint32Array(2 ** (keyBits - groupBits) + 1);
  const slots = new Uint32Array((sorted.length + 2 ** keyBits) / 32 + 2);
  let group = 0;
  for (const [i, { key }] of sorted.entries()) {
    while (group <= key >>> groupBits) groups[group++] = i;
    slots[(i + key) >>> 5] = (slots[(i + key) >>> 5] as number) | (1 << ((i + key) & 31));
  }
  groups.fill(sorted.length, group);
  const postings = Uint32Array.from(sorted, ({ frame }) => frame);
  return { remainderBits: 0, frameBits: 32, groups, slots, postings };
}

/** Cuts of one bucket: from a cell of the anchor up to another. */
const anyCut = fc
  .record({ key: anyKey, low: fc.nat(anchorCells - 1), high: fc.nat(anchorCells - 1) })
  .map(({ key, low, high }) => {
    const bucket = key - (key % anchorCells);
    return [bucket + Math.min(low, high), bucket + Math.max(low, high) + 1] as const;
  });

describe('the slots of a segment', () => {
  test('say which postings any part of a bucket has, as looking at all of them does', () => {
    fc.assert(
      fc.property(anyPostings, anyTimeline, fc.array(anyCut, { maxLength: 30 }), (postings, frames, cuts) => {
        const { sorted, directory } = directoryOf(postings, frames);
        const own = sorted.map(({ key }) => [key, key + 1] as const);
        for (const [first, end] of [...cuts, ...own]) {
          const range = { begin: 0, end: 0 };
          findPostings(directory, first, end, range);
          const before = sorted.filter(({ key }) => key < first).length;
          const inside = sorted.filter(({ key }) => key >= first && key < end).length;
          expect(range.end - range.begin).toBe(inside);
          if (inside > 0) expect(range.begin).toBe(before);
        }
        const asked = [...cuts, ...own];
        const firsts = Uint32Array.from(asked, ([first]) => first);
        const ends = Uint32Array.from(asked, ([, end]) => end);
        const many = { begins: new Uint32Array(firsts.length), ends: new Uint32Array(firsts.length) };
        findRanges(directory, firsts, ends, firsts.length, many.begins, many.ends);
        for (const [k, first] of firsts.entries()) {
          const inside = sorted.filter(({ key }) => key >= first && key < (ends[k] as number)).length;
          expect((many.ends[k] as number) - (many.begins[k] as number)).toBe(inside);
          if (inside > 0) expect(many.begins[k]).toBe(sorted.filter(({ key }) => key < first).length);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('say the same of many keys at once, and of whole buckets', () => {
    fc.assert(
      fc.property(
        anyPostings,
        anyTimeline,
        fc.array(anyKey, { maxLength: 30 }),
        (postings, frames, others) => {
          const { sorted, directory } = directoryOf(postings, frames);
          const asked = [...others, ...sorted.map(({ key }) => key)];
          for (const span of [1, anchorCells]) {
            const keys = Uint32Array.from(asked, (key) => key - (key % span));
            const [begins, ends] = [new Uint32Array(keys.length), new Uint32Array(keys.length)];
            findEach(directory, keys, keys.length, span, begins, ends);
            for (const [k, first] of keys.entries()) {
              const inside = sorted.filter(({ key }) => key >= first && key < first + span).length;
              expect((ends[k] as number) - (begins[k] as number)).toBe(inside);
              if (inside > 0) expect(begins[k]).toBe(sorted.filter(({ key }) => key < first).length);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("say the cell of each posting's anchor", () => {
    fc.assert(
      fc.property(anyPostings, anyTimeline, (postings, frames) => {
        const { sorted, directory } = directoryOf(postings, frames);
        if (directory.remainderBits >= keyBits - bucketBits) return;
        const anchors = new Uint8Array(postings.length);
        for (const bucket of new Set(sorted.map(({ key }) => Math.floor(key / anchorCells)))) {
          const range = { begin: 0, end: 0 };
          findPostings(directory, bucket * anchorCells, (bucket + 1) * anchorCells, range);
          readAnchors(directory, bucket * anchorCells, range, anchors);
          const expected = sorted.slice(range.begin, range.end).map(({ key }) => key % anchorCells);
          expect([...anchors.subarray(0, expected.length)]).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('say all that of a segment so large that no remainder is left of a key', () => {
    const last = 2 ** keyBits - 1;
    const bucket = 5000 * anchorCells;
    const keys = [0, 0, bucket, bucket + 3, ...Array(40).fill(bucket + 7), bucket + 63, 2 ** 27, last, last];
    const sorted = keys.map((key: number, i) => ({ key, frame: 2 ** 31 - 1000 + i }));
    const directory = directoryWithoutRemainders(sorted);
    const range = { begin: 0, end: 0 };
    const cuts = [
      [0, 1],
      [bucket, bucket + anchorCells],
      [bucket + 1, bucket + 8],
      [bucket + 7, bucket + 8],
      [2 ** 27, 2 ** 27 + 1],
      [last, last + 1],
      [12_345, 12_346],
    ] as const;
    for (const [first, end] of cuts) {
      const before = sorted.filter(({ key }) => key < first).length;
      const inside = sorted.filter(({ key }) => key >= first && key < end);
      findPostings(directory, first, end, range);
      expect(range).toEqual({ begin: before, end: before + inside.length });
      const [begins, ends] = [new Uint32Array(1), new Uint32Array(1)];
      findRanges(directory, Uint32Array.of(first), Uint32Array.of(end), 1, begins, ends);
      expect([begins[0], ends[0]]).toEqual([range.begin, range.end]);
      if (end - first === 1 || end - first === anchorCells) {
        findEach(directory, Uint32Array.of(first), 1, end - first, begins, ends);
        expect([begins[0], ends[0]]).toEqual([range.begin, range.end]);
      }
      const anchors = new Uint8Array(inside.length);
      readAnchors(directory, first, range, anchors);
      expect([...anchors]).toEqual(inside.map(({ key }) => key % anchorCells));
      const read = { keys: new Uint32Array(inside.length), frames: new Uint32Array(inside.length) };
      expect(readPostings(directory, first, end, read, 0)).toBe(inside.length);
      expect([...read.keys]).toEqual(inside.map(({ key }) => key));
      expect([...read.frames]).toEqual(inside.map(({ frame }) => frame));
      for (const { frame } of inside) expect(frame & frameMaskOf(directory.frameBits)).toBe(frame);
    }
  });

  test('give back all postings in the order of key, then frame', () => {
    fc.assert(
      fc.property(anyPostings, anyTimeline, (postings, frames) => {
        const { sorted, directory } = directoryOf(postings, frames);
        const read = { keys: new Uint32Array(sorted.length), frames: new Uint32Array(sorted.length) };
        const slots = 2 ** (keyBits - directory.remainderBits);
        expect(readPostings(directory, 0, slots, read, 0)).toBe(sorted.length);
        expect([...read.keys]).toEqual(sorted.map(({ key }) => key));
        expect([...read.frames]).toEqual(sorted.map(({ frame }) => frame));
      }),
      { numRuns: 60 },
    );
  });
});
