import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseMerge, type MergeableSegment } from '../../api/registry/merge-policy.ts';

type State = Parameters<typeof chooseMerge>[1];
const whole = (postings: number): MergeableSegment => ({ postings, livePostings: postings });

/** The segments as they are after every merge that the policy asks for. */
function settled(
  segments: readonly MergeableSegment[],
  state: State = 'resting',
): { readonly segments: MergeableSegment[]; readonly written: number } {
  let now = [...segments];
  let written = 0;
  for (let chosen = chooseMerge(now, state); chosen !== undefined; chosen = chooseMerge(now, state)) {
    const live = now.slice(chosen.from, chosen.to).reduce((sum, { livePostings }) => sum + livePostings, 0);
    written += live;
    now = [...now.slice(0, chosen.from), whole(live), ...now.slice(chosen.to)];
  }
  return { segments: now, written };
}

const anyState = fc.constantFrom<State>('writing', 'resting');
const anySegments = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: 5_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([postings, share]) => ({ postings, livePostings: Math.floor(postings * share) })),
  { maxLength: 40 },
);
const total = (of: readonly MergeableSegment[]) =>
  of.reduce((sum, { livePostings }) => sum + livePostings, 0);

describe('the merge policy', () => {
  test('chooses neighbours, of those there are, and one alone only where something was removed from it', () => {
    fc.assert(
      fc.property(anySegments, anyState, (segments, state) => {
        const chosen = chooseMerge(segments, state);
        if (chosen === undefined) return;
        expect(chosen.from).toBeGreaterThanOrEqual(0);
        expect(chosen.to).toBeLessThanOrEqual(segments.length);
        expect(chosen.to).toBeGreaterThan(chosen.from);
        const [only] = segments.slice(chosen.from, chosen.to) as [MergeableSegment];
        if (chosen.to - chosen.from === 1) expect(only.livePostings).toBeLessThan(only.postings);
      }),
    );
  });

  test('comes to an end and loses no posting that is still there', () => {
    fc.assert(
      fc.property(anySegments, anyState, (segments, state) => {
        expect(total(settled(segments, state).segments)).toBe(total(segments));
      }),
    );
  });

  test('has nothing to do for one segment or none', () => {
    expect(chooseMerge([], 'resting')).toBeUndefined();
    expect(chooseMerge([whole(0)], 'resting')).toBeUndefined();
    expect(chooseMerge([whole(5_000_000)], 'resting')).toBeUndefined();
  });

  test('leaves few segments, and writes each posting a few times, however registrations come', () => {
    for (const batch of [1500, 35_000]) {
      let segments: MergeableSegment[] = [];
      let written = 0;
      let looks = 0;
      const batches = 20_000;
      for (let i = 0; i < batches; i++) {
        const after = settled([...segments, whole(batch)], 'writing');
        segments = after.segments;
        written += after.written;
        looks += segments.length;
        expect(segments.length).toBeLessThan(30);
      }
      expect(written / (batches * batch)).toBeLessThan(9);
      expect(looks / batches).toBeLessThan(14);
      expect(settled(segments).segments.length).toBeLessThan(12);
    }
  });

  test('writes little when one recording comes now and then to a large index', () => {
    let { segments } = settled([whole(100_000_000)]);
    let written = 0;
    for (let i = 0; i < 1000; i++) {
      const after = settled([...segments, whole(1500)]);
      segments = after.segments;
      written += after.written;
      expect(segments.length).toBeLessThan(12);
    }
    expect(written / (1000 * 1500)).toBeLessThan(12);
  });

  test('writes a segment again when a twentieth of it was removed, and not before', () => {
    const segments = [whole(1_000_000), { postings: 100_000, livePostings: 96_000 }];
    expect(chooseMerge(segments, 'writing')).toBeUndefined();
    const more = [{ postings: 1_000_000, livePostings: 949_000 }, ...segments.slice(1)];
    expect(chooseMerge(more, 'writing')).toEqual({ from: 0, to: 1 });
  });

  test('leaves a segment alone that is as large as one may be', () => {
    expect(chooseMerge([whole(2 ** 28), whole(2 ** 28)], 'resting')).toBeUndefined();
    expect(settled([whole(2 ** 27), whole(2 ** 27 + 1)]).segments).toHaveLength(2);
  });
});
