/**
 * What matching alone costs, the fingerprint given: processor time of a 10 s query, by transforms and by size of
 * the catalog.
 *
 *   npm run bench:match -- [--references FOLDER --queries FOLDER [--truth FILE.csv]] [--only REGEX] [--max-queries 200]
 *                          [--seconds 10] [--transforms none,common,all] [--synthetic 0,1000,10000] [--seed 1]
 *
 * The folders hold fingerprint files (`earmark fingerprint`); without them the bundled catalog and its uploads are
 * fingerprinted first. A query longer than --seconds is cut into pieces of that length (its peaks keep the ranks
 * they had). Segments are built in this process, as the index holds them after its merges, and every query is
 * matched on this one thread: what is counted is the user and system time of the process for each, so the
 * garbage collector's threads are in it. The first queries of every setting run twice, and the first time is not
 * counted: a server has its code compiled.
 *
 * The catalog grows by synthetic recordings (`synthetic/recordings.ts`: real constellations cut into pieces of about
 * a second, shuffled, transposed). With --truth, the `truth.csv` of bench/kit/make_queries.py, the share of hits
 * and of false matches is reported by catalog as well.
 */
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeFingerprint } from '../workers/fingerprint/fingerprint-file.ts';
import { frameMs } from '../workers/fingerprint/parameters.ts';
import { matchUpload } from '../workers/match/match-upload.ts';
import { type ReferenceMatch, type TransformSet, transformSets } from '../workers/protocol.ts';
import { buildCatalog, type Catalog, type Named } from './in-process/catalog.ts';
import { cut } from './in-process/cut.ts';
import { readFingerprints } from './in-process/query-folder.ts';
import { type Measurement, reportMatching } from './match/report.ts';
import { audioFilesIn } from './measure/mix.ts';
import { type Query, readTruth } from './quality/truth.ts';
import { openProgress } from './report/progress.ts';
import { bundledCatalog, circumstancesOf } from './report/results.ts';
import { mean, median, quantile } from './report/statistics.ts';
import { fingerprintFiles } from './synthetic/fingerprint-files.ts';

const { values: options } = parseArgs({
  options: {
    references: { type: 'string' },
    queries: { type: 'string' },
    truth: { type: 'string' },
    only: { type: 'string', default: '' },
    'max-queries': { type: 'string', default: '200' },
    seconds: { type: 'string', default: '10' },
    transforms: { type: 'string', default: transformSets.join() },
    synthetic: { type: 'string', default: '0,1000,10000' },
    seed: { type: 'string', default: '1' },
  },
});

const warmUpQueries = 20;

type Asked = { readonly name: string; readonly bytes: Uint8Array };
const circumstances = circumstancesOf('bench:match');
const sizes = options.synthetic
  .split(',')
  .map(Number)
  .sort((a, b) => a - b);
const sets = options.transforms.split(',').map(transformSetOf);
const truth = new Map(
  (options.truth === undefined ? [] : readTruth(resolve(options.truth))).map((query) => [query.name, query]),
);
const references =
  options.references === undefined ? await bundled('catalog') : readFingerprints(resolve(options.references));
const queries = cutQueries(
  options.queries === undefined ? await bundled('uploads') : readFingerprints(resolve(options.queries)),
);
if (queries.length === 0) throw new Error('no queries');
const asked = {
  queryCount: queries.length,
  seconds: options.seconds,
  only: options.only,
  referenceCount: references.length,
};
reportMatching(measureAll(), asked, circumstances);

function transformSetOf(name: string): TransformSet {
  const known = transformSets.find((set) => set === name);
  if (known === undefined)
    throw new Error(`--transforms knows ${transformSets.join(', ')}, received ${name}`);
  return known;
}

async function bundled(folder: 'catalog' | 'uploads'): Promise<Named[]> {
  const files = audioFilesIn(join(bundledCatalog, '..', folder));
  const fingerprints = await fingerprintFiles(files);
  return fingerprints.map((fingerprint, i) => ({ name: basename(files[i] as string), fingerprint }));
}

/** Evenly spread over the list, so that a few of many are of every kind. */
function cutQueries(all: readonly Named[]): Asked[] {
  const wanted = new RegExp(options.only);
  const seconds = Number(options.seconds);
  const pieces = all
    .filter(({ name }) => wanted.test(name))
    .flatMap(({ name, fingerprint }): Asked[] => {
      const count = Math.max(1, Math.floor(fingerprint.durationMs / 1000 / seconds));
      if (count === 1) return [{ name, bytes: encodeFingerprint(fingerprint) }];
      return Array.from({ length: count }, (_, i) => ({
        name: `${name}/${i}`,
        bytes: encodeFingerprint(
          cut(fingerprint, (i * seconds * 1000) / frameMs, (seconds * 1000) / frameMs),
        ),
      }));
    });
  const count = Math.min(pieces.length, Number(options['max-queries']));
  return Array.from({ length: count }, (_, i) => pieces[Math.floor((i * pieces.length) / count)] as Asked);
}

function measureAll(): Measurement[] {
  const measurements: Measurement[] = [];
  for (const size of sizes) {
    const catalog = buildCatalog(references, { count: size, seed: Number(options.seed) });
    for (const transforms of sets) measurements.push(measure(catalog, transforms));
  }
  return measurements;
}

function measure(catalog: Catalog, transforms: TransformSet): Measurement {
  const { segments, syntheticRecordings } = catalog;
  for (const { bytes } of queries.slice(0, warmUpQueries)) matchUpload(bytes, segments, { transforms });
  const milliseconds: number[] = [];
  const unmatched: number[] = [];
  let [matched, hits, present, falseMatches, absent] = [0, 0, 0, 0, 0];
  const progress = openProgress(
    `${syntheticRecordings} synthetic recordings, transforms ${transforms}: matching`,
    queries.length,
  );
  for (const { name, bytes } of queries) {
    const before = process.cpuUsage();
    const { matches } = matchUpload(bytes, segments, { transforms });
    const { user, system } = process.cpuUsage(before);
    milliseconds.push((user + system) / 1000);
    if (matches.length > 0) matched++;
    else unmatched.push((user + system) / 1000);
    const query = truth.get(name);
    if (query?.expected === '') {
      absent++;
      if (matches.length > 0) falseMatches++;
    } else if (query !== undefined) {
      present++;
      if (isHit(query, matches[0], catalog)) hits++;
    }
    progress.step('');
  }
  progress.end();
  return {
    transforms,
    syntheticRecordings,
    catalogHours: catalog.seconds / 3600,
    segmentBytes: catalog.bytes,
    queries: queries.length,
    medianMs: median(milliseconds) as number,
    p95Ms: quantile(milliseconds, 0.95) as number,
    meanMs: mean(milliseconds),
    unmatchedMedianMs: median(unmatched),
    matched,
    hits: present === 0 ? undefined : { count: hits, of: present },
    falseMatches: absent === 0 ? undefined : { count: falseMatches, of: absent },
  };
}

function isHit({ expected, also }: Query, best: ReferenceMatch | undefined, catalog: Catalog): boolean {
  const name = best && catalog.nameOf(best.referenceId);
  return name === expected || name === also;
}
