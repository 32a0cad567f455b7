/** What a run in this process is made of, by its options: references, queries, and a folder for its answers. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { parseArgs } from 'node:util';
import { parameterVersion } from '../../workers/fingerprint/parameters.ts';
import { findQueries } from '../quality/kit.ts';
import { say } from '../report/progress.ts';
import { cacheFolder } from '../report/results.ts';
import type { Named } from './catalog.ts';
import {
  type FingerprintedQuery,
  openQueries,
  openReferences,
  readFingerprints,
  sampleRows,
} from './query-folder.ts';

export type KitRun = {
  readonly references: readonly Named[];
  readonly queries: readonly FingerprintedQuery[];
  /** Answers are kept here. */
  readonly folder: string;
};

/** What is made where `--queries` does not say. */
export type Defaults = {
  readonly seed: string;
  readonly n5: string;
  readonly n10: string;
  readonly n30: string;
  readonly 'absent-scale': string;
};

const optional = { type: 'string' } as const;
const defaulting = (value: string) => ({ type: 'string', default: value }) as const;

/** Options every such bench takes, for `parseArgs`; bench/reliability.ts says what they mean. */
export const kitRunOptions = (defaults: Defaults) =>
  ({
    work: defaulting(join(cacheFolder, 'quality')),
    references: optional,
    queries: optional,
    sample: optional,
    resume: optional,
    corpus: optional,
    packages: optional,
    python: optional,
    seed: defaulting(defaults.seed),
    n5: defaulting(defaults.n5),
    n10: defaulting(defaults.n10),
    n30: defaulting(defaults.n30),
    'absent-scale': defaulting(defaults['absent-scale']),
    only: optional,
    speech: optional,
  }) as const;

type Options = ReturnType<typeof parseArgs<{ options: ReturnType<typeof kitRunOptions> }>>['values'];

export async function openKitRun(options: Options): Promise<KitRun> {
  const work = resolve(options.work);
  const folders = options.queries?.split(',').map((folder) => resolve(folder)) ?? [
    await makeQueries(work, options),
  ];
  const references =
    options.references === undefined
      ? await openReferences(folders[0] as string, join(work, `references-version-${parameterVersion}`))
      : readFingerprints(resolve(options.references));
  const perRow = options.sample === undefined ? undefined : Number(options.sample);
  const queries = sampleRows(await openQueries(folders), perRow);
  if (queries.length === 0) throw new Error(`no queries in ${folders.join(', ')}`);
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = options.resume === undefined ? join(work, 'runs', stamp) : resolve(options.resume);
  mkdirSync(folder, { recursive: true });
  say(`${references.length} recordings, ${queries.length} queries; answers: ${folder}`);
  return { references, queries, folder };
}

function makeQueries(work: string, options: Options): Promise<string> {
  const { seed, n5, n10, n30, 'absent-scale': absentScale, only, speech } = options;
  const plan = { seed, n5, n10, n30, nfull: '0', ncomp: '0', 'absent-scale': absentScale, only, speech };
  return findQueries(work, options, plan);
}
