import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  deleteIndexFiles,
  readIndexFiles,
  type StoredIndex,
  writeIndexFiles,
} from '../../api/registry/index-files.ts';
import { buildSegment } from '../../workers/index/build-segment.ts';
import { getConstellation } from '../../workers/index/reference-constellation.ts';
import { openSegment, type SegmentBytes } from '../../workers/index/segment.ts';
import { newReference } from '../index/references.ts';
import { syntheticFingerprint } from '../support/synthetic-fingerprint.ts';

const registryId = randomUUID();
let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'earmark-index-files-')), 'index');
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

function storedIndex(position: number, seeds: readonly number[] = [1, 2]): StoredIndex {
  const segments = seeds.map((seed) => ({
    name: randomUUID(),
    ...buildSegment([newReference(seed, syntheticFingerprint(seed, 5000))]),
    removed: seed % 2 ? [0] : [],
  }));
  return { position, segments };
}
const namesOf = (index: StoredIndex | undefined) => index?.segments.map(({ name }) => name);

describe('the index on disk', () => {
  test('gives back what was written', async () => {
    const index = storedIndex(7);
    await writeIndexFiles(folder, registryId, index);
    const read = await readIndexFiles(folder, registryId);
    expect(read?.position).toBe(7);
    expect(namesOf(read)).toEqual(namesOf(index));
    for (const [i, segment] of index.segments.entries()) {
      expect(read?.segments[i]?.removed).toEqual(segment.removed);
      const bytes = read?.segments[i]?.bytes as SharedArrayBuffer;
      expect(Buffer.compare(Buffer.from(bytes), Buffer.from(segment.bytes))).toBe(0);
    }
  });

  test('leaves constellations in files, and reads them there after the files are deleted', async () => {
    const index = storedIndex(7);
    await writeIndexFiles(folder, registryId, index);
    const read = await readIndexFiles(folder, registryId);
    await deleteIndexFiles(folder);
    for (const [i, segment] of index.segments.entries()) {
      const found = read?.segments[i] as SegmentBytes;
      expect(found.constellations).not.toBeInstanceOf(SharedArrayBuffer);
      expect(getConstellation(openSegment(found), 0)).toEqual(getConstellation(openSegment(segment), 0));
    }
    // What another process has deleted is written again, from the file that is still open.
    await writeIndexFiles(folder, registryId, read as StoredIndex);
    expect(namesOf(await readIndexFiles(folder, registryId))).toEqual(namesOf(index));
  });

  test('deletes what was merged away, but for what is named', async () => {
    const before = storedIndex(1);
    await writeIndexFiles(folder, registryId, before);
    const [first, second] = before.segments.map(({ name }) => name) as [string, string];
    const after = { position: 2, segments: [...storedIndex(2).segments, ...before.segments.slice(1)] };
    expect(await writeIndexFiles(folder, registryId, after, [first, second])).toBe(true);
    const left = await readdir(folder);
    expect(left).not.toContain(`${first}.segment`);
    expect(left).toContain(`${second}.segment`);
    expect(await writeIndexFiles(folder, registryId, before, [second])).toBe(false);
    expect(namesOf(await readIndexFiles(folder, registryId))).toEqual(namesOf(after));
  });

  test('that was never written, or was deleted, is not there', async () => {
    expect(await readIndexFiles(folder, registryId)).toBeUndefined();
    await writeIndexFiles(folder, registryId, storedIndex(1));
    await deleteIndexFiles(folder);
    expect(await readIndexFiles(folder, registryId)).toBeUndefined();
  });

  test('belongs to one registry', async () => {
    await writeIndexFiles(folder, registryId, storedIndex(1));
    expect(await readIndexFiles(folder, randomUUID())).toBeUndefined();
  });

  test('does not go back in position, unless another registry takes the folder', async () => {
    const later = storedIndex(9);
    await writeIndexFiles(folder, registryId, later);
    await writeIndexFiles(folder, registryId, storedIndex(8));
    expect(namesOf(await readIndexFiles(folder, registryId))).toEqual(namesOf(later));
    const otherId = randomUUID();
    const other = storedIndex(2);
    await writeIndexFiles(folder, otherId, other);
    expect(namesOf(await readIndexFiles(folder, otherId))).toEqual(namesOf(other));
  });

  test('is whole whoever writes at the same time', async () => {
    const indexes = Array.from({ length: 6 }, (_, i) => storedIndex(i + 1));
    await Promise.all(indexes.map((index) => writeIndexFiles(folder, registryId, index)));
    const read = await readIndexFiles(folder, registryId);
    expect(read?.position).toBe(6);
    expect(namesOf(read)).toEqual(namesOf(indexes[5]));
  });

  test('is whole for who reads while another writes', async () => {
    await writeIndexFiles(folder, registryId, storedIndex(1));
    let isWriting = true;
    const write = async () => {
      for (let position = 2; position < 20; position++)
        await writeIndexFiles(folder, registryId, storedIndex(position));
    };
    const writing = write().finally(() => {
      isWriting = false;
    });
    let position = 1;
    while (isWriting) {
      const read = await readIndexFiles(folder, registryId);
      expect(read?.position).toBeGreaterThanOrEqual(position);
      position = read?.position ?? position;
    }
    await writing;
  });

  test('deletes old files that nothing names, keeps young ones and what is not its own', async () => {
    await writeIndexFiles(folder, registryId, storedIndex(1));
    const files = {
      old: `${randomUUID()}.segment`,
      young: `${randomUUID()}.segment`,
      part: 'x.segment.y.part',
      other: 'notes.txt',
    };
    for (const name of Object.values(files)) await writeFile(join(folder, name), 'x');
    const anHourAgo = new Date(Date.now() - 3_600_000);
    for (const name of [files.old, files.part, files.other])
      await utimes(join(folder, name), anHourAgo, anHourAgo);
    await writeIndexFiles(folder, registryId, storedIndex(2));
    const left = await readdir(folder);
    expect(left).not.toContain(files.old);
    expect(left).not.toContain(files.part);
    expect(left).toContain(files.young);
    expect(left).toContain(files.other);
  });

  test('leaves no half file under a real name, and no lock', async () => {
    await writeIndexFiles(folder, registryId, storedIndex(1));
    expect(
      (await readdir(folder)).filter((name) => !/^(manifest\.json|[0-9a-f-]{36}\.segment)$/.test(name)),
    ).toEqual([]);
    expect((await readdir(join(folder, '..'))).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });
});
