import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseMerge } from '../../api/registry/merge-policy.ts';

/** Posting counts as they are after every merge that the policy asks for. */
function settled(counts: readonly number[]): { readonly counts: number[]; readonly written: number } {
  let now = [...counts];
  let written = 0;
  for (let chosen = chooseMerge(now); chosen !== undefined; chosen = chooseMerge(now)) {
    const sum = now.slice(chosen.from, chosen.to).reduce((a, b) => a + b, 0);
    written += sum;
    now = [...now.slice(0, chosen.from), sum, ...now.slice(chosen.to)];
  }
  return { counts: now, written };
}

const anyCounts = fc.array(fc.integer({ min: 0, max: 5_000_000 }), { maxLength: 40 });

describe('the merge policy', () => {
  test('chooses at least two neighbours, of those there are', () => {
    fc.assert(
      fc.property(anyCounts, (counts) => {
        const chosen = chooseMerge(counts);
        if (chosen === undefined) return;
        expect(chosen.from).toBeGreaterThanOrEqual(0);
        expect(chosen.to).toBeLessThanOrEqual(counts.length);
        expect(chosen.to - chosen.from).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  test('comes to an end and loses no posting', () => {
    fc.assert(
      fc.property(anyCounts, (counts) => {
        const total = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
        expect(total(settled(counts).counts)).toBe(total(counts));
      }),
    );
  });

  test('has nothing to do for one segment or none', () => {
    expect(chooseMerge([])).toBeUndefined();
    expect(chooseMerge([0])).toBeUndefined();
    expect(chooseMerge([5_000_000])).toBeUndefined();
  });

  test('leaves few segments, and writes each posting a few times, however registrations come', () => {
    let counts: number[] = [];
    let written = 0;
    const batches = 20_000;
    const batch = 1500;
    for (let i = 0; i < batches; i++) {
      const after = settled([...counts, batch]);
      counts = after.counts;
      written += after.written;
      expect(counts.length).toBeLessThan(12);
    }
    expect(written / (batches * batch)).toBeLessThan(40);
  });

  test('leaves a segment alone that is as large as one may be', () => {
    expect(chooseMerge([2 ** 28, 2 ** 20])).toBeUndefined();
    expect(settled([2 ** 27, 2 ** 27 + 1]).counts).toHaveLength(2);
  });
});
