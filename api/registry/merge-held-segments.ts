/** Segments merged by a thread: large ones into a file of the index's folder, small ones in memory. */
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Workers } from '../../workers/pool.ts';
import { openConstellationFile } from './constellation-file.ts';
import { constellationBytesOf, type HeldSegment, holdSegment } from './held-segment.ts';
import { segmentPath } from './index-files.ts';

/** Constellations of a merge that are no more than this stay in memory until they are written with the rest. */
const maxBytesInMemory = 4 * 2 ** 20;

export async function mergeHeldSegments(
  workers: Pick<Workers, 'mergeSegments' | 'mergeSegmentsToFile'>,
  folder: string,
  sources: readonly HeldSegment[],
): Promise<HeldSegment> {
  const shared = sources.map((source) => source.shared);
  const name = randomUUID();
  const constellationBytes = sources.reduce((sum, source) => sum + constellationBytesOf(source), 0);
  if (constellationBytes <= maxBytesInMemory) return holdSegment(name, await workers.mergeSegments(shared));
  await mkdir(folder, { recursive: true });
  const path = segmentPath(folder, name);
  const bytes = await workers.mergeSegmentsToFile(shared, path);
  return holdSegment(name, { bytes, constellations: openConstellationFile(path, bytes.byteLength) });
}
