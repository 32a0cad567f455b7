/**
 * What a catalog hundreds of times as large costs: the queries of the card asked of the real recordings alone, and
 * of the same among synthetic ones (`synthetic/recordings.ts`), row beside row.
 *
 *   npm run bench:synthetic -- --count 2000 --sample 4                a small one
 *   npm run bench:synthetic -- --count 100000 --sample 20             5,700 h
 *   npm run bench:synthetic -- … --resume FOLDER                      goes on with a broken run
 *
 * `bench:quality --synthetic N` asks them through the command line and a database (about 200 registered a second). Here
 * segments are built in this process from fingerprint files, as the index holds them after its merges, and queries
 * are matched on one thread: 100,000 take 4 minutes and 4.5 GB of memory to build, 1.7 GB when built. Answers
 * are written as they come, so a broken run goes on where it stopped: the catalog is built again, the same by its
 * seed. Writes bench/results/synthetic.{md,json,svg}.
 *
 *   --count N           synthetic recordings (10000)
 *   --synthetic-seed N  which ones (1)
 *   --transforms X      none, common or all (all)
 *   --sample K          at the most K queries of each row; absent ones are rows too
 *   --work --references --queries --corpus --packages --python --seed --n5 --n10 --n30 --absent-scale --only --speech
 *                       as of bench:reliability, of which only the defaults differ: the card's queries
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { transformSets } from '../workers/protocol.ts';
import { askAll } from './in-process/ask.ts';
import { buildCatalog } from './in-process/catalog.ts';
import { kitRunOptions, openKitRun } from './in-process/kit-run.ts';
import { readAnswers } from './quality/answers.ts';
import { circumstancesOf, writeResults } from './report/results.ts';
import { mean } from './report/statistics.ts';
import { compare, comparisonMarkdown, comparisonSvg } from './synthetic/comparison.ts';

const defaults = { seed: '1', n5: '20', n10: '40', n30: '20', 'absent-scale': '1' };
const { values: options } = parseArgs({
  options: {
    ...kitRunOptions(defaults),
    count: { type: 'string', default: '10000' },
    'synthetic-seed': { type: 'string', default: '1' },
    transforms: { type: 'string', default: 'all' },
  },
});
const transforms = transformSets.find((set) => set === options.transforms);
if (transforms === undefined)
  throw new Error(`--transforms knows ${transformSets.join(', ')}, received ${options.transforms}`);
const synthetic = { count: Number(options.count), seed: Number(options['synthetic-seed']) };
const circumstances = circumstancesOf('bench:synthetic');
const { references, queries, folder } = await openKitRun(options);
refuseOtherRun();
const comparison = compare(
  queries.map(({ query }) => query),
  ask('alone.ndjson', 0),
  ask('among-synthetic.ndjson', synthetic.count),
);
writeResults('synthetic', circumstances, {
  markdown: comparisonMarkdown(comparison),
  json: { transforms, synthetic, ...comparison },
  svg: comparisonSvg(comparison),
});

/** The catalog is let go before the next one is built. */
function ask(name: string, count: number) {
  const catalog = buildCatalog(references, { ...synthetic, count });
  const file = join(folder, name);
  const cpuMs = askAll(catalog, queries, file, { transforms: transforms ?? 'all' });
  const facts = {
    recordings: catalog.realRecordings + catalog.syntheticRecordings,
    hours: catalog.seconds / 3600,
    bytes: catalog.bytes,
    cpuMs: mean(queries.map(({ query }) => cpuMs.get(query.name) as number)),
  };
  return { claims: readAnswers(file).claims, facts };
}

/** A folder's answers are of one catalog. */
function refuseOtherRun(): void {
  const file = join(folder, 'synthetic.json');
  const own = JSON.stringify({ ...synthetic, transforms });
  if (!existsSync(file)) writeFileSync(file, own);
  else if (readFileSync(file, 'utf8') !== own)
    throw new Error(`${folder} holds answers of ${readFileSync(file, 'utf8')}, asked for was ${own}`);
}
