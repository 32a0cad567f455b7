/**
 * Writes while reading: registering ready fingerprints at a steady rate, and taking down, while searches go on.
 *
 *   npm run bench:writes -- [--recordings 3000] [--rate 220] [--seconds 120] [--searches 4] [--take-downs 10]
 *                           [--quiet 60] [--streams 2] [--one-by-one] [--references FOLDER] [--seed 1]
 *
 * Two real servers, each with an index of its own, follow one embedded Postgres that waits for its disk. Recordings are
 * synthetic ones made of real ones (`synthetic/recordings.ts`), the bundled or a folder's fingerprint files. In turn:
 *
 *   filling     --recordings as fast as the first server takes them, nothing else going on
 *   quiet       only searches: 10 s excerpts of real recordings at the first server, --searches a second, one in two
 *               with every transform, each begun at its time whatever became of the ones before; for --quiet seconds
 *   writing     the same with --rate registrations a second for --seconds, in --streams streams (or, with --one-by-one,
 *               as single requests, 8 at a time); every second one that was just acknowledged is asked for at both servers
 *   taking down the same searches while --take-downs percent of all recordings are removed, one request each
 *   after       only searches again, once merges have ended
 *
 * A search counts as during a merge when the server's `earmark_index_merging` said so within it, looked at 4 times a second.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openEmbeddedPostgres } from '../api/store/embedded-postgres.ts';
import {
  decodeFingerprint,
  encodeFingerprint,
  thinToReference,
} from '../workers/fingerprint/fingerprint-file.ts';
import { readFingerprints } from './in-process/query-folder.ts';
import { inParallel } from './measure/command.ts';
import { audioFilesIn } from './measure/mix.ts';
import { cpuSecondsOf, cpuSecondsOfPostgres, postmasterPids } from './measure/process-tree.ts';
import { startServer } from './measure/server.ts';
import { openProgress, say } from './report/progress.ts';
import { bundledCatalog, cacheFolder, circumstancesOf } from './report/results.ts';
import { seededRandom } from './report/statistics.ts';
import { excerptOf } from './synthetic/excerpt.ts';
import { fingerprintFiles, syntheticFingerprint, syntheticSeed } from './synthetic/fingerprint-files.ts';
import {
  type Excerpt,
  type Sample,
  type Search,
  searchSteadily,
  timeUntil,
  watch,
} from './writes/observe.ts';
import { registerAll } from './writes/register-all.ts';
import { type Asked, indexFigures, type NewRecording, remove } from './writes/registry-client.ts';
import { type Phase, report } from './writes/report.ts';

const { values: options } = parseArgs({
  options: {
    recordings: { type: 'string', default: '3000' },
    rate: { type: 'string', default: '220' },
    seconds: { type: 'string', default: '120' },
    searches: { type: 'string', default: '4' },
    quiet: { type: 'string', default: '60' },
    'take-downs': { type: 'string', default: '10' },
    streams: { type: 'string', default: '2' },
    'one-by-one': { type: 'boolean', default: false },
    references: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const [fillCount, rate, seconds] = [
  Number(options.recordings),
  Number(options.rate),
  Number(options.seconds),
];
const seed = Number(options.seed);
const quietSeconds = Number(options.quiet);
const excerptMs = 10_000;
/** At rest: nothing merged for so long. */
const settleMs = 5000;
const settleLimitMs = 300_000;
/** Removals at a time. */
const inFlight = 8;
const how = { streams: options['one-by-one'] ? 0 : Number(options.streams), onAcknowledged: acknowledge };

const circumstances = circumstancesOf('bench:writes');
const random = seededRandom(seed);
const real =
  options.references === undefined
    ? await fingerprintFiles(audioFilesIn(bundledCatalog))
    : readFingerprints(resolve(options.references)).map(({ fingerprint }) => fingerprint);
const sources = real.map((fingerprint) => thinToReference(fingerprint).constellation);
const recordings: NewRecording[] = [];
const making = openProgress('making recordings', fillCount + rate * seconds);
for (let i = 0; i < fillCount + rate * seconds; i++) {
  const fingerprint = real[i] ?? syntheticFingerprint(sources, syntheticSeed(seed, i));
  recordings.push({ externalId: `recording-${i}`, fingerprint: encodeFingerprint(fingerprint) });
  making.step('');
}
making.end();
const excerpts: Excerpt[] = real.map((fingerprint, i) => ({
  externalId: `recording-${i}`,
  fingerprint: excerptOf(fingerprint, excerptMs, random),
}));

const zero = performance.now();
const now = () => performance.now() - zero;
mkdirSync(cacheFolder, { recursive: true });
const root = mkdtempSync(join(cacheFolder, 'writes-'));
const postgres = await openEmbeddedPostgres({ dataDir: join(root, 'database') });
const environment = { DATABASE_URL: postgres.databaseUrl, EARMARK_RATE_LIMIT_PER_MINUTE: '10000000' };
const first = await startServer(join(root, 'first'), environment);
const second = await startServer(join(root, 'second'), environment, first.key);
const [postmaster] = postmasterPids(join(root, 'database')) as [number];
const known = new Map<
  string,
  { readonly recordingId: string; readonly fingerprint: Uint8Array<ArrayBuffer> }
>();
const soon: { first: number[]; second: number[]; goneFirst: number[]; goneSecond: number[] } = {
  first: [],
  second: [],
  goneFirst: [],
  goneSecond: [],
};
/** What was acknowledged last. */
let newest: string | undefined;

