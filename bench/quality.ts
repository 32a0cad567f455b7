/**
 * The robustness card: how surely altered recordings are found, and that nothing else is.
 *
 *   npm run bench:quality                                  about 15 h of music registered, 4,400 queries, 8 compilations
 *   npm run bench:quality -- --n10 4 --n5 2 --n30 0 --ncomp 1 --packages asc-music,btanks-data      a small one
 *   npm run bench:quality -- --plane 10 --transforms all   with the tempo × pitch plane, 10 excerpts a cell
 *   npm run bench:quality -- --results FOLDER              the card again from answers that are there
 *
 * It fetches the open kit's recordings, makes its queries (bench/kit), registers and scans them through the
 * command line, and writes bench/results/robustness-card.{md,json,svg}. What is made once is kept below --work; a
 * broken run goes on where it stopped.
 *
 *   --work FOLDER            where everything is kept (bench/cache/quality)
 *   --corpus FILE.csv        a corpus that is there (columns id,split,role,package,path,duration,codec)
 *   --packages A,B           only these Debian packages of the corpus
 *   --queries FOLDER         queries that are there, made by bench/kit/make_queries.py
 *   --n5 --n10 --n30 --nfull --ncomp --absent-scale --seed --only --speech     what is made: see make_queries.py
 *   --short N                unaltered excerpts of 3 s (0)
 *   --plane N                excerpts for each cell: tempo ×0.5…×1.5 by pitch −9…+12 semitones, and speed (0)
 *   --transforms X           none, common or all: given to `earmark scan`
 *   --synthetic N            registers N synthetic recordings too (`synthetic/recordings.ts`)
 *   --threads N  --decoder X given to earmark
 *   --python PATH            a Python with numpy, scipy and soundfile
 *   --results FOLDER         score these answers; needs no audio. `--queries` says where their truth is, unless it is there too
 *
 * Needs Debian's apt-get, ffmpeg with librubberband, sox, espeak-ng and Python; --results needs nothing.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeCard, type RunFacts } from './quality/card.ts';
import { cardMarkdown } from './quality/card-markdown.ts';
import { cardSvg } from './quality/card-svg.ts';
import { makeExcerpts } from './quality/excerpts.ts';
import { digest, findCorpus, findQueries, type QueryPlan } from './quality/kit.ts';
import {
  type Costs,
  type Earmark,
  indexSize,
  register,
  type Step,
  scan,
  writeManifest,
} from './quality/run-earmark.ts';
import { say } from './report/progress.ts';
import { cacheFolder, circumstancesOf, writeResults } from './report/results.ts';
import { writeSyntheticFingerprints } from './synthetic/fingerprint-files.ts';

const optional = { type: 'string' } as const;
const defaulting = (value: string) => ({ type: 'string', default: value }) as const;
const { values: options } = parseArgs({
  options: {
    work: defaulting(join(cacheFolder, 'quality')),
    corpus: optional,
    packages: optional,
    queries: optional,
    n5: defaulting('20'),
    n10: defaulting('40'),
    n30: defaulting('20'),
    nfull: defaulting('4'),
    ncomp: defaulting('8'),
    'absent-scale': defaulting('1'),
    seed: defaulting('1'),
    only: optional,
    speech: optional,
    short: defaulting('0'),
    plane: defaulting('0'),
    transforms: optional,
    synthetic: defaulting('0'),
    threads: optional,
    decoder: optional,
    python: optional,
    results: optional,
  },
});

const circumstances = circumstancesOf('bench:quality');
const queryFolders = options.queries === undefined ? [] : [resolve(options.queries)];
if (options.results !== undefined) {
  const results = resolve(options.results);
  writeCard(results, [results, ...queryFolders]);
} else {
  const results = await runEverything();
  say(`answers: ${results}`);
  writeCard(results, [results]);
}

function writeCard(results: string, truths: readonly string[]): void {
  const card = makeCard(results, truths);
  const { peers, facts, ...scores } = card;
  const json = { run: facts, ...scores, peers };
  writeResults('robustness-card', facts?.circumstances ?? circumstances, {
    markdown: cardMarkdown(card),
    json,
    svg: cardSvg(card),
  });
}

/** Gives the folder that holds the answers with their truth beside them. */
async function runEverything(): Promise<string> {
  const work = resolve(options.work);
  const queries = queryFolders[0] ?? (await findQueries(work, options, planOfQueries()));
  const excerpts = await findExcerpts(work);
  const results = join(work, 'runs', new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
  const dataDir = join(results, 'registry');
  mkdirSync(results, { recursive: true });
  cpSync(join(queries, 'truth.csv'), join(results, 'truth.csv'));
  cpSync(join(queries, 'comps.json'), join(results, 'comps.json'));
  if (excerpts !== undefined) cpSync(join(excerpts, 'truth.csv'), join(results, 'excerpts.csv'));

  const given = (['threads', 'decoder'] as const).flatMap((name) =>
    options[name] === undefined ? [] : [`--${name}`, options[name]],
  );
  const earmark: Earmark = { dataDir, options: given };
  const costs: Costs = {};
  const references = writeManifest(
    join(queries, 'refs.csv'),
    queries,
    join(results, 'references-manifest.csv'),
  );
  if (references === undefined) throw new Error(`no recordings to register in ${queries}`);
  costs.register = await register(earmark, references);
  const index = indexSize(earmark);
  if (Number(options.synthetic) > 0) {
    const manifest = await writeSyntheticFingerprints(
      references,
      Number(options.synthetic),
      Number(options.seed),
      join(work, 'synthetic'),
    );
    costs.registerSynthetic = await register(earmark, manifest);
  }
  const transforms = options.transforms === undefined ? [] : ['--transforms', options.transforms];
  const scans: [name: Step, list: string, folder: string][] = [
    ['queries', join(queries, 'queries.csv'), queries],
    ['compilations', join(queries, 'comps.csv'), queries],
  ];
  if (excerpts !== undefined) scans.push(['excerpts', join(excerpts, 'queries.csv'), excerpts]);
  for (const [name, list, folder] of scans) {
    const manifest = writeManifest(list, folder, join(results, `${name}-manifest.csv`));
    if (manifest !== undefined)
      costs[name] = await scan(earmark, manifest, join(results, `${name}.ndjson`), transforms);
  }
  const facts: RunFacts = {
    circumstances,
    costs,
    index,
    syntheticRecordings: Number(options.synthetic),
    ...(options.transforms === undefined ? {} : { transforms: options.transforms }),
  };
  writeFileSync(join(results, 'run.json'), `${JSON.stringify(facts, undefined, 1)}\n`);
  rmSync(dataDir, { recursive: true, force: true });
  return results;
}

function planOfQueries(): QueryPlan {
  const { seed, n5, n10, n30, nfull, ncomp, 'absent-scale': absentScale, only, speech } = options;
  return { seed, n5, n10, n30, nfull, ncomp, 'absent-scale': absentScale, only, speech };
}

async function findExcerpts(work: string): Promise<string | undefined> {
  const plan = { plane: Number(options.plane), short: Number(options.short), seed: Number(options.seed) };
  if (plan.plane + plan.short === 0) return undefined;
  const corpus = await findCorpus(work, options);
  const folder = join(work, `excerpts-${digest(JSON.stringify([corpus, plan]))}`);
  await makeExcerpts(corpus, folder, plan);
  return folder;
}
