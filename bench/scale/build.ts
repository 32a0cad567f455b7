/**
 * One process of bench:scale: so many recordings in an embedded Postgres, and an index made of what lies there, into
 * files, as by a process that has lost its own.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../api/config.ts';
import { closeContext, openContext, openStoreContext, under } from '../../api/context.ts';
import { ensureParty } from '../../api/registry/ensure-party.ts';
import { openEmbeddedPostgres } from '../../api/store/embedded-postgres.ts';
import { readFingerprints } from '../in-process/query-folder.ts';
import { cpuSecondsOfPostgres, postmasterPids } from '../measure/process-tree.ts';
import { openProgress } from '../report/progress.ts';
import { fingerprintBytesPerSecond, openCatalog } from './catalog.ts';
import { readTask, residentBytes, tell } from './child.ts';
import { loadCatalog } from './load.ts';

export type BuildFigures = {
  readonly recordings: number;
  readonly hours: number;
  /** Into Postgres by COPY, synthetic fingerprints made on the way. */
  readonly loadSeconds: number;
  /** From nothing to an index that has caught up, and answers. */
  readonly rebuildSeconds: number;
  /** The same, until nothing is left to merge and all is in files. */
  readonly restSeconds: number;
  readonly cpuSeconds: number;
  readonly postgresCpuSeconds: number;
  readonly peakResidentBytes: number;
  /** As Postgres keeps it, without the descriptor track; of 1,000 recordings evenly spread. */
  readonly fingerprintBytesPerSecond: number;
  /** Of the database's files, write-ahead log left out. */
  readonly databaseBytesPerSecond: number;
  readonly indexBytesPerSecond: number;
  readonly segments: number;
};

/** Seconds without a merge: more than an index waits before it merges what is left. */
const quietLooks = 6;

const task = readTask();
const { references, recordings, seed, dataDir } = task;
const catalog = openCatalog(readFingerprints(references), recordings, seed);
const config = loadConfig({ EARMARK_DATA_DIR: dataDir, EARMARK_LOG_LEVEL: 'error' }, {});
// Kept open, so that the server is the same one from the load to the end.
const postgres = await openEmbeddedPostgres({ dataDir });
const { loadSeconds, databaseBytes } = await load();
const rebuilt = await rebuild();
await postgres.close();
const { seconds, ...figures } = rebuilt;
tell<BuildFigures>({
  recordings,
  hours: seconds / 3600,
  loadSeconds,
  ...figures,
  fingerprintBytesPerSecond: fingerprintBytesPerSecond(catalog),
  databaseBytesPerSecond: databaseBytes / seconds,
});

async function load() {
  const context = await openStoreContext(config);
  const partyId = await ensureParty(under(context, { role: 'operator' }), 'bench');
  await closeContext(context);
  const before = bytesOfDatabase();
  const progress = openProgress('loading', recordings);
  const begun = performance.now();
  let loaded = 0;
  await loadCatalog(postgres.databaseUrl, {
    task,
    partyId,
    onLoaded: (count) => {
      loaded += count;
      progress.step(`${loaded}`, count);
    },
  });
  progress.end();
  return { loadSeconds: (performance.now() - begun) / 1000, databaseBytes: bytesOfDatabase() - before };
}

async function rebuild() {
  let peakResidentBytes = 0;
  const watch = setInterval(() => {
    peakResidentBytes = Math.max(peakResidentBytes, residentBytes());
  }, 500);
  const [postmaster = 0] = postmasterPids(dataDir);
  const before = { own: process.cpuUsage(), postgres: cpuSecondsOfPostgres(postmaster) };
  const begun = performance.now();
  const context = await openContext(config);
  const { index } = context;
  const progress = openProgress('rebuilding from Postgres', recordings);
  let seen = 0;
  const look = setInterval(() => {
    const position = index.position();
    progress.step(`${index.status().segments} segments`, position - seen);
    seen = position;
  }, 1_000);
  await index.catchUp();
  const rebuildSeconds = (performance.now() - begun) / 1000;
  clearInterval(look);
  progress.end();
  for (let quiet = 0; quiet < quietLooks; quiet++) {
    await sleep(1_000);
    if (index.status().merges.runningPostings > 0) quiet = 0;
  }
  await closeContext(context);
  const restSeconds = (performance.now() - begun) / 1000;
  clearInterval(watch);
  const { user, system } = process.cpuUsage(before.own);
  const { seconds, bytes, segments } = index.status();
  return {
    seconds,
    rebuildSeconds,
    restSeconds,
    cpuSeconds: (user + system) / 1e6,
    postgresCpuSeconds: cpuSecondsOfPostgres(postmaster) - before.postgres,
    peakResidentBytes,
    indexBytesPerSecond: bytes / seconds,
    segments,
  };
}

function bytesOfDatabase(): number {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\/base(\/|$)/.test(entry.parentPath))
    .reduce(
      (sum, entry) =>
        sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}
