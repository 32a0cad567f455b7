import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildSegment, mergeSegments } from '../../workers/index/build-segment.ts';
import { checkSegment, openSegment } from '../../workers/index/segment.ts';
import type { NewReference } from '../../workers/protocol.ts';
import { fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import { collage, contentsOf, newReference } from './references.ts';

type Source = { readonly bytes: SharedArrayBuffer; readonly tombstones: SharedArrayBuffer };

const referenceCount = 12;
let references: NewReference[];
beforeAll(async () => {
  const catalog = (await fingerprintCatalog()).map(({ fingerprint }) => fingerprint);
  references = Array.from({ length: referenceCount }, (_, i) =>
    newReference(i + 1, collage(i, catalog, 8 + 4 * i)),
  );
}, 60_000);

/** A segment in which those references are removed that are named. */
function source(bytes: SharedArrayBuffer, removed: ReadonlySet<string> = new Set()): Source {
  const { referenceCount: count } = openSegment(bytes);
  const tombstones = new SharedArrayBuffer(Math.max(1, count));
  const flags = new Uint8Array(tombstones);
  // Contents come in the order of ids; the flags go in the order of the timeline.
  const ids = idsOf(bytes);
  for (let i = 0; i < count; i++) flags[i] = removed.has(ids[i] as string) ? 1 : 0;
  return { bytes, tombstones };
}

function idsOf(bytes: SharedArrayBuffer): string[] {
  const byPosition = contentsOf(bytes).toSorted((a, b) => a.position - b.position);
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
        expect(checkSegment(merged)).toBeUndefined();
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
    expect(Buffer.compare(Buffer.from(mergeSegments(sources)), Buffer.from(mergeSegments(sources)))).toBe(0);
  });

  test('leaves its sources as they were', () => {
    const built = source(buildSegment(references));
    const before = Buffer.from(Buffer.from(built.bytes));
    mergeSegments([built, source(buildSegment(references.slice(0, 1)))]);
    expect(Buffer.compare(Buffer.from(built.bytes), before)).toBe(0);
  });

  test('of one segment with everything removed is empty, and of none as well', () => {
    const removed = new Set(references.map(({ referenceId }) => referenceId));
    expect(contentsOf(mergeSegments([source(buildSegment(references), removed)]))).toEqual([]);
    expect(contentsOf(mergeSegments([]))).toEqual([]);
  });

  test('does not grow when it is repeated', () => {
    let bytes = mergeSegments([source(buildSegment(references))]);
    const { constellations } = openSegment(bytes);
    for (let i = 0; i < 20; i++) bytes = mergeSegments([source(bytes)]);
    expect(openSegment(bytes).constellations.length).toBe(constellations.length);
  });

  test('is the bytes that building all at once gives', () => {
    const built = buildSegment(references);
    const merged = mergeSegments(cut(references, [1, 4, 5, 9]).map((run) => source(buildSegment(run))));
    expect(Buffer.compare(Buffer.from(merged), Buffer.from(built))).toBe(0);
  });
});
