import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RegistryIndex } from '../../api/registry/index-follower.ts';
import { openRegistry, type Registry, watchedFeed } from './opened-index.ts';

/** What the issue allows between a commit and its effect on answers. A poll comes every 5 s: this is notification. */
const effective = { timeout: 1000, interval: 10 };

let registry: Registry;
/** A fresh registry for each test. */
function eachOnItsOwn(): void {
  beforeEach(async () => {
    registry = await openRegistry();
  });
  afterEach(() => registry.close());
}

const isFound = async (index: RegistryIndex, seed: number, expected = true) =>
  await vi.waitFor(async () => expect(await registry.finds(index, seed)).toBe(expected), effective);

describe('an index that follows', () => {
  eachOnItsOwn();

  test('finds a registration within a second, without being asked to catch up', async () => {
    const index = await registry.index();
    // Threads start with the first thing they do, which on a busy machine takes seconds.
    await registry.register(0);
    await index.catchUp();
    expect(await registry.finds(index, 0)).toBe(true);
    for (const seed of [1, 2, 3]) {
      const { position } = await registry.register(seed);
      await isFound(index, seed);
      expect(index.position()).toBeGreaterThanOrEqual(position);
    }
  });

  test('no longer finds a removed recording within a second', async () => {
    for (const seed of [1, 2]) await registry.register(seed);
    const index = await registry.index();
    await index.catchUp();
    expect(await registry.finds(index, 1)).toBe(true);
    await registry.remove(1);
    await isFound(index, 1, false);
    expect(await registry.finds(index, 2)).toBe(true);
  });

  test('has caught up when catchUp resolves, however many ask at once', async () => {
    const index = await registry.index();
    for (let seed = 1; seed <= 10; seed++) {
      const { position } = await registry.register(seed);
      await Promise.all([index.catchUp(), index.catchUp(), index.catchUp()]);
      expect(index.position()).toBeGreaterThanOrEqual(position);
      expect(await registry.finds(index, seed)).toBe(true);
    }
  });

  test('takes in what was registered and removed in one batch as if it had never been', async () => {
    for (const seed of [1, 2, 3]) await registry.register(seed);
    await registry.remove(2);
    const index = await registry.index();
    await index.catchUp();
    expect([
      await registry.finds(index, 1),
      await registry.finds(index, 2),
      await registry.finds(index, 3),
    ]).toEqual([true, false, true]);
    expect(index.status()).toMatchObject({ position: 4, recordings: 2, ready: true });
  });

  test('says what it holds', async () => {
    for (const seed of [1, 2, 3]) await registry.register(seed);
    const index = await registry.index();
    await index.catchUp();
    const before = index.status();
    expect(before).toMatchObject({ position: 3, recordings: 3, segments: 1, ready: true });
    // Peaks fall at random: the last lies up to half a second before the end.
    expect(before.seconds).toBeGreaterThanOrEqual(58);
    expect(before.seconds).toBeLessThanOrEqual(60);
    expect(before.bytes).toBeGreaterThan(0);
    expect(before.constellationBytes).toBeGreaterThan(60 * 14 * 2);
    await registry.remove(1);
    await index.catchUp();
    expect(index.status()).toMatchObject({ position: 4, recordings: 2 });
    expect(index.status().seconds).toBeLessThanOrEqual(40);
  });
});

describe('ready', () => {
  eachOnItsOwn();

  test('is refused until the feed has been read to its end', async () => {
    await registry.register(1);
    const gate = Promise.withResolvers<void>();
    const index = await registry.index({
      store: {
        readFeed: async (from) => {
          await gate.promise;
          return await registry.store.readFeed(from);
        },
      },
    });
    expect(index.ready()).toBe(false);
    expect(index.status().ready).toBe(false);
    gate.resolve();
    await index.catchUp();
    expect(index.ready()).toBe(true);
  });

  test('is refused while the store fails, and catching up says why', async () => {
    let isBroken = true;
    const index = await registry.index({
      store: {
        readFeed: async (from) => {
          if (isBroken) throw new Error('the store is away');
          return await registry.store.readFeed(from);
        },
      },
    });
    await expect(index.catchUp()).rejects.toThrow('the store is away');
    expect(index.ready()).toBe(false);
    isBroken = false;
    await registry.register(1);
    await index.catchUp();
    expect(index.ready()).toBe(true);
    expect(await registry.finds(index, 1)).toBe(true);
  });

  test('is not claimed by a closed index: catching up is refused', async () => {
    const index = await registry.index();
    await index.catchUp();
    await index.close();
    await registry.register(1);
    await expect(index.catchUp()).rejects.toThrow();
  });
});

