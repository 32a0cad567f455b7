/**
 * The file of a segment, kept open for whoever reads constellations in it: threads read by the number of the open file,
 * and another process may delete it meanwhile. It is closed when nothing in this process knows of it any more, neither
 * the index nor a task (`workers/pool.ts`).
 */
import { closeSync, openSync } from 'node:fs';
import type { ConstellationFile } from '../../workers/index/constellation-source.ts';

const unknown = new FinalizationRegistry<number>((fd) => closeSync(fd));

/** @param at Where in the file constellations begin. */
export function openConstellationFile(path: string, at: number): ConstellationFile {
  const file = { fd: openSync(path, 'r'), at };
  unknown.register(file, file.fd);
  return file;
}
