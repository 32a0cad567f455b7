import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RegistryIndex } from '../../api/registry/index-follower.ts';
import { openRegistry, type Registry } from './opened-index.ts';

/** Merges begin some seconds after the last change, and on a busy machine take a few more. */
const patient = { timeout: 20_000, interval: 50 };

let registry: Registry;
beforeEach(async () => {
  registry = await openRegistry();
});
afterEach(() => registry.close());

const seeds = (count: number, from = 1) => Array.from({ length: count }, (_, i) => from + i);

async function filesOf(): Promise<number> {
  const folder = join(registry.dataDir, 'index');
  const { segments } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  let sum = 0;
  for (const { name } of segments) sum += (await stat(join(folder, `${name}.segment`))).size;
  return sum;
}

const atRest = (index: RegistryIndex) =>
  vi.waitFor(() => {
    const { segments, merges } = index.status();
    expect([segments, merges.runningPostings]).toEqual([1, 0]);
  }, patient);

test('what was removed is out of memory and out of the files after a merge, and what was not is found', {
  timeout: 60_000,
}, async () => {
  for (const seed of seeds(40)) await registry.register(seed);
  const index = await registry.index();
  await index.catchUp();
  await atRest(index);
  const before = index.status();
  const removed = seeds(20, 11);
  for (const seed of removed) await registry.remove(seed);
  await index.catchUp();
  await vi.waitFor(() => {
    const { constellationBytes, bytes } = index.status();
    expect(constellationBytes).toBeLessThan(before.constellationBytes * 0.55);
    expect(bytes).toBeLessThan(before.bytes);
  }, patient);
  await atRest(index);
  expect(index.status()).toMatchObject({ recordings: 20, segments: 1 });
  for (const seed of [1, 10, 31, 40]) expect(await registry.finds(index, seed)).toBe(true);
  for (const seed of [11, 20, 30]) expect(await registry.finds(index, seed)).toBe(false);
  await index.close();
  expect(await filesOf()).toBeLessThan((before.bytes + before.constellationBytes) * 0.9);
});

test('an index of which everything was removed holds nothing', async () => {
  for (const seed of seeds(3)) await registry.register(seed);
  const index = await registry.index();
  await index.catchUp();
  for (const seed of seeds(3)) await registry.remove(seed);
  await index.catchUp();
  await vi.waitFor(
    () => expect(index.status()).toMatchObject({ segments: 0, bytes: 0, recordings: 0, seconds: 0 }),
    patient,
  );
});

test('new segments are merged while a long merge runs', { timeout: 60_000 }, async () => {
  const gate = Promise.withResolvers<void>();
  let held = 0;
  const index = await registry.index({
    workers: {
      mergeSegments: async (segments) => {
        const merged = await registry.workers.mergeSegments(segments);
        // Stands for one that takes minutes: the first.
        if (held++ === 0) await gate.promise;
        return merged;
      },
    },
  });
  await index.catchUp();
  for (const seed of seeds(4)) {
    await registry.register(seed);
    await index.catchUp();
  }
  await vi.waitFor(() => expect(held).toBe(1), patient);
  for (const seed of seeds(4, 5)) {
    await registry.register(seed);
    await index.catchUp();
  }
  for (const seed of seeds(8)) expect(await registry.finds(index, seed)).toBe(true);
  await registry.remove(2);
  await registry.remove(6);
  await index.catchUp();
  gate.resolve();
  await atRest(index);
  const found = await Promise.all(seeds(8).map((seed) => registry.finds(index, seed)));
  expect(found).toEqual(seeds(8).map((seed) => seed !== 2 && seed !== 6));
  expect(index.status().recordings).toBe(6);
});

test('whoever waits for a position waits for no more, however fast the feed grows', async () => {
  const endless = await registry.index({
    dataDir: join(registry.dataDir, 'endless'),
    store: {
      listenToFeed: async () => async () => undefined,
      feedHead: async () => 3,
      // Something more whenever it is asked.
      readFeed: async ({ after }) => [
        {
          position: after + 1,
          kind: 'delete' as const,
          referenceId: '019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa',
          durationMs: undefined,
          constellation: undefined,
        },
      ],
    },
  });
  await endless.catchUp();
  expect(endless.position()).toBeGreaterThanOrEqual(3);
  expect(endless.ready()).toBe(true);
  await endless.catchUp(20);
  expect(endless.position()).toBeGreaterThanOrEqual(20);
});

test('leaves no segment half written', async () => {
  const index = await registry.index();
  for (const seed of seeds(6)) await registry.register(seed);
  await index.catchUp();
  await index.close();
  const names = await readdir(join(registry.dataDir, 'index'));
  expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
});
