/**
 * The index on disk: a cache of a cache, so that a restart takes seconds. Segment files never change; a manifest
 * names those that belong together and the feed position they answer for. Both are written beside their place
 * and renamed into it. Several processes may share the folder: whoever is ahead writes, under a lock.
 *
 *   <data dir>/index/manifest.json
 *   <data dir>/index/<uuid>.segment      layout in `workers/index/segment.ts`
 */
import { randomUUID } from 'node:crypto';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { lock } from 'proper-lockfile';
import Type from 'typebox';
import Value from 'typebox/value';
import { parameterVersion } from '../../workers/fingerprint/parameters.ts';
import { checkConstellations, checkSegment, readSegmentSizes } from '../../workers/index/check-segment.ts';
import {
  headerBytes,
  type SegmentBytes,
  segmentFormatVersion,
  viewSegment,
} from '../../workers/index/segment.ts';
import { writeSegmentFile } from '../../workers/index/segment-file.ts';
import { openConstellationFile } from './constellation-file.ts';

const manifestSchema = Type.Object({
  format: Type.Literal(segmentFormatVersion),
  parameters: Type.Literal(parameterVersion),
  registryId: Type.String(),
  position: Type.Integer({ minimum: 0 }),
  segments: Type.Array(
    Type.Object({
      name: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
      /** References removed since the segment was built, by index. */
      removed: Type.Array(Type.Integer({ minimum: 0 })),
    }),
  ),
});
type Manifest = Type.Static<typeof manifestSchema>;

type StoredSegment = SegmentBytes & {
  readonly name: string;
  readonly removed: readonly number[];
};
export type StoredIndex = { readonly position: number; readonly segments: readonly StoredSegment[] };

/** A file no manifest names is deleted when it is older than this; a process may just be reading or writing it. */
const orphanAgeMs = 10 * 60_000;
/** Tries at a consistent set while another process replaces files. */
const maxReadTries = 5;
const readChunkBytes = 64 * 2 ** 20;

/** What is there for this registry, whole and checked; undefined where there is nothing to go on from. */
export async function readIndexFiles(folder: string, registryId: string): Promise<StoredIndex | undefined> {
  for (let tries = 0; tries < maxReadTries; tries++) {
    const manifest = await readManifest(folder);
    if (manifest?.registryId !== registryId) return undefined;
    try {
      const segments = [];
      for (const { name, removed } of manifest.segments) {
        segments.push({ name, removed, ...(await readSegment(segmentPath(folder, name))) });
      }
      return { position: manifest.position, segments };
    } catch (error) {
      // Gone: another process has merged it away and written a newer manifest. Damaged: build it again.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return undefined;
    }
  }
  return undefined;
}

/**
 * Writes what is not there yet, and deletes the files of `retired` segments, unless another process has already written
 * a later position: says whether it has written.
 */
export async function writeIndexFiles(
  folder: string,
  registryId: string,
  index: StoredIndex,
  retired: readonly string[] = [],
): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  const release = await lock(folder, {
    stale: 60_000,
    retries: { retries: 50, minTimeout: 50, maxTimeout: 500 },
  });
  try {
    const before = await readManifest(folder);
    if (before?.registryId === registryId && before.position > index.position) return false;
    for (const segment of index.segments) {
      if (!(await exists(segmentPath(folder, segment.name)))) await writeSegment(folder, segment);
    }
    const manifest: Manifest = {
      format: segmentFormatVersion,
      parameters: parameterVersion,
      registryId,
      position: index.position,
      segments: index.segments.map(({ name, removed }) => ({ name, removed: [...removed] })),
    };
    await writeInPlace(manifestPath(folder), Buffer.from(JSON.stringify(manifest)));
    const named = new Set(index.segments.map(({ name }) => name));
    // Who reads the manifest before this one misses a file, and reads again.
    for (const name of retired) if (!named.has(name)) await rm(segmentPath(folder, name), { force: true });
    await deleteOrphans(folder, named);
    return true;
  } finally {
    await release();
  }
}

async function writeSegment(folder: string, { name, bytes, constellations }: StoredSegment): Promise<void> {
  const { referenceCount, constellationBegins } = viewSegment(bytes);
  const end = constellationBegins[referenceCount] as number;
  await writeSegmentFile(segmentPath(folder, name), bytes, [{ source: constellations, begin: 0, end }]);
}

export async function deleteIndexFiles(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const read: unknown = JSON.parse(await readFile(manifestPath(folder), 'utf8'));
    return Value.Check(manifestSchema, read) ? read : undefined;
  } catch {
    // Absent, or not JSON: the index is built again from Postgres, which is slower and as right.
    return undefined;
  }
}

/** Constellations stay in the file. */
async function readSegment(path: string): Promise<SegmentBytes> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const header = await readRun(file, 0, Buffer.alloc(Math.min(headerBytes, size)));
  const sizes = readSegmentSizes(header, size);
  if (typeof sizes === 'string') throw new Error(`${path}: ${sizes}`);
  const bytes = new SharedArrayBuffer(sizes.bytes);
  await readRun(file, 0, new Uint8Array(bytes));
  const fault =
    checkSegment(bytes) ??
    (await checkConstellations(viewSegment(bytes), (begin, end) =>
      readRun(file, sizes.bytes + begin, Buffer.allocUnsafe(end - begin)),
    ));
  if (fault !== undefined) throw new Error(`${path}: ${fault}`);
  return { bytes, constellations: openConstellationFile(path, sizes.bytes) };
}

/** Fills `target` with the bytes from `from` on. */
async function readRun(file: FileHandle, from: number, target: Uint8Array): Promise<Uint8Array> {
  for (let at = 0; at < target.length; ) {
    const chunk = target.subarray(at, at + readChunkBytes);
    const { bytesRead } = await file.read(chunk, { position: from + at });
    if (bytesRead === 0) throw new Error(`a file ends at byte ${from + at}`);
    at += bytesRead;
  }
  return target;
}

async function writeInPlace(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${randomUUID()}.part`;
  await writeFile(beside, bytes);
  await rename(beside, path);
}

async function deleteOrphans(folder: string, named: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (named.has(name.replace('.segment', '')) || !/\.(segment|part)$/.test(name)) continue;
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > orphanAgeMs) await rm(join(folder, name), { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function manifestPath(folder: string): string {
  return join(folder, 'manifest.json');
}

export function segmentPath(folder: string, name: string): string {
  return join(folder, `${name}.segment`);
}