describe('indexes that share one folder', () => {
  eachOnItsOwn();

  test('all follow, and leave files that the next goes on from', async () => {
    const indexes = await Promise.all([registry.index(), registry.index(), registry.index()]);
    for (const seed of [1, 2, 3]) await registry.register(seed);
    await Promise.all(indexes.map((index) => index.catchUp()));
    for (const index of indexes) expect(await registry.finds(index, 3)).toBe(true);
    await Promise.all(indexes.map((index) => index.close()));
    const { reads, store } = watchedFeed(registry.store);
    const next = await registry.index({ store });
    await next.catchUp();
    expect(reads[0]).toBe(3);
    for (const seed of [1, 2, 3]) expect(await registry.finds(next, seed)).toBe(true);
  });

  test('are told apart by the threads they share, whatever batches each read', async () => {
    await registry.register(1);
    const early = await registry.index({ store: { listenToFeed: async () => async () => undefined } });
    await early.catchUp();
    for (const seed of [2, 3]) await registry.register(seed);
    const late = await registry.index();
    await late.catchUp();
    // One after the other on one thread, so that the second finds open what the first searched.
    expect(await registry.finds(early, 1)).toBe(true);
    for (const seed of [1, 2, 3]) expect(await registry.finds(late, seed)).toBe(true);
  });

  test('do not go back: one that is behind does not write over one that is ahead', async () => {
    const behind = await registry.index({
      // Deaf, and its feed ends after the first entry.
      store: {
        listenToFeed: async () => async () => undefined,
        readFeed: async (from) =>
          from.after >= 1 ? [] : await registry.store.readFeed({ ...from, limit: 1 }),
      },
    });
    await registry.register(1);
    await behind.catchUp();
    const ahead = await registry.index();
    await registry.register(2);
    await ahead.catchUp();
    await ahead.close();
    await behind.close();
    const { reads, store } = watchedFeed(registry.store);
    const next = await registry.index({ store });
    await next.catchUp();
    expect(reads[0]).toBe(2);
    expect(await registry.finds(next, 2)).toBe(true);
  });
});

describe('a merge', () => {
  eachOnItsOwn();

  test('happens in the background, and every answer on the way is right', async () => {
    const index = await registry.index();
    await index.catchUp();
    for (let seed = 1; seed <= 12; seed++) {
      await registry.register(seed);
      await index.catchUp();
      expect(await registry.finds(index, 1), `after ${seed} registrations`).toBe(true);
      expect(await registry.finds(index, seed)).toBe(true);
    }
    await vi.waitFor(() => expect(index.status().segments).toBeLessThan(3), { timeout: 5000, interval: 20 });
    for (let seed = 1; seed <= 12; seed++) expect(await registry.finds(index, seed)).toBe(true);
    expect(index.status().recordings).toBe(12);
  });

  test('keeps what was removed while it ran removed, and what was registered', async () => {
    const begun = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const index = await registry.index({
      workers: {
        mergeSegments: async (segments) => {
          const merged = await registry.workers.mergeSegments(segments);
          begun.resolve();
          await gate.promise;
          return merged;
        },
      },
    });
    for (const seed of [1, 2, 3]) {
      await registry.register(seed);
      await index.catchUp();
    }
    await begun.promise;
    await registry.remove(1);
    await registry.register(4);
    await index.catchUp();
    expect(await registry.finds(index, 1)).toBe(false);
    gate.resolve();
    await vi.waitFor(() => expect(index.status().segments).toBe(1), { timeout: 5000, interval: 20 });
    const found = await Promise.all([1, 2, 3, 4].map((seed) => registry.finds(index, seed)));
    expect(found).toEqual([false, true, true, true]);
    expect(index.status().recordings).toBe(3);
  });

  test('that fails leaves the index as it was, and right, and is not tried again and again', async () => {
    let tries = 0;
    const index = await registry.index({
      workers: {
        mergeSegments: async () => {
          tries++;
          await setImmediate();
          throw new Error('no memory');
        },
      },
    });
    for (const seed of [1, 2, 3]) {
      await registry.register(seed);
      await index.catchUp();
    }
    for (const seed of [1, 2, 3]) expect(await registry.finds(index, seed)).toBe(true);
    // A thread that has no memory for it now has none a millisecond later.
    expect(tries).toBeLessThan(10);
  });
});
