/**
 * How cost grows with the catalog: the same recordings and queries among ten thousand, a hundred thousand and a million
 * others, and what that comes to at 86 million.
 *
 *   npm run bench:scale -- --recordings 10000,100000,1000000 --references FOLDER --queries FOLDER --sample 1
 *
 * The catalog is synthetic but for the references, which stand evenly among the others (`synthetic/recordings.ts`: real
 * constellations cut into pieces of about a second, each transposed; the result says how near their landmarks are to
 * real ones). For every size one process loads all of it into an embedded Postgres and builds the index from there, into
 * files, as a server that has lost its own; and one opens these files as a restart does and asks everything, on one
 * thread but where it says otherwise.
 * A million takes 10 GB of memory, 30 GB of disk and, on two quiet processors, about an hour and a half.
 *
 *   --recordings N,…  sizes of the catalog (10000,100000)
 *   --references      folder of fingerprint files: the real recordings
 *   --queries F,…     folders of the kit's queries with fingerprints
 *   --sample K        at the most K queries of each row (1)
 *   --timed N         10 s queries whose time is taken, for each set of transforms (60)
 *   --found N         queries of which it is seen whether they are found, evenly spread (all)
 *   --seed N          which synthetic recordings (1)
 *   --keep FILE       figures of sizes that were measured before; they are added to it as they come
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readFingerprints } from './in-process/query-folder.ts';
import { say } from './report/progress.ts';
import { cacheFolder, circumstancesOf, writeResults } from './report/results.ts';
import type { AskFigures } from './scale/ask.ts';
import { compareBuckets } from './scale/buckets.ts';
import type { BuildFigures } from './scale/build.ts';
import { runChild, type ScaleTask } from './scale/child.ts';
import { type Figures, scaleMarkdown, scaleSvg } from './scale/report.ts';

const { values: options } = parseArgs({
  options: {
    recordings: { type: 'string', default: '10000,100000' },
    references: { type: 'string' },
    queries: { type: 'string' },
    sample: { type: 'string', default: '1' },
    timed: { type: 'string', default: '60' },
    found: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string' },
  },
});
if (options.references === undefined || options.queries === undefined)
  throw new Error('--references and --queries say which recordings are planted and what is asked');
const circumstances = circumstancesOf('bench:scale');
const numbers = (list: string) => list.split(',').filter(Boolean).map(Number);
const references = resolve(options.references);
const queries = options.queries.split(',').map((folder) => resolve(folder));
const seed = Number(options.seed);
const keep = options.keep === undefined ? undefined : resolve(options.keep);
const measured: Figures[] =
  keep !== undefined && existsSync(keep) ? JSON.parse(readFileSync(keep, 'utf8')) : [];

for (const recordings of numbers(options.recordings)) {
  if (measured.some(({ build }) => build.recordings === recordings)) continue;
  measured.push(await measure(recordings));
  measured.sort((a, b) => a.build.recordings - b.build.recordings);
  if (keep !== undefined) writeFileSync(keep, JSON.stringify(measured, undefined, 1));
}
const buckets = compareBuckets(readFingerprints(references), seed);
writeResults('scale', circumstances, {
  markdown: scaleMarkdown(measured, buckets),
  json: { measured, buckets },
  svg: scaleSvg(measured),
});

async function measure(recordings: number): Promise<Figures> {
  mkdirSync(cacheFolder, { recursive: true });
  const dataDir = mkdtempSync(join(cacheFolder, 'scale-'));
  const [perRow, maxTimed] = [Number(options.sample), Number(options.timed)];
  const maxFound = Number(options.found);
  const task: ScaleTask = { references, queries, perRow, maxTimed, maxFound, recordings, seed, dataDir };
  try {
    const build = await runChild<BuildFigures>('build.ts', task);
    say(JSON.stringify(build));
    const ask = await runChild<AskFigures>('ask.ts', task);
    say(JSON.stringify({ ...ask, hitNames: ask.hitNames.length }));
    return { build, ask };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
