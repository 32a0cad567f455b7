/** One process of bench:scale: an index of so many recordings, built as a process builds its own, into files. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { openIndex } from '../../api/registry/index-follower.ts';
import { openWorkers } from '../../workers/pool.ts';
import { readFingerprints } from '../in-process/query-folder.ts';
import { openProgress } from '../report/progress.ts';
import { catalogFeed, fingerprintBytesPerSecond, openCatalog } from './catalog.ts';
import { readTask, residentBytes, tell } from './child.ts';

export type BuildFigures = {
  readonly recordings: number;
  /** Without making fingerprints. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** As Postgres keeps it, without the descriptor track; of 1,000 recordings evenly spread. */
  readonly fingerprintBytesPerSecond: number;
  readonly indexBytesPerSecond: number;
  readonly hours: number;
  readonly segments: number;
  readonly peakResidentBytes: number;
};

/** Seconds without a merge: more than an index waits before it merges what is left. */
const quietLooks = 6;

const { references, recordings, seed, dataDir } = readTask();
const catalog = openCatalog(readFingerprints(references), recordings, seed);
const progress = openProgress(`indexing ${recordings} recordings: batch`, Math.ceil(recordings / 4096));
let makingMs = 0;
let makingCpuMs = 0;
let cpuBefore = process.cpuUsage();
const made = catalogFeed(catalog, (ms) => {
  makingMs += ms;
  progress.step('');
});
const workers = openWorkers({ threadCount: 2, maxQueued: 100 });
const log = pino({ level: 'warn' }, pino.destination(2));
let peakResidentBytes = 0;
const watch = setInterval(() => {
  peakResidentBytes = Math.max(peakResidentBytes, residentBytes());
}, 500);
const begun = performance.now();
cpuBefore = process.cpuUsage();
const index = await openIndex({
  store: {
    ...made,
    readFeed: (from) => {
      // Threads work meanwhile, so this thread's own time is what is left out.
      const before = process.threadCpuUsage();
      const entries = made.readFeed(from);
      const { user, system } = process.threadCpuUsage(before);
      makingCpuMs += (user + system) / 1000;
      return entries;
    },
  },
  workers,
  log,
  dataDir,
});
await index.catchUp();
// Until no merge is left to do, and everything is in files.
for (let quiet = 0; quiet < quietLooks; quiet++) {
  await sleep(1_000);
  if (index.status().merges.runningPostings > 0) quiet = 0;
}
await index.close();
const wallSeconds = (performance.now() - begun - makingMs) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
const { seconds, bytes, segments } = index.status();
clearInterval(watch);
progress.end();
await workers.close();
tell<BuildFigures>({
  recordings,
  wallSeconds,
  cpuSeconds: (user + system) / 1e6 - makingCpuMs / 1000,
  fingerprintBytesPerSecond: fingerprintBytesPerSecond(catalog),
  indexBytesPerSecond: bytes / seconds,
  hours: seconds / 3600,
  segments,
  peakResidentBytes,
});
