/**
 * What a server does that is offered three times what it can take.
 *
 *   npm run bench:load -- [--minutes 1] [--recordings 400] [--times 3] [--seed 1]
 *
 * A real server with its embedded Postgres, recordings of which the first are the bundled ones and the others made of
 * them, and one mix of requests (bench/load/traffic.ts) over loopback. The peak is looked for with autocannon and ever
 * more connections that each send again as soon as they are answered. Then so many times the peak is offered, whatever
 * is answered, for some minutes, and then the peak is measured again, because the index has grown and the machine is
 * not alone: goodput under overload is compared with the mean of both. Resident memory is that of the server's process.
 * At the end of the overload the server is killed (SIGKILL), and everything that it acknowledged is looked for.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../api/config.ts';
import { openStoreContext, under } from '../api/context.ts';
import { encodeFingerprint, thinToReference } from '../workers/fingerprint/fingerprint-file.ts';
import { type Phase, runClosedLoop } from './load/cannon.ts';
import { runOpenLoop } from './load/open-loop.ts';
import { type Overload, reportLoad, type Step } from './load/report.ts';
import { isrcOf, openTraffic, type Sent, type Traffic } from './load/traffic.ts';
import { inParallel } from './measure/command.ts';
import { audioFilesIn } from './measure/mix.ts';
import { cpuSecondsOf, cpuSecondsOfPostgres, postmasterPids } from './measure/process-tree.ts';
import { startServer } from './measure/server.ts';
import { openProgress, say } from './report/progress.ts';
import { bundledCatalog, circumstancesOf } from './report/results.ts';
import { mean } from './report/statistics.ts';
import { fingerprintFiles, syntheticFingerprint, syntheticSeed } from './synthetic/fingerprint-files.ts';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    recordings: { type: 'string', default: '400' },
    times: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
  },
});
const recordingCount = Number(options.recordings);
const seed = Number(options.seed);
const times = Number(options.times);
const overloadSeconds = Math.round(Number(options.minutes) * 60);
const peakSeconds = 20;
const absentCount = 40;
/** Recordings of which what is registered under load is a stretch: so many that few are registered often. */
const unheardCount = 300;
const closedConnections = [8, 16, 32];
const settings = { EARMARK_RATE_LIMIT_PER_MINUTE: '100000000' };

const circumstances = circumstancesOf('bench:load');
const dataDir = mkdtempSync(join(tmpdir(), 'earmark-load-'));
try {
  await run();
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const real = await fingerprintFiles(audioFilesIn(bundledCatalog));
  const sources = real.map((one) => thinToReference(one).constellation);
  const made = (i: number) => real[i] ?? syntheticFingerprint(sources, syntheticSeed(seed, i));
  const registered = Array.from({ length: recordingCount }, (_, i) => made(i));
  const absent = Array.from({ length: absentCount }, (_, i) => made(1_000_000 + i));
  const unheard = Array.from({ length: unheardCount }, (_, i) => made(2_000_000 + i));
  const server = await startServer(dataDir, settings);
  const { address } = server;
  let isUp = true;
  try {
    const owner = await openParty(address, server.key, 'Harbour Records', 'rightsholder');
    const platform = await openParty(address, server.key, 'Tube', 'platform');
    await register(
      address,
      owner.key,
      registered.map((one) => encodeFingerprint(one)),
    );
    const traffic = openTraffic({
      registered,
      absent,
      unheard,
      owner: owner.key,
      platform: platform.key,
      seed,
    });
    await peak(address, traffic, 8, 10);
    const before = await findPeak(server.pid, address, traffic);
    const rssBytes: number[] = [];
    const readRss = () => rssBytes.push(residentBytes(server.pid));
    say(`offering ${(times * before.goodput).toFixed(0)} a second for ${overloadSeconds} s`);
    const offered = times * before.goodput;
    const cpuBefore = cpuSeconds(server.pid);
    const under3x = await runOpenLoop({
      address,
      traffic,
      seconds: overloadSeconds,
      rate: offered,
      everySecond: readRss,
    });
    const overloadCpu = cpuSeconds(server.pid) - cpuBefore;
    const after = await timedPeak(server.pid, address, traffic, before.connections);
    process.kill(server.pid, 'SIGKILL');
    isUp = false;
    const phases = [...before.phases, under3x, after.phase];
    const acknowledged = phases.flatMap((one) => one.acknowledged);
    const lost = await findLost(acknowledged, owner.partyId, platform.partyId);
    const overload: Overload = { offered, phase: under3x, rssBytes, times, cpuSeconds: overloadCpu };
    const steps = [...before.steps, after];
    const peaks = [before.goodput, after.goodput];
    reportLoad(circumstances, {
      steps,
      peaks,
      overload,
      acknowledged: acknowledged.length,
      lost,
    });
  } finally {
    if (isUp) await server.end();
  }
}