try {
  const fillSeconds = await fill();
  await settled();
  const quiet = await phase('quiet', quietSeconds, async (isOver) => {
    while (!isOver()) await sleep(100);
    return 0;
  });
  const writing = await phase('writing', seconds, write);
  const filesBefore = filesOf();
  await settled();
  const before = { ...(await state()), files: filesBefore };
  const takingDown = await phase('taking down', Number.POSITIVE_INFINITY, takeDown);
  await settled();
  const after = { ...(await state()), files: filesOf() };
  const ending = await phase('after', quietSeconds, async (isOver) => {
    while (!isOver()) await sleep(100);
    return 0;
  });
  const resting = await state();
  report({
    circumstances,
    rate,
    fill: { count: fillCount, seconds: fillSeconds },
    phases: [quiet, writing, takingDown, ending],
    soon,
    before,
    after,
    resting: resting.residentBytes,
  });
} finally {
  await Promise.all([first.end(), second.end()]);
  await postgres.close();
  rmSync(root, { recursive: true, force: true });
}

/** Runs the searches beside some work; both end when the time is over, or the work is done where there is no time. */
async function phase(
  name: string,
  limitSeconds: number,
  work: (isOver: () => boolean) => Promise<number>,
): Promise<Phase> {
  say(`${name}, load average ${loadavg()[0]?.toFixed(1)}`);
  const begun = now();
  let isDone = false;
  const isOver = () => isDone || now() > begun + limitSeconds * 1000;
  const pids = { server: first.pid, other: second.pid, postgres: postmaster };
  const watching: Promise<Sample[]> = watch(first, pids, { isOver, now });
  const searching: Promise<Search[]> = searchSteadily(first, excerpts, {
    perSecond: Number(options.searches),
    isOver,
    now,
  });
  const cpuBefore = cpuSeconds();
  const count = await work(isOver);
  const workMs = now() - begun;
  const cpu = cpuSeconds().map((used, i) => used - (cpuBefore[i] as number)) as unknown as Phase['cpu'];
  isDone = true;
  const [samples, searches] = await Promise.all([watching, searching]);
  return { name, begun, workMs, count, cpu, samples, searches, loadAtEnd: loadavg()[0] ?? 0 };
}

function cpuSeconds(): Phase['cpu'] {
  return [cpuSecondsOf(first.pid), cpuSecondsOf(second.pid), cpuSecondsOfPostgres(postmaster)];
}

async function fill(): Promise<number> {
  say('filling');
  const begun = now();
  await registerAll(first, recordings.slice(0, fillCount), {
    ...how,
    perSecond: Number.POSITIVE_INFINITY,
  });
  return (now() - begun) / 1000;
}

async function write(isOver: () => boolean): Promise<number> {
  const before = known.size;
  let isWriting = true;
  const probing = probe(() => !isWriting || isOver());
  await registerAll(first, recordings.slice(fillCount), { ...how, perSecond: rate });
  isWriting = false;
  await probing;
  return known.size - before;
}

function acknowledge({ recordingId }: { readonly recordingId: string }, externalId: string): void {
  const { fingerprint } = recordings[Number(externalId.slice('recording-'.length))] as NewRecording;
  known.set(externalId, { recordingId, fingerprint });
  newest = externalId;
}

/** Every second: from the acknowledgement of the newest recording to the answers of both servers that have it. */
async function probe(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    newest = undefined;
    while (newest === undefined && !isOver()) await sleep(1);
    if (newest === undefined) return;
    const { fingerprint } = known.get(newest) as { fingerprint: Uint8Array<ArrayBuffer> };
    const excerpt = {
      externalId: newest,
      fingerprint: excerptOf(decodeFingerprint(fingerprint), excerptMs, random),
    };
    const [atFirst, atSecond] = await Promise.all([
      timeUntil(first, excerpt, true),
      timeUntil(second, excerpt, true),
    ]);
    soon.first.push(atFirst);
    soon.second.push(atSecond);
    await sleep(1000);
  }
}

/** Every n-th of the synthetic ones, so that every segment of the index loses some. */
async function takeDown(): Promise<number> {
  const share = Number(options['take-downs']) / 100;
  const chosen = [...known.entries()].slice(real.length).filter(() => random() < share);
  const progress = openProgress('taking down', chosen.length);
  await inParallel(
    [...chosen.entries()],
    inFlight,
    async ([i, [externalId, { recordingId, fingerprint }]]) => {
      await remove(first, recordingId);
      known.delete(externalId);
      progress.step('');
      if (i % 100 !== 0) return;
      const excerpt = {
        externalId,
        fingerprint: excerptOf(decodeFingerprint(fingerprint), excerptMs, random),
      };
      soon.goneFirst.push(await timeUntil(first, excerpt, false));
      soon.goneSecond.push(await timeUntil(second, excerpt, false));
    },
  );
  progress.end();
  return chosen.length;
}

/** Both are at the end of the feed, and have not merged for a while. */
async function settled(): Promise<void> {
  const isSettled = async (asked: Pick<Asked, 'address'>) => {
    const before = await indexFigures(asked);
    await sleep(settleMs);
    const after = await indexFigures(asked);
    return after.lag === 0 && after.merging === 0 && after.merges === before.merges;
  };
  const limit = now() + settleLimitMs;
  while (now() < limit) if ((await Promise.all([isSettled(first), isSettled(second)])).every(Boolean)) return;
  throw new Error(`the indexes do not come to rest within ${settleLimitMs} ms`);
}

async function state() {
  const [sample] = await watch(
    first,
    { server: first.pid, other: second.pid, postgres: postmaster },
    { isOver: once(), now },
  );
  return sample as Sample;
}

function once(): () => boolean {
  let looks = 0;
  return () => looks++ > 0;
}

/** Of the first server's index. */
function filesOf(): number {
  const folder = join(root, 'first/index');
  return readdirSync(folder).reduce((sum, name) => {
    try {
      return sum + statSync(join(folder, name)).size;
    } catch {
      // Replaced since the folder was listed.
      return sum;
    }
  }, 0);
}
