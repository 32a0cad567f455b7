/** The open kit (bench/kit): its recordings fetched, its queries made, both kept for the next run. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { hasCommand } from '../measure/command.ts';
import { say } from '../report/progress.ts';
import { repositoryRoot } from '../report/results.ts';
import { readCsv } from './truth.ts';

export const kitFolder = join(repositoryRoot, 'bench/kit');
const installation = 'apt-get install -y ffmpeg sox espeak-ng python3-numpy python3-scipy python3-soundfile';

export type QueryPlan = {
  readonly seed: string;
  readonly n5: string;
  readonly n10: string;
  readonly n30: string;
  readonly nfull: string;
  readonly ncomp: string;
  readonly 'absent-scale': string;
  readonly only?: string | undefined;
  readonly speech?: string | undefined;
};

/** Where the kit's audio comes from: `corpus` is a list that is there, `packages` a choice of what is fetched. */
export type KitSource = {
  readonly corpus?: string | undefined;
  readonly packages?: string | undefined;
  readonly python?: string | undefined;
};

/** Gives the corpus' list: the given one, or the one fetched below `work`. */
export async function findCorpus(work: string, { corpus, packages, python }: KitSource): Promise<string> {
  if (corpus !== undefined) return resolve(corpus);
  const chosen = packages === undefined ? '' : `-${digest(packages)}`;
  return fetchCorpus(findPython(python), join(work, `corpus${chosen}`), packages);
}

/** Gives the folder below `work` that holds the plan's queries, made where they are not there yet. */
export async function findQueries(work: string, source: KitSource, plan: QueryPlan): Promise<string> {
  const corpus = await findCorpus(work, source);
  const folder = join(work, `queries-${digest(JSON.stringify([corpus, plan]))}`);
  if (!existsSync(join(folder, 'truth.csv'))) {
    await makeQueries(findPython(source.python), corpus, folder, plan, availableParallelism());
  }
  return folder;
}

/** The audio files of a list of the kit's (`id,path`). Relative paths are below the queries' own folder. */
export function readAudioList(list: string, folder: string): { id: string; path: string }[] {
  return readCsv(list, ['id', 'path']).map(({ id, path }) => ({
    id,
    path: isAbsolute(path) ? path : join(folder, 'q', basename(path)),
  }));
}

export function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 8);
}

/** Which Python has what the kit needs. On machines with several, the one in front is often not the system's. */
function findPython(given: string | undefined): string {
  const needed = ['ffmpeg', 'sox', 'espeak-ng'].filter((name) => !hasCommand(name));
  const candidates = given === undefined ? ['python3', '/usr/bin/python3'] : [given];
  const python = candidates.find(
    (name) => spawnSync(name, ['-c', 'import numpy, scipy, soundfile']).status === 0,
  );
  if (python === undefined) needed.push('a python3 with numpy, scipy and soundfile');
  if (python !== undefined && needed.length === 0) return python;
  throw new Error(`the kit needs ${needed.join(', ')}, which is not here; on Debian: ${installation}`);
}

/** Gives the corpus' list, fetched below `folder` where it is not there yet: about 1 GB of Debian packages. */
async function fetchCorpus(python: string, folder: string, packages: string | undefined): Promise<string> {
  const list = join(folder, 'corpus.csv');
  if (existsSync(list)) return list;
  mkdirSync(folder, { recursive: true });
  await runPython(python, 'fetch_corpus.py', [
    folder,
    ...(packages === undefined ? [] : ['--packages', packages]),
  ]);
  return list;
}

/** Makes the queries into `folder`, or goes on with what a run before left unfinished there. */
async function makeQueries(
  python: string,
  corpus: string,
  folder: string,
  plan: QueryPlan,
  jobs: number,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const options = Object.entries(plan).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  const fixed = ['--corpus', corpus, '--split', 'open', '--out', folder, '--jobs', String(jobs), '--resume'];
  await runPython(python, 'make_queries.py', [...fixed, ...options]);
}

/** What a script of the kit writes to its stdout. */
export async function askPython(
  python: string | undefined,
  script: string,
  args: readonly string[],
  input: string,
): Promise<string> {
  const child = spawn(findPython(python), [join(kitFolder, script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  child.stdin.end(input);
  const output = await text(child.stdout);
  const [status] = await closed;
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
  return output;
}

async function runPython(python: string, script: string, args: readonly string[]): Promise<void> {
  say(`${script} …`);
  const child = spawn(python, ['-u', join(kitFolder, script), ...args], {
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
}