function goodputOf({ seconds }: Phase): number {
  return mean(seconds.map(({ answered }) => answered));
}

function peak(address: string, traffic: Traffic, connections: number, seconds = peakSeconds): Promise<Phase> {
  return runClosedLoop({ address, traffic, connections, seconds });
}

/** Of the server and of its Postgres. */
function cpuSeconds(pid: number): number {
  return cpuSecondsOf(pid) + cpuSecondsOfPostgres(postmasterPids(dataDir)[0] ?? 0);
}

async function timedPeak(pid: number, address: string, traffic: Traffic, connections: number) {
  const cpuBefore = cpuSeconds(pid);
  const phase = await peak(address, traffic, connections);
  const spent = cpuSeconds(pid) - cpuBefore;
  const { answeredMs, seconds } = phase;
  say(`${connections} connections: ${goodputOf(phase).toFixed(1)} answered a second`);
  return { connections, goodput: goodputOf(phase), answeredMs, seconds, cpuSeconds: spent, phase };
}

async function findPeak(pid: number, address: string, traffic: Traffic) {
  const steps: (Step & { readonly phase: Phase })[] = [];
  for (const connections of closedConnections)
    steps.push(await timedPeak(pid, address, traffic, connections));
  const best = steps.reduce((a, b) => (b.goodput > a.goodput ? b : a));
  return { ...best, steps, phases: steps.map(({ phase }) => phase) };
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

async function openParty(address: string, operator: string, name: string, role: string) {
  const send = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${operator}`, 'content-type': 'application/json' };
    const response = await fetch(address + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as { party_id: string; key: string };
  };
  const { party_id: partyId } = await send('/v1/parties', { name, roles: [role] });
  return { partyId, key: (await send('/v1/keys', { party_id: partyId })).key };
}

async function register(address: string, key: string, files: readonly Uint8Array<ArrayBuffer>[]) {
  const progress = openProgress('registering', files.length);
  const whole = {
    right: 'AllRights',
    share: 100,
    territories: { include: ['Worldwide'] },
    basis: 'OriginalOwner',
  };
  await inParallel([...files.entries()], 4, async ([i, file]) => {
    const body = new FormData();
    body.set('external_id', `recording-${i}`);
    body.set('isrc', isrcOf(i));
    body.set('fingerprint', new Blob([file]), 'it.earmark');
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(`${address}/v1/recordings`, { method: 'POST', headers, body });
    if (!response.ok)
      throw new Error(`a registration was answered ${response.status}: ${await response.text()}`);
    const { recording_id } = (await response.json()) as { recording_id: string };
    await fetch(`${address}/v1/recordings/${recording_id}/rights`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(whole),
    });
    progress.step('');
  });
  progress.end();
}

/** What was acknowledged and is not there; by a process of our own, from Postgres. */
async function findLost(acknowledged: readonly Sent[], ownerId: string, platformId: string): Promise<number> {
  await using context = await openStoreContext(
    loadConfig({ EARMARK_DATA_DIR: dataDir, EARMARK_LOG_LEVEL: 'silent' }, {}),
  );
  const { store } = under(context, { role: 'operator' });
  const isThere = async ({ kind, externalId = '' }: Sent): Promise<boolean> => {
    if (kind === 'registration')
      return (await store.findRegisteredAudio({ partyId: ownerId, externalId })) !== undefined;
    const key = { partyId: platformId, platform: 'Tube', externalId };
    return (await store.findSubmissionByExternalId(key)) !== undefined;
  };
  const found = await inParallel(acknowledged, 4, isThere);
  return found.filter((one) => !one).length;
}
