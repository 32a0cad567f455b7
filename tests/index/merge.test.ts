import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeFingerprint, encodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { frameMs } from '../../workers/fingerprint/parameters.ts';
import { buildSegment } from '../../workers/index/build-segment.ts';
import { checkSegment } from '../../workers/index/check-segment.ts';
import type { ConstellationSource } from '../../workers/index/constellation-source.ts';
import { mergeSegments, mergeSegmentsToFile } from '../../workers/index/merge-segments.ts';
import { getConstellation } from '../../workers/index/reference-constellation.ts';
import {
  openPostings,
  openSegment,
  type SegmentBytes,
  timelineGapFrames,
} from '../../workers/index/segment.ts';
import { segmentLimits } from '../../workers/index/segment-limits.ts';
import { findPostings, frameMaskOf } from '../../workers/index/slot-directory.ts';
import { SegmentWriter } from '../../workers/index/write-segment.ts';
import type { NewReference } from '../../workers/protocol.ts';
import { fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import { collage, contentsOf, newReference, referenceIdOf } from './references.ts';

type Source = SegmentBytes & { readonly tombstones: SharedArrayBuffer };

const referenceCount = 12;
let references: NewReference[];
beforeAll(async () => {
  const catalog = (await fingerprintCatalog()).map(({ fingerprint }) => fingerprint);
  references = Array.from({ length: referenceCount }, (_, i) =>
    newReference(i + 1, collage(i, catalog, 8 + 4 * i)),
  );
}, 60_000);

/** A segment in which those references are removed that are named. */
function source(made: SegmentBytes, removed: ReadonlySet<string> = new Set()): Source {
  const { referenceCount: count } = openSegment(made);
  const tombstones = new SharedArrayBuffer(Math.max(1, count));
  const flags = new Uint8Array(tombstones);
  // Contents come in the order of ids; the flags go in the order of the timeline.
  const ids = idsOf(made);
  for (let i = 0; i < count; i++) flags[i] = removed.has(ids[i] as string) ? 1 : 0;
  return { ...made, tombstones };
}

/** A segment without references. */
function nothing(): Source {
  return source(buildSegment([]));
}

function idsOf(made: SegmentBytes): string[] {
  const byPosition = contentsOf(made).toSorted((a, b) => a.position - b.position);
  return byPosition.map(({ referenceId }) => referenceId);
}

/** Neighbours in so many runs: numbers of cuts to sizes. */
function cut<Item>(items: readonly Item[], cuts: readonly number[]): Item[][] {
  const at = [0, ...[...new Set(cuts.map((one) => one % items.length))].sort((a, b) => a - b), items.length];
  return at
    .slice(1)
    .map((end, i) => items.slice(at[i], end))
    .filter((run) => run.length > 0);
}

const anyCuts = fc.array(fc.nat(referenceCount - 1), { maxLength: 6 });

describe('a merge', () => {
  test('holds what its sources hold, in whatever runs they were built', () => {
    const whole = contentsOf(buildSegment(references));
    fc.assert(
      fc.property(anyCuts, (cuts) => {
        const merged = mergeSegments(cut(references, cuts).map((run) => source(buildSegment(run))));
        expect(checkSegment(merged.bytes)).toBeUndefined();
        expect(contentsOf(merged)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  test('holds the same in whatever order neighbours were merged', () => {
    const whole = contentsOf(buildSegment(references));
    fc.assert(
      fc.property(anyCuts, anyCuts, (cuts, grouping) => {
        const built = cut(references, cuts).map((run) => source(buildSegment(run)));
        const once = cut(built, grouping).map((group) => source(mergeSegments(group)));
        expect(contentsOf(mergeSegments(once))).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  test('leaves out what was removed, and only that', () => {
    fc.assert(
      fc.property(
        anyCuts,
        fc.subarray(Array.from({ length: referenceCount }, (_, i) => i)),
        (cuts, indices) => {
          const removed = new Set(indices.map((i) => references[i]?.referenceId as string));
          const merged = mergeSegments(
            cut(references, cuts).map((run) => source(buildSegment(run), removed)),
          );
          const left = references.filter(({ referenceId }) => !removed.has(referenceId));
          expect(contentsOf(merged)).toEqual(contentsOf(buildSegment(left)));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('is the same bytes when it is made again', () => {
    const sources = cut(references, [3, 7]).map((run) => source(buildSegment(run)));
    expect(sameBytes(mergeSegments(sources), mergeSegments(sources))).toBe(true);
  });

  test('leaves its sources as they were', () => {
    const built = source(buildSegment(references));
    const before = [built.bytes, built.constellations].map((run) => Buffer.from(Buffer.from(inMemory(run))));
    mergeSegments([built, source(buildSegment(references.slice(0, 1)))]);
    const after = [built.bytes, built.constellations].map((run) => Buffer.from(inMemory(run)));
    expect(after).toEqual(before);
  });

  test('of one segment with everything removed is empty, and of none as well', () => {
    const removed = new Set(references.map(({ referenceId }) => referenceId));
    expect(contentsOf(mergeSegments([source(buildSegment(references), removed)]))).toEqual([]);
    expect(contentsOf(mergeSegments([]))).toEqual([]);
  });

  test('does not grow when it is repeated', () => {
    const once = mergeSegments([source(buildSegment(references))]);
    let often = once;
    for (let i = 0; i < 20; i++) often = mergeSegments([source(often)]);
    expect(sameBytes(often, once)).toBe(true);
  });

  test('is the bytes that building all at once gives', () => {
    const built = buildSegment(references);
    const merged = mergeSegments(cut(references, [1, 4, 5, 9]).map((run) => source(buildSegment(run))));
    expect(sameBytes(merged, built)).toBe(true);
  });

  test('is the same bytes however few postings go through at once, of large segments and of small', () => {
    const built = buildSegment(references);
    const anyAtOnce = fc.integer({ min: 0, max: 12 }).map((bits) => 2 ** bits);
    fc.assert(
      fc.property(anyCuts, anyAtOnce, (cuts, atOnce) => {
        const sources = cut(references, cuts).map((run) => source(buildSegment(run)));
        expect(sameBytes(mergeSegments([...sources, nothing()], atOnce), built)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('of more postings than go through at once is the same too', () => {
    // Most of 50 h of the same recordings over and over: 1.3 million postings.
    const runs = Array.from({ length: 4 }, (_, run) =>
      Array.from({ length: 12 }, (_, i) => manyTimes(references[11 - (i % 3)] as NewReference, run * 12 + i)),
    );
    const segments = runs.map((run) => source(buildSegment(run)));
    const [, second] = segments;
    new Uint8Array((second as Source).tombstones)[5] = 1;
    const left = runs.flat().filter(({ position }) => position !== 12 + 5 + 1);
    const merged = mergeSegments(segments);
    expect(openSegment(merged).postingCount).toBeGreaterThan(2 ** 20);
    expect(sameBytes(merged, buildSegment(left))).toBe(true);
  });
});

describe('a merge into a file', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'earmark-merge-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));
  const opened = async (name: string, made: SharedArrayBuffer): Promise<SegmentBytes & { close(): void }> => {
    const fd = openSync(join(directory, name), 'r');
    return { bytes: made, constellations: { fd, at: made.byteLength }, close: () => closeSync(fd) };
  };

  test('writes what a merge in memory gives, from memory and from files that are deleted', async () => {
    const removed = new Set(
      [references[2], references[3], references[8]].map((one) => one?.referenceId as string),
    );
    const [a, b, c] = cut(references, [3, 7]).map((run) => source(buildSegment(run), removed)) as [
      Source,
      Source,
      Source,
    ];
    const expected = mergeSegments([a, b, c]);
    const first = await opened('first', await mergeSegmentsToFile([a, b], join(directory, 'first')));
    await rm(join(directory, 'first'));
    const both = [source(first), c];
    const bytes = await mergeSegmentsToFile(both, join(directory, 'second'));
    first.close();
    const file = await readFile(join(directory, 'second'));
    const wanted = Buffer.concat(
      [expected.bytes, expected.constellations].map((run) => Buffer.from(inMemory(run))),
    );
    expect(Buffer.compare(file, wanted)).toBe(0);
    expect(file.length).toBeGreaterThan(bytes.byteLength);
    expect(await readdir(directory)).toEqual(['second']);
  });

  test('is searched like one in memory: a constellation is read out of the file', async () => {
    const built = source(buildSegment(references));
    const file = await opened('third', await mergeSegmentsToFile([built], join(directory, 'third')));
    expect(contentsOf(file)).toEqual(contentsOf(built));
    file.close();
  });

  test('that is damaged says so where it is read', async () => {
    const path = join(directory, 'damaged');
    const made = await mergeSegmentsToFile([source(buildSegment(references))], path);
    const bytes = await readFile(path);
    bytes[made.byteLength + 10] = (bytes[made.byteLength + 10] as number) ^ 1;
    await writeFile(path, bytes);
    const file = await opened('damaged', made);
    expect(() => getConstellation(openSegment(file), 0)).toThrow(/broken constellation/);
    expect(() => getConstellation(openSegment(file), 1)).not.toThrow();
    file.close();
  });
});

/** One recording of so many frames with a landmark in its last. */
function longRecording(frameCount: number, key: number): Source {
  const part = { id: new Uint8Array(16), position: key, frameCount, peakCount: 0 };
  const writer = new SegmentWriter([{ ...part, constellationBytes: 0, constellationChecksum: 0 }], 1);
  const frames = Uint32Array.of(timelineGapFrames + frameCount - 1);
  writer.append({ keys: Uint32Array.of(key), frames }, 1);
  const nothingElse = new SharedArrayBuffer(0);
  return { bytes: writer.finish(), constellations: nothingElse, tombstones: new SharedArrayBuffer(1) };
}

describe('a merge of the largest segment', () => {
  const half = segmentLimits.timelineFrames / 2 - timelineGapFrames;

  test('finds its last frame', () => {
    const merged = openPostings(
      mergeSegments([longRecording(half, 5), longRecording(half - timelineGapFrames, 2 ** 28 - 1)]).bytes,
    );
    expect(merged.timelineFrames).toBe(2 ** 31);
    const range = { begin: 0, end: 0 };
    findPostings(merged, 2 ** 28 - 1, 2 ** 28, range);
    expect(range).toEqual({ begin: 1, end: 2 });
    const found = (merged.postings[1] as number) & frameMaskOf(merged.frameBits);
    expect(found).toBe(2 ** 31 - timelineGapFrames - 1);
  });

  test('is refused when it is one frame longer', () => {
    const one = longRecording(half, 1);
    const other = longRecording(half - timelineGapFrames + 1, 2);
    expect(() => mergeSegments([one, other])).toThrow(
      'a segment has at most 2147483648 timelineFrames, this one 2147483649',
    );
  });
});

/** A recording that plays another one again and again. */
function manyTimes({ fingerprint }: NewReference, number: number): NewReference {
  const once = decodeFingerprint(fingerprint);
  const { frames, steps, ranks } = once.constellation;
  const length = (frames.at(-1) as number) + 50;
  const times = Array.from({ length: 64 }, (_, i) => i);
  const repeated = <T>(values: ArrayLike<T>) => times.flatMap(() => Array.from(values));
  return {
    referenceId: referenceIdOf(`many times ${number}`),
    position: number + 1,
    fingerprint: encodeFingerprint({
      ...once,
      durationMs: times.length * length * frameMs,
      constellation: {
        frames: Uint32Array.from(times.flatMap((i) => Array.from(frames, (frame) => frame + i * length))),
        steps: Uint16Array.from(repeated(steps)),
        ranks: Uint8Array.from(repeated(ranks)),
      },
    }),
  };
}

function inMemory(run: ConstellationSource): SharedArrayBuffer {
  if (run instanceof SharedArrayBuffer) return run;
  throw new Error('constellations are in a file');
}

function sameBytes(a: SegmentBytes, b: SegmentBytes): boolean {
  const same = (one: ConstellationSource, other: ConstellationSource) =>
    Buffer.compare(Buffer.from(inMemory(one)), Buffer.from(inMemory(other))) === 0;
  return same(a.bytes, b.bytes) && same(a.constellations, b.constellations);
}
