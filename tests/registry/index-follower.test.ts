import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RegistryIndex } from '../../api/registry/index-follower.ts';
import { openRegistry, type Registry } from './opened-index.ts';

/** What the issue allows between a commit and its effect on answers. A poll comes every 5 s: this is notification. */
const effective = { timeout: 1000, interval: 10 };

const foreignId = '00000000-0000-7000-8000-000000000000';

let registry: Registry;
const scratch: string[] = [];
afterAll(async () => {
  for (const directory of scratch) await rm(directory, { recursive: true, force: true });
});
/** A fresh registry for each test. */
function eachOnItsOwn(): void {
  beforeEach(async () => {
    registry = await openRegistry();
  });
  afterEach(() => registry.close());
}

const otherDirectory = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'earmark-index-'));
  scratch.push(directory);
  return directory;
};

/** A store that notes from where the feed was read. */
function watchedFeed(of = registry): { readonly reads: number[]; readonly store: Pick<Registry['store'], 'readFeed'> } {
  const reads: number[] = [];
  return {
    reads,
    store: {
      readFeed: (from) => {
        reads.push(from.after);
        return of.store.readFeed(from);
      },
    },
  };
}

const isFound = async (index: RegistryIndex, seed: number, expected = true) =>
  await vi.waitFor(async () => expect(await registry.finds(index, seed)).toBe(expected), effective);

describe('an index that follows', () => {
  eachOnItsOwn();

  test('finds a registration within a second, without being asked to catch up', async () => {
    const index = await registry.index();
    await index.catchUp();
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
    expect([await registry.finds(index, 1), await registry.finds(index, 2), await registry.finds(index, 3)]).toEqual([
      true,
      false,
      true,
    ]);
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

describe('a restart', () => {
  let written: Registry;
  /** A copy of the files for each test to damage. */
  let dataDir: string;
  const folder = () => join(dataDir, 'index');
  beforeAll(async () => {
    written = await openRegistry();
    for (const seed of [1, 2, 3]) await written.register(seed);
    await written.remove(3);
    const index = await written.index();
    await index.catchUp();
    await index.close();
  });
  beforeEach(async () => {
    dataDir = await otherDirectory();
    await cp(join(written.dataDir, 'index'), folder(), { recursive: true });
  });
  afterAll(() => written.close());

  const reopened = async (replaced: Partial<Registry['store']> = {}) => {
    const { reads, store } = watchedFeed(written);
    const index = await written.index({ store: { ...store, ...replaced }, dataDir });
    await index.catchUp();
    return { index, firstRead: reads[0] };
  };
  const answers = async (index: RegistryIndex) =>
    await Promise.all([1, 2, 3].map((seed) => written.finds(index, seed)));

  test('goes on from the position of its files', async () => {
    const { index, firstRead } = await reopened();
    expect(firstRead).toBe(4);
    expect(await answers(index)).toEqual([true, true, false]);
    expect(index.status()).toMatchObject({ position: 4, recordings: 2 });
  });

  const damage: readonly (readonly [string, () => Promise<void>])[] = [
    ['whose files are gone', async () => await rm(folder(), { recursive: true })],
    ['whose manifest is gone', async () => await rm(join(folder(), 'manifest.json'))],
    ['whose manifest is cut short', async () => await writeFile(join(folder(), 'manifest.json'), '{"format":1,')],
    ['whose manifest is of another format', async () => await editManifest({ format: 99 })],
    ['whose manifest is of other parameters', async () => await editManifest({ parameters: 99 })],
    ['whose files are of another registry', async () => await editManifest({ registryId: foreignId })],
    [
      // Postgres was put back to a backup: what it has taken in since then is not what these files hold.
      'whose files are ahead of the feed',
      async () => await editManifest({ position: 400 }),
    ],
    [
      'whose segment is gone',
      async () => {
        for (const name of await segmentNames()) await rm(join(folder(), name));
      },
    ],
    ['whose segment is cut short', async () => await editSegments((bytes) => bytes.subarray(0, -8))],
    ['whose segment has no bytes', async () => await editSegments(() => Buffer.alloc(0))],
    ['whose segment has a flipped bit', async () => await editSegments((bytes) => flipped(bytes, bytes.length - 100))],
    ['whose segment has a flipped bit in its header', async () => await editSegments((bytes) => flipped(bytes, 12))],
    ['whose segment is of another version', async () => await editSegments((bytes) => flipped(bytes, 4))],
  ];
  test.each(damage)('%s builds the index again', async (_, doDamage) => {
    await doDamage();
    const { index, firstRead } = await reopened();
    expect(firstRead).toBe(0);
    expect(await answers(index)).toEqual([true, true, false]);
    await index.close();
    expect((await reopened()).firstRead).toBe(4);
  });

  test("does not take another registry's files for its own", async () => {
    const { firstRead } = await reopened({ registryId: async () => foreignId });
    expect(firstRead).toBe(0);
  });

  // These two change the registry, so they come last.
  test('takes in what came meanwhile', async () => {
    await written.register(4);
    await written.remove(1);
    const { index, firstRead } = await reopened();
    expect(firstRead).toBe(4);
    expect(await answers(index)).toEqual([false, true, false]);
    expect(await written.finds(index, 4)).toBe(true);
  });

  test('keeps a removal that came after the segment was written', async () => {
    const { index: first } = await reopened();
    await written.remove(2);
    await first.catchUp();
    await first.close();
    const { index, firstRead } = await reopened();
    expect(firstRead).toBe(7);
    expect(await answers(index)).toEqual([false, false, false]);
    expect(await written.finds(index, 4)).toBe(true);
  });

  async function segmentNames(): Promise<string[]> {
    return (await readdir(folder())).filter((name) => name.endsWith('.segment'));
  }
  async function editSegments(edit: (bytes: Buffer) => Uint8Array): Promise<void> {
    for (const name of await segmentNames()) {
      await writeFile(join(folder(), name), edit(await readFile(join(folder(), name))));
    }
  }
  async function editManifest(changes: Record<string, unknown>): Promise<void> {
    const file = join(folder(), 'manifest.json');
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...changes }));
  }
  function flipped(bytes: Buffer, at: number): Buffer {
    bytes[at] = (bytes[at] as number) ^ 4;
    return bytes;
  }
});

describe('indexes that share one folder', () => {
  eachOnItsOwn();

  test('all follow, and leave files that the next goes on from', async () => {
    const indexes = await Promise.all([registry.index(), registry.index(), registry.index()]);
    for (const seed of [1, 2, 3]) await registry.register(seed);
    await Promise.all(indexes.map((index) => index.catchUp()));
    for (const index of indexes) expect(await registry.finds(index, 3)).toBe(true);
    await Promise.all(indexes.map((index) => index.close()));
    const { reads, store } = watchedFeed();
    const next = await registry.index({ store });
    await next.catchUp();
    expect(reads[0]).toBe(3);
    for (const seed of [1, 2, 3]) expect(await registry.finds(next, seed)).toBe(true);
  });

  test('do not go back: one that is behind does not write over one that is ahead', async () => {
    const behind = await registry.index({
      // Deaf, and its feed ends after the first entry.
      store: {
        listenToFeed: async () => async () => undefined,
        readFeed: async (from) => (from.after >= 1 ? [] : await registry.store.readFeed({ ...from, limit: 1 })),
      },
    });
    await registry.register(1);
    await behind.catchUp();
    const ahead = await registry.index();
    await registry.register(2);
    await ahead.catchUp();
    await ahead.close();
    await behind.close();
    const { reads, store } = watchedFeed();
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
