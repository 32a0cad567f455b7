/**
 * A retroscan that is killed goes on where it was: whoever runs it is killed at seeded moments while it scans past
 * submissions again, once together with Postgres, and in the end everything planted is found and claimed, once.
 * A quick retroscan notes where it is with nearly every submission, a thorough one after many of which nothing follows.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openEmbeddedPostgres } from '../../api/store/embedded-postgres.ts';
import { HttpClient } from '../support/http-client.ts';
import { postmasterPid } from '../support/postmaster.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { seededRandom, syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

const seed = 20_261_122;
const recordingCount = 2;
/** Uploads of each recording, and others among them that hold none. */
const plantedCount = 40;
const strangerCount = 10;
const foundCount = recordingCount * plantedCount;
/**
 * After how many submissions were scanned again, and within how many ms from then, whoever runs it dies; the next one
 * takes it over. A thorough one dies among those that hold the other recording or none.
 */
const runs = [
  {
    kind: 'quick',
    scannedCount: foundCount,
    deaths: [
      { after: 8, withinMs: 15, who: 'command', withPostgres: false },
      { after: 24, withinMs: 15, who: 'command', withPostgres: true },
      { after: 44, withinMs: 15, who: 'command', withPostgres: false },
      { after: 60, withinMs: 15, who: 'server', withPostgres: false },
    ],
  },
  {
    kind: 'thorough',
    scannedCount: recordingCount * (foundCount + strangerCount),
    deaths: [
      { after: plantedCount, withinMs: 300, who: 'command', withPostgres: false },
      { after: foundCount + strangerCount, withinMs: 300, who: 'server', withPostgres: true },
    ],
  },
] as const;
type Kind = (typeof runs)[number]['kind'];

const launcher = fileURLToPath(new URL('../../api/cli/earmark.mjs', import.meta.url));
const uploadMs = 10_000;

let dataDir: string;
let server: ServerProcess | undefined;
const random = seededRandom(seed);

const startServer = (percent: string) =>
  startServerProcess(dataDir, {
    EARMARK_LOG_LEVEL: 'warn',
    EARMARK_RATE_LIMIT_PER_MINUTE: '100000',
    EARMARK_THREADS: '1',
    EARMARK_RETROSCAN_PERCENT: percent,
  });
const startCommand = () => {
  const child = spawn(process.execPath, [launcher, 'retroscan', 'run', '--data-dir', dataDir], {
    env: { PATH: process.env['PATH'], EARMARK_THREADS: '1', EARMARK_RETROSCAN_PERCENT: '100' },
    stdio: 'ignore',
  });
  return { child, ended: once(child, 'exit') };
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'earmark-retroscan-durability-'));
});
afterEach(async () => {
  await server?.end('SIGTERM');
  // Whoever comes last stops Postgres: after a failure that is this test.
  await (await openEmbeddedPostgres({ dataDir })).close();
  await rm(dataDir, { recursive: true, force: true });
});

it.each(runs)(
  'a $kind retroscan goes on where it was past kill -9, and nothing is lost or doubled',
  {
    timeout: 240_000,
  },
  async ({ kind, scannedCount, deaths }) => {
    await plant(kind);
    const scannedAtDeath: number[] = [];
    for (const { after, withinMs, who, withPostgres } of deaths) {
      const command = who === 'command' ? startCommand() : undefined;
      if (command === undefined) server = await startServer('100');
      const seen = await scannedAfter(after);
      await sleep(random() * withinMs);
      const postmaster = withPostgres ? await postmasterPid(dataDir) : undefined;
      command?.child.kill('SIGKILL');
      if (command === undefined) await server?.end('SIGKILL');
      if (postmaster !== undefined) process.kill(postmaster, 'SIGKILL');
      // By a signal: one that had ended by itself would have been put to no test.
      if (command) expect(await command.ended).toEqual([null, 'SIGKILL']);
      scannedAtDeath.push(seen);
      await expectWhole();
    }
    expect(scannedAtDeath.every((count) => count < scannedCount)).toBe(true);

    server = await startServer('100');
    await expect.poll(unfinishedCount, { timeout: 60_000, interval: 100 }).toBe(0);
    await expectWhole(scannedCount);
  },
);

