/** One process of bench:scale: so many recordings registered in an embedded Postgres, and an index made of what lies there. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../api/config.ts';
import { closeContext, openContext, under } from '../../api/context.ts';
import { ensureParty } from '../../api/registry/ensure-party.ts';
import { registerRecording } from '../../api/registry/register-recording.ts';
import { readFingerprints } from '../in-process/query-folder.ts';
import { inParallel } from '../measure/command.ts';
import { openProgress } from '../report/progress.ts';
import { openCatalog } from './catalog.ts';
import { readTask, tell } from './child.ts';

export type PostgresFigures = {
  readonly recordings: number;
  readonly registeredPerSecond: number;
  /** From an empty index to one that has caught up. */
  readonly rebuildSeconds: number;
  /** Of the database's files, write-ahead log left out. */
  readonly databaseBytesPerSecond: number;
};

const inFlight = 8;
const { references, recordings, seed, dataDir } = readTask();
const catalog = openCatalog(readFingerprints(references), recordings, seed);
const config = loadConfig({ EARMARK_DATA_DIR: dataDir, EARMARK_LOG_LEVEL: 'error' }, {});

const { registeredPerSecond, grown } = await register();
rmSync(join(dataDir, 'index'), { recursive: true, force: true });
const begun = performance.now();
const context = await openContext(config);
await context.index.catchUp();
const rebuildSeconds = (performance.now() - begun) / 1000;
const { seconds } = context.index.status();
await closeContext(context);
tell<PostgresFigures>({
  recordings,
  registeredPerSecond,
  rebuildSeconds,
  databaseBytesPerSecond: grown / seconds,
});

async function register() {
  const context = await openContext(config);
  const scoped = under(context, { role: 'operator' });
  const partyId = await ensureParty(scoped, 'bench');
  const before = databaseBytes();
  const progress = openProgress('registering', recordings);
  const from = performance.now();
  await inParallel([...Array(recordings).keys()], inFlight, async (i) => {
    await registerRecording(scoped, {
      partyId,
      externalId: `recording-${i}`,
      metadata: { title: `Recording ${i}` },
      fingerprint: catalog.fingerprintOf(i),
    });
    progress.step('');
  });
  const registeredPerSecond = (recordings * 1000) / (performance.now() - from);
  progress.end();
  // What the server has in its buffers comes to its files when it stops.
  await closeContext(context);
  await sleep(1000);
  return { registeredPerSecond, grown: databaseBytes() - before };
}

function databaseBytes(): number {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\/base(\/|$)/.test(entry.parentPath))
    .reduce(
      (sum, entry) =>
        sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}
