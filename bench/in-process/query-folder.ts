/**
 * Queries as fingerprint files: a folder of the kit's (`truth.csv`, `refs.csv`, `queries.csv`) with
 * `fingerprints/NAME.earmark` beside them. What is not there yet is made from the folder's audio.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { decodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { readAudioList } from '../quality/kit.ts';
import { type Query, readTruth } from '../quality/truth.ts';
import { say } from '../report/progress.ts';
import { fingerprintEach } from '../synthetic/fingerprint-files.ts';
import type { Named } from './catalog.ts';

export type FingerprintedQuery = {
  readonly query: Query;
  /** Of a fingerprint file at query density. */
  readonly path: string;
};

/** Queries of several folders have their folder's name before their own: the kit numbers those of every seed alike. */
export async function openQueries(folders: readonly string[]): Promise<FingerprintedQuery[]> {
  const all: FingerprintedQuery[] = [];
  for (const folder of folders) {
    const truth = readTruth(join(folder, 'truth.csv'));
    const fingerprints = join(folder, 'fingerprints');
    await makeMissing(
      truth.map(({ name }) => name),
      join(folder, 'queries.csv'),
      folder,
      fingerprints,
    );
    const prefix = folders.length > 1 ? `${basename(folder)}/` : '';
    for (const query of truth) {
      const named = { ...query, name: `${prefix}${query.name}` };
      all.push({ query: named, path: fileOf(fingerprints, query.name) });
    }
  }
  return all;
}

/** The references of a folder of the kit's; their fingerprints are kept in `fingerprints`. */
export async function openReferences(queryFolder: string, fingerprints: string): Promise<Named[]> {
  const list = join(queryFolder, 'refs.csv');
  const names = readAudioList(list, queryFolder).map(({ id }) => id);
  await makeMissing(names, list, queryFolder, fingerprints);
  return names.map((name) => readNamed(fingerprints, name));
}

/** All fingerprint files below a folder, in the order of their paths. */
export function readFingerprints(folder: string): Named[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.earmark'))
    .sort();
  if (files.length === 0) throw new Error(`no fingerprint files in ${folder}`);
  return files.map((file) => readNamed(join(folder, dirname(file)), basename(file, '.earmark')));
}

/** So many of each row (an attack at a length), evenly spread over it; all where `perRow` is undefined. */
export function sampleRows(
  queries: readonly FingerprintedQuery[],
  perRow: number | undefined,
): FingerprintedQuery[] {
  if (perRow === undefined) return [...queries];
  const rows = Map.groupBy(queries, ({ query }) => `${query.attack}/${query.length}`);
  return [...rows.values()].flatMap((members) => {
    const count = Math.min(perRow, members.length);
    return Array.from(
      { length: count },
      (_, i) => members[Math.floor((i * members.length) / count)] as FingerprintedQuery,
    );
  });
}

async function makeMissing(
  names: readonly string[],
  list: string,
  folder: string,
  fingerprints: string,
): Promise<void> {
  const missing = new Set(names.filter((name) => !existsSync(fileOf(fingerprints, name))));
  if (missing.size === 0) return;
  const audio = existsSync(list) ? readAudioList(list, folder).filter(({ id }) => missing.has(id)) : [];
  if (audio.length < missing.size) {
    const [first] = missing;
    throw new Error(
      `${missing.size} fingerprint files (${first}, …) are not in ${fingerprints}, and no audio in ${list}`,
    );
  }
  say(`fingerprints into ${fingerprints}`);
  mkdirSync(fingerprints, { recursive: true });
  await fingerprintEach(
    audio.map(({ path }) => path),
    (bytes, i) => {
      const target = fileOf(fingerprints, (audio[i] as { id: string }).id);
      writeFileSync(`${target}.part`, bytes);
      renameSync(`${target}.part`, target);
    },
  );
}

function readNamed(folder: string, name: string): Named {
  return { name, fingerprint: decodeFingerprint(readFileSync(fileOf(folder, name))) };
}

function fileOf(folder: string, name: string): string {
  return join(folder, `${name}.earmark`);
}