/** While none runs: uploads first, the strangers in the middle, then the recordings that are in them. */
async function plant(kind: Kind): Promise<void> {
  server = await startServer('0');
  const client = new HttpClient(server.address, server.firstKey as string);
  const submit = async (fingerprintSeed: number, externalId: string) => {
    const fingerprint = syntheticFingerprintFile(fingerprintSeed, uploadMs);
    const { status } = await client.submit(fingerprint, { platform: 'Tube', external_id: externalId });
    expect(status).toBe(201);
  };
  for (let r = 0; r < recordingCount; r++) {
    for (let i = 0; i < plantedCount; i++) await submit(r, `planted ${r} ${i}`);
    for (let i = 0; r === 0 && i < strangerCount; i++) await submit(1000 + i, `stranger ${i}`);
  }
  for (let r = 0; r < recordingCount; r++) {
    const fingerprint = syntheticFingerprintFile(r, uploadMs);
    const { body } = await client.register({ external_id: `r-${r}` }, fingerprint);
    const { status } = await client.json('POST', `/v1/recordings/${body.recording_id}/rights`, {
      right: 'AllRights',
      share: 100,
      territories: { include: ['Worldwide'] },
      basis: 'OriginalOwner',
    });
    expect(status).toBe(201);
    const ask = { recording_id: body.recording_id, thorough: true };
    if (kind === 'thorough') expect((await client.json('POST', '/v1/retroscans', ask)).status).toBe(202);
  }
  await server.end('SIGTERM');
}

async function asked<Row extends pg.QueryResultRow>(statement: string): Promise<Row> {
  const postgres = await openEmbeddedPostgres({ dataDir });
  const database = new pg.Client({ connectionString: postgres.databaseUrl });
  await database.connect();
  try {
    await database.query('set role earmark_operator');
    return (await database.query<Row>(statement)).rows[0] as Row;
  } finally {
    await database.end();
    await postgres.close();
  }
}

/** Waits until so many were scanned again; hands how many were. */
async function scannedAfter(count: number): Promise<number> {
  const postgres = await openEmbeddedPostgres({ dataDir });
  const database = new pg.Client({ connectionString: postgres.databaseUrl });
  await database.connect();
  try {
    await database.query('set role earmark_operator');
    let seen = 0;
    const look = async () => {
      const { rows } = await database.query('select sum(scanned_count)::int as scanned from retroscan');
      seen = rows[0].scanned;
      return seen;
    };
    await expect.poll(look, { timeout: 60_000, interval: 2 }).toBeGreaterThanOrEqual(count);
    return seen;
  } finally {
    await database.end();
    await postgres.close();
  }
}

const unfinishedCount = async (): Promise<number> =>
  (await asked<{ count: number }>(`select count(*)::int from retroscan where state <> 'done'`)).count;

/** Every count but those that are named is of something that must not exist. Where it is over, so many were scanned. */
async function expectWhole(scannedCount?: number): Promise<void> {
  const { scanned, matches, claims, finished, ...wrong } = await asked<Record<string, number>>(`
    select
      (select sum(scanned_count)::int from retroscan) as scanned,
      (select count(*)::int from submission_match) as matches,
      (select count(*)::int from claim) as claims,
      (select count(*)::int from event where type = 'retroscan.finished') as finished,
      (select count(*)::int from claim c join submission s on s.submission_id = c.submission_id
        where s.external_id not like 'planted ' || substr(c.recording ->> 'external_id', 3) || ' %') as claimed_wrongly,
      (select count(*)::int from submission_match m where 1 <>
        (select count(*) from claim c where c.submission_id = m.submission_id and c.recording_id = m.recording_id
        )) as not_claimed_once,
      (select count(*)::int from claim c where c.version <>
        (select count(*) from claim_event e where e.claim_id = c.claim_id)) as claims_unlike_their_history,
      (select count(*)::int from claim c where 1 <> (select count(*) from event e
        where e.type like 'claim.%' and e.party_id = c.party_id and e.payload ->> 'claim_id' = c.claim_id::text
        )) as not_heard_of_once,
      (select count(*)::int from retroscan r where (r.state = 'done') <> (1 = (select count(*) from event e
        where e.type = 'retroscan.finished' and e.payload ->> 'retroscan_id' = r.retroscan_id::text
        ))) as finished_otherwise_than_told,
      (select sum(match_count)::int from retroscan) - (select count(*)::int from submission_match) as miscounted_matches,
      (select sum(claim_count)::int from retroscan) - (select count(*)::int from claim) as miscounted_claims`);
  expect(wrong).toEqual(Object.fromEntries(Object.keys(wrong).map((name) => [name, 0])));
  if (scannedCount === undefined) return;
  expect({ scanned, matches, claims }).toEqual({
    scanned: scannedCount,
    matches: foundCount,
    claims: foundCount,
  });
  expect(finished).toBe(recordingCount);
}
