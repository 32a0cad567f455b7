/** One process of bench:scale: opens the files of an index, as a restart does, and asks it everything. */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { openIndex } from '../../api/registry/index-follower.ts';
import { decodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { openSegment } from '../../workers/index/segment.ts';
import { matchUpload } from '../../workers/match/match-upload.ts';
import { openWorkers } from '../../workers/pool.ts';
import { type TransformSet, transformSets } from '../../workers/protocol.ts';
import {
  type FingerprintedQuery,
  openQueries,
  readFingerprints,
  sampleRows,
} from '../in-process/query-folder.ts';
import { openProgress } from '../report/progress.ts';
import { median, quantile } from '../report/statistics.ts';
import { catalogFeed, indexOfReference, openCatalog } from './catalog.ts';
import { readTask, residentBytes, tell, threadCount } from './child.ts';
import { strungTogether, uploadOf } from './uploads.ts';

export type Timed = {
  readonly what: string;
  readonly transforms: TransformSet;
  readonly queries: number;
  readonly cpuMedianMs: number;
  readonly cpu99Ms: number;
  readonly wallMedianMs: number;
  readonly wall99Ms: number;
};
type Found = {
  readonly hits: number;
  readonly present: number;
  readonly falseMatches: number;
  readonly absent: number;
};
export type AskFigures = {
  readonly recordings: number;
  readonly restartSeconds: number;
  readonly residentBytes: number;
  readonly timed: readonly Timed[];
  readonly queriesPerSecond: number;
  readonly found: Found;
  /** Queries whose answer was the recording in them, to compare sizes by. */
  readonly hitNames: readonly string[];
};

const warmUps = 5;

const { references, queries: folders, perRow, maxTimed, maxFound, recordings, seed, dataDir } = readTask();
const real = readFingerprints(references);
const catalog = openCatalog(real, recordings, seed);
const queries = sampleRows(await openQueries(folders), perRow);
const workers = openWorkers({ threadCount, maxQueued: 10_000 });
const begun = performance.now();
const log = pino({ level: 'warn' }, pino.destination(2));
const index = await openIndex({ store: catalogFeed(catalog), workers, log, dataDir });
const fromFiles = index.position();
await index.catchUp();
const restartSeconds = (performance.now() - begun) / 1000;
if (fromFiles !== recordings) throw new Error(`the files hold ${fromFiles} of ${recordings} recordings`);
const segments = index.segments().map((shared) => ({
  segment: openSegment(shared),
  tombstones: new Uint8Array(shared.tombstones),
}));

const tenSeconds = queries.filter(({ query }) => query.length === '10');
const timed = transformSets.map((transforms) =>
  time(
    '10 s',
    transforms,
    spread(tenSeconds, maxTimed).map(({ path }) => readFileSync(path)),
  ),
);
const absent = queries
  .filter(({ query }) => query.expected === '')
  .map(({ path }) => decodeFingerprint(readFileSync(path)));
const long = real.map(({ fingerprint }) => fingerprint).filter(({ durationMs }) => durationMs >= 240_000);
timed.push(
  time(
    '4 min of a registered recording',
    'none',
    long.slice(0, 10).map((one) => uploadOf(one, 240)),
  ),
  ...transformSets.map((transforms) =>
    time('4 min of strangers', transforms, [
      strungTogether(absent, 240),
      strungTogether(absent.slice(absent.length >> 1), 240),
    ]),
  ),
  time('1 h mix, every second piece registered', 'none', [strungTogether(alternating(), 3600)]),
);
const queriesPerSecond = await throughput(spread(tenSeconds, Math.max(maxTimed, 100)));
const resident = residentBytes();
const { found, hitNames } = findAll();
await index.close();
await workers.close();
tell<AskFigures>({
  recordings,
  restartSeconds,
  residentBytes: resident,
  timed,
  queriesPerSecond,
  found,
  hitNames,
});

function spread<Item>(items: readonly Item[], most: number): Item[] {
  const count = Math.min(items.length, most);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)] as Item);
}

/** Pieces of three minutes of registered recordings, and strangers between them. */
function alternating() {
  return real
    .slice(0, 20)
    .flatMap(({ fingerprint }, i) => [
      decodeFingerprint(uploadOf(fingerprint, 180)),
      ...absent.slice(i, i + 3),
    ]);
}

/** On this thread, one after the other; the first few of many twice, of which the first time is not counted. */
function time(what: string, transforms: TransformSet, uploads: readonly Uint8Array[]): Timed {
  const progress = openProgress(`${recordings} recordings: ${what}, ${transforms}`, uploads.length);
  if (uploads.length > warmUps)
    for (const upload of uploads.slice(0, warmUps)) matchUpload(upload, segments, { transforms });
  const [cpu, wall]: [number[], number[]] = [[], []];
  for (const upload of uploads) {
    const [cpuBefore, wallBefore] = [process.cpuUsage(), performance.now()];
    matchUpload(upload, segments, { transforms });
    const { user, system } = process.cpuUsage(cpuBefore);
    cpu.push((user + system) / 1000);
    wall.push(performance.now() - wallBefore);
    progress.step('');
  }
  progress.end();
  const of = (values: readonly number[], share: number) => quantile(values, share) ?? Number.NaN;
  return {
    what,
    transforms,
    queries: uploads.length,
    cpuMedianMs: median(cpu) ?? Number.NaN,
    cpu99Ms: of(cpu, 0.99),
    wallMedianMs: median(wall) ?? Number.NaN,
    wall99Ms: of(wall, 0.99),
  };
}

/** Unaltered only, all threads busy. */
async function throughput(asked: readonly FingerprintedQuery[]): Promise<number> {
  const uploads = asked.map(({ path }) => readFileSync(path));
  const ask = (fingerprint: Uint8Array) =>
    workers.match({ segments: index.segments(), fingerprint, transforms: 'none' });
  await Promise.all(uploads.slice(0, 4 * threadCount).map(ask));
  const from = performance.now();
  await Promise.all(uploads.map(ask));
  return (uploads.length * 1000) / (performance.now() - from);
}

function findAll(): { readonly found: Found; readonly hitNames: string[] } {
  const asked = spread(queries, maxFound);
  const progress = openProgress(`${recordings} recordings: what is found`, asked.length);
  const hitNames: string[] = [];
  let [present, falseMatches, strangers] = [0, 0, 0];
  for (const { query, path } of asked) {
    const { matches } = matchUpload(readFileSync(path), segments, { transforms: 'all' });
    const [best] = matches;
    const name = best && catalog.nameOf(indexOfReference(best.referenceId));
    if (query.expected === '') {
      strangers++;
      if (best !== undefined) falseMatches++;
    } else {
      present++;
      if (name !== undefined && (name === query.expected || name === query.also)) hitNames.push(query.name);
    }
    progress.step(query.name);
  }
  progress.end();
  return { found: { hits: hitNames.length, present, falseMatches, absent: strangers }, hitNames };
}
