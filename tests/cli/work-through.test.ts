import { describe, expect, it } from 'vitest';
import { workThrough } from '../../api/cli/work/work-through.ts';
import { collect } from './collect.ts';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n += 1) yield n;
}

/** Work that ends when the test says so. */
function openWork() {
  const begun = new Map<number, () => void>();
  return {
    begun,
    work: (n: number) => new Promise<number>((resolve) => begun.set(n, () => resolve(n))),
    /** Lets everything that can run, run. */
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

const never = new AbortController().signal;

describe('working through a list', () => {
  it('hands results over in the order of the list, whichever is finished first', async () => {
    const { begun, work, settle } = openWork();
    const bounds = { maxInFlight: 3, maxAhead: 10, signal: never };
    const all = collect(workThrough(numbers(3), work, bounds));
    await settle();
    for (const n of [2, 1, 0]) begun.get(n)?.();
    expect(await all).toEqual([0, 1, 2]);
  });

  it('keeps no more in flight than allowed', async () => {
    let [inFlight, most] = [0, 0];
    const work = async (n: number) => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      return n;
    };
    const done = await collect(
      workThrough(numbers(50), work, { maxInFlight: 4, maxAhead: 8, signal: never }),
    );
    expect(done).toHaveLength(50);
    expect(most).toBe(4);
  });

  it('lets others run ahead of a long one, but only so far', async () => {
    const { begun, work, settle } = openWork();
    const results = workThrough(numbers(20), work, { maxInFlight: 2, maxAhead: 5, signal: never });
    const first = results.next();
    await settle();
    for (const n of [1, 2, 3, 4]) {
      begun.get(n)?.();
      await settle();
    }
    expect([...begun.keys()]).toEqual([0, 1, 2, 3, 4]);
    begun.get(0)?.();
    expect((await first).value).toBe(0);
    await results.return(undefined);
  });

  it('finishes what is in flight when it is interrupted, and begins nothing new', async () => {
    const { begun, work, settle } = openWork();
    const controller = new AbortController();
    const bounds = { maxInFlight: 2, maxAhead: 10, signal: controller.signal };
    const all = collect(workThrough(numbers(100), work, bounds));
    await settle();
    controller.abort();
    begun.get(0)?.();
    begun.get(1)?.();
    expect(await all).toEqual([0, 1]);
  });
});
