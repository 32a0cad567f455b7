import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RegistryIndex } from '../../api/registry/index-follower.ts';
import { openRegistry, type Registry, watchedFeed } from './opened-index.ts';

const foreignId = '00000000-0000-7000-8000-000000000000';

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
    dataDir = await mkdtemp(join(tmpdir(), 'earmark-index-'));
    await cp(join(written.dataDir, 'index'), folder(), { recursive: true });
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));
  afterAll(() => written.close());

  const reopened = async (replaced: Partial<Registry['store']> = {}) => {
    const { reads, store } = watchedFeed(written.store);
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
    [
      'whose manifest is cut short',
      async () => await writeFile(join(folder(), 'manifest.json'), '{"format":1,'),
    ],
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
    [
      'whose segment has a flipped bit',
      async () => await editSegments((bytes) => flipped(bytes, bytes.length - 100)),
    ],
    [
      'whose segment has a flipped bit in its header',
      async () => await editSegments((bytes) => flipped(bytes, 12)),
    ],
    ['whose segment is of another version', async () => await editSegments((bytes) => flipped(bytes, 4))],
  ];
  test.each(damage)('%s builds the index again', async (_, doDamage) => {
    await doDamage();
    const { index, firstRead } = await reopened();
    try {
      expect(firstRead).toBe(0);
      expect(await answers(index)).toEqual([true, true, false]);
    } finally {
      await index.close();
    }
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
