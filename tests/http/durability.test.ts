/**
 * The promise of a registry: what it has acknowledged it has, whatever happens to it. A server is killed at
 * seeded moments while it takes registrations, twice together with its Postgres, and must come back whole.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbeddedPostgres } from '../../api/store/embedded-postgres.ts';
import { HttpClient } from '../support/http-client.ts';
import { postmasterPid } from '../support/postmaster.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { seededRandom, syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

const seed = 20_260_131;
const registrationCount = 200;
const senderCount = 4;
/** After how many acknowledgements the server dies; some of the deaths take Postgres along. */
const deaths = [
  { after: 25, withPostgres: false },
  { after: 60, withPostgres: true },
  { after: 95, withPostgres: false },
  { after: 130, withPostgres: true },
  { after: 165, withPostgres: false },
];
const externalIdOf = (i: number) => `d-${i}`;
const fingerprintOf = (i: number) => syntheticFingerprintFile(1000 + i, 10_000);

let dataDir: string;
let server: ServerProcess;
let key: string;
const acknowledged = new Map<string, { recordingId: string; position: number }>();

/** Requests that a death cut off: without any, nothing would have been put to the test. */
let cutOffCount = 0;

const client = () => new HttpClient(server.address, key);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'earmark-durability-'));
  server = await start();
  key = server.firstKey as string;
});

afterAll(async () => {
  await server?.end('SIGTERM');
  // Whoever comes last stops Postgres: after a failure that is this test.
  await (await openEmbeddedPostgres({ dataDir })).close();
  await rm(dataDir, { recursive: true, force: true });
});

const start = () =>
  startServerProcess(dataDir, {
    EARMARK_LOG_LEVEL: 'warn',
    EARMARK_RATE_LIMIT_PER_MINUTE: '100000',
    EARMARK_THREADS: '1',
  });

it('everything acknowledged survives kill -9 and is found again, and nothing is half there', {
  timeout: 240_000,
}, async () => {
  expect(key).toMatch(/^emk_/);
  const random = seededRandom(seed);
  const waiting = Array.from({ length: registrationCount }, (_, i) => i);

  for (const death of [...deaths, undefined]) {
    const goal = death?.after ?? registrationCount;
    const senders = Array.from({ length: senderCount }, () => sendUntil(goal, waiting));
    if (death) {
      await expect
        .poll(() => acknowledged.size, { timeout: 60_000, interval: 2 })
        .toBeGreaterThanOrEqual(goal);
      await sleep(random() * 25);
      await die(death.withPostgres);
    }
    await Promise.all(senders);
    if (death) {
      server = await start();
      expect(server.firstKey).toBeUndefined();
    }
    await expectReady();
    await expectNothingHalf();
    await expectAllListed();
  }

  expect(acknowledged.size).toBe(registrationCount);
  expect(cutOffCount).toBeGreaterThanOrEqual(deaths.length);
  await expectAllFound();
});

/** Sends what waits until the server dies, or the last is acknowledged. What was not acknowledged is sent again later. */
async function sendUntil(goal: number, waiting: number[]): Promise<void> {
  const sender = client();
  const last = goal === registrationCount;
  for (;;) {
    const i = waiting.shift();
    if (i === undefined) return;
    try {
      const answer = await sender.register({ external_id: externalIdOf(i) }, fingerprintOf(i), {
        'idempotency-key': `k-${i}`,
      });
      expect([200, 201]).toContain(answer.status);
      acknowledged.set(externalIdOf(i), {
        recordingId: answer.body.recording_id,
        position: answer.body.position,
      });
    } catch (error) {
      waiting.push(i);
      cutOffCount += 1;
      if (last || !(error instanceof TypeError)) throw error;
      return;
    }
  }
}

async function die(withPostgres: boolean): Promise<void> {
  const postmaster = withPostgres ? await postmasterPid(dataDir) : undefined;
  await server.end('SIGKILL');
  if (postmaster !== undefined) process.kill(postmaster, 'SIGKILL');
}

async function expectReady(): Promise<void> {
  const last = Math.max(...[...acknowledged.values()].map(({ position }) => position));
  const ready = async () => (await client().send<{ index_position?: number }>('/ready')).body.index_position;
  await expect.poll(ready, { timeout: 30_000, interval: 50 }).toBeGreaterThanOrEqual(last);
}

/** Every count is of something that must not exist. */
async function expectNothingHalf(): Promise<void> {
  const postgres = await openEmbeddedPostgres({ dataDir });
  const database = new pg.Client({ connectionString: postgres.databaseUrl });
  await database.connect();
  await database.query('set role earmark_service');
  const { rows } = await database.query(`
    select
      (select count(*)::int from recording r where not exists
        (select from recording_reference l where l.recording_id = r.recording_id)) as without_reference,
      (select count(*)::int from reference r where not exists
        (select from recording_reference l where l.reference_id = r.reference_id)) as without_recording,
      (select count(*)::int from reference r where not exists
        (select from fingerprint f where f.reference_id = r.reference_id)) as without_fingerprint,
      (select count(*)::int from reference r where 1 <> (
        select count(*) from change_feed e where e.reference_id = r.reference_id and e.kind = 'register')) as not_in_feed_once,
      (select count(*)::int from change_feed e where not exists
        (select from reference r where r.reference_id = e.reference_id)) as fed_without_reference,
      (select head.position - count(e.position) from feed_head head left join change_feed e on true
        group by head.position)::int as gaps_in_feed,
      (select count(*)::int from idempotency_key where response is null) as unanswered_keys`);
  await database.end();
  await postgres.close();
  expect(rows[0]).toEqual(Object.fromEntries(Object.keys(rows[0]).map((name) => [name, 0])));
}

async function expectAllListed(): Promise<void> {
  const listed = new Map<string, string>();
  let cursor = '';
  do {
    const { body } = await client().list(`?limit=200${cursor}`);
    for (const recording of body.recordings) {
      listed.set(recording.external_id, recording.recording_id);
      expect(recording.references).toMatchObject([{ status: 'active', duration_ms: 10_000 }]);
    }
    cursor = body.next_cursor ? `&cursor=${body.next_cursor}` : '';
  } while (cursor);
  for (const [externalId, { recordingId }] of acknowledged) expect(listed.get(externalId)).toBe(recordingId);
}

async function expectAllFound(): Promise<void> {
  for (let i = 0; i < registrationCount; i++) {
    const { body } = await client().scan(fingerprintOf(i));
    expect(body.matches?.map(({ external_id }) => external_id)).toEqual([externalIdOf(i)]);
  }
}
