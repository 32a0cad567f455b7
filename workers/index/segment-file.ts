/** A segment's file, written beside its place and renamed into it: under its name it is whole. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { type ConstellationSource, readPacked } from './constellation-source.ts';

/** Constellations, one behind the other. */
export type ConstellationRun = {
  readonly source: ConstellationSource;
  readonly begin: number;
  readonly end: number;
};

/** Bytes of constellations that are in memory at once. */
const chunkBytes = 4 * 2 ** 20;

export async function writeSegmentFile(
  path: string,
  bytes: SharedArrayBuffer,
  constellations: Iterable<ConstellationRun>,
): Promise<void> {
  const beside = `${path}.${randomUUID()}.part`;
  const file = await open(beside, 'wx');
  try {
    for (let at = 0; at < bytes.byteLength; at += chunkBytes)
      await writeAll(file, new Uint8Array(bytes, at, Math.min(chunkBytes, bytes.byteLength - at)));
    for (const { source, begin, end } of constellations) {
      for (let at = begin; at < end; at += chunkBytes)
        await writeAll(file, readPacked(source, at, Math.min(end, at + chunkBytes)));
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}
