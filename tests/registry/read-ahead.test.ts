/** The feed's next batch is read while a segment is built of the one before it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRegistry, type Registry, watchedFeed } from './opened-index.ts';

let registry: Registry;
beforeEach(async () => {
  registry = await openRegistry();
  for (const seed of [1, 2, 3]) await registry.register(seed);
});
afterEach(() => registry.close());

/** Full batches of one registration each: the rest of them are removals of what was never there. */
const fullBatches = () => {
  const { reads, store } = watchedFeed(registry.store);
  const readFeed: typeof store.readFeed = async (from) => {
    const [entry] = await store.readFeed({ ...from, limit: 1 });
    if (entry === undefined) return [];
    const referenceId = '00000000-0000-7000-8000-000000000000';
    return [entry, ...Array(from.limit - 1).fill({ kind: 'delete', referenceId, position: entry.position })];
  };
  return { reads, store: { readFeed, listenToFeed: async () => async () => undefined } };
};

test('reading ahead goes on while a segment is built, and reads nothing twice', async () => {
  const { reads, store } = fullBatches();
  const readsAtBuild: number[][] = [];
  const index = await registry.index({
    store,
    workers: {
      buildSegment: async (references) => {
        const built = await registry.workers.buildSegment(references);
        readsAtBuild.push([...reads]);
        return built;
      },
    },
  });
  await index.catchUp();
  expect(readsAtBuild).toEqual([
    [0, 1],
    [0, 1, 2],
    [0, 1, 2, 3],
  ]);
  for (const seed of [1, 2, 3]) expect(await registry.finds(index, seed)).toBe(true);
});

test('what was read ahead is not taken for the batch that could not be built', async () => {
  const { reads, store } = fullBatches();
  let isBroken = true;
  const index = await registry.index({
    store,
    workers: {
      buildSegment: async (references) => {
        if (isBroken) throw new Error('the thread is gone');
        return await registry.workers.buildSegment(references);
      },
    },
  });
  await expect(index.catchUp()).rejects.toThrow('the thread is gone');
  expect(index.position()).toBe(0);
  isBroken = false;
  await index.catchUp();
  expect(reads.filter((after) => after === 0).length).toBeGreaterThan(1);
  for (const seed of [1, 2, 3]) expect(await registry.finds(index, seed)).toBe(true);
});

test('reading ahead that fails is tried again when it is asked for', async () => {
  const { store } = fullBatches();
  let isBroken = true;
  const index = await registry.index({
    store: {
      ...store,
      readFeed: async (from) => {
        if (isBroken && from.after === 1) throw new Error('the store is away');
        return await store.readFeed(from);
      },
    },
  });
  await expect(index.catchUp()).rejects.toThrow('the store is away');
  expect(index.position()).toBe(1);
  isBroken = false;
  await index.catchUp();
  for (const seed of [1, 2, 3]) expect(await registry.finds(index, seed)).toBe(true);
});
