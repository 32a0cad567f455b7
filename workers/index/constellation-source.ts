/**
 * Where a segment's packed constellations are: in memory while it is small and new, else in its file. A search reads
 * the few that it verifies, and the operating system keeps in memory what is read often.
 */
import { readSync } from 'node:fs';

/** An open file, whoever deletes it, and where in it they begin. The file's owner closes it. */
export type ConstellationFile = { readonly fd: number; readonly at: number };

export type ConstellationSource = SharedArrayBuffer | ConstellationFile;

/** The bytes from `begin` up to `end`. */
export function readPacked(source: ConstellationSource, begin: number, end: number): Uint8Array {
  if (source instanceof SharedArrayBuffer) return new Uint8Array(source, begin, end - begin);
  const bytes = new Uint8Array(end - begin);
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(source.fd, bytes, at, bytes.length - at, source.at + begin + at);
    if (read === 0)
      throw new Error(`a segment file ends ${bytes.length - at} bytes before its constellations do`);
    at += read;
  }
  return bytes;
}
