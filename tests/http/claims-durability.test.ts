/**
 * What was acknowledged of a claim stands, and nothing of it twice. A server is killed at seeded moments while uploads
 * are submitted and their claims disputed; what was cut off is sent again, as a platform would.
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

const seed = 20_260_215;
const uploadCount = 80;
const senderCount = 4;
/** After how many acknowledged disputes the server dies; one death takes Postgres along. */
const deaths = [
  { after: 10, withPostgres: false },
  { after: 30, withPostgres: true },
  { after: 55, withPostgres: false },
];

let dataDir: string;
let server: ServerProcess;
let key: string;
let cutOffCount = 0;
/** By upload: the claim and, once it is acknowledged, the dispute. */
const submitted = new Map<number, string>();
const disputed = new Map<number, string>();

const start = () =>
  startServerProcess(dataDir, {
    EARMARK_LOG_LEVEL: 'warn',
    EARMARK_RATE_LIMIT_PER_MINUTE: '100000',
    EARMARK_THREADS: '1',
  });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'earmark-claims-'));
  server = await start();
  key = server.firstKey as string;
});

afterAll(async () => {
  await server?.end('SIGTERM');
  // Whoever comes last stops Postgres: after a failure that is this test.
  await (await openEmbeddedPostgres({ dataDir })).close();
  await rm(dataDir, { recursive: true, force: true });
});

it('no claim and no dispute is lost or doubled by kill -9', { timeout: 240_000 }, async () => {
  const recording = syntheticFingerprintFile(1, 20_000);
  const client = new HttpClient(server.address, key);
  const { body } = await client.register({ external_id: 'r' }, recording);
  const owned = {
    right: 'AllRights',
    share: 100,
    territories: { include: ['Worldwide'] },
    basis: 'OriginalOwner',
  };
  const { status } = await client.json('POST', `/v1/recordings/${body.recording_id}/rights`, owned);
  expect(status).toBe(201);
  const random = seededRandom(seed);
  const waiting = Array.from({ length: uploadCount }, (_, i) => i);
  for (const death of [...deaths, undefined]) {
    const senders = Array.from({ length: senderCount }, () => sendAll(recording, waiting));
    if (death) {
      await expect
        .poll(() => disputed.size, { timeout: 60_000, interval: 2 })
        .toBeGreaterThanOrEqual(death.after);
      await sleep(random() * 40);
      const postmaster = death.withPostgres ? await postmasterPid(dataDir) : undefined;
      await server.end('SIGKILL');
      if (postmaster !== undefined) process.kill(postmaster, 'SIGKILL');
    }
    await Promise.all(senders);
    if (death) server = await start();
    await expectWhole();
  }
  expect([submitted.size, disputed.size]).toEqual([uploadCount, uploadCount]);
  expect(cutOffCount).toBeGreaterThanOrEqual(deaths.length);
});

/** Submits and disputes what waits until the server dies; what it cut off waits again. */
async function sendAll(recording: Uint8Array, waiting: number[]): Promise<void> {
  const client = new HttpClient(server.address, key);
  for (let i = waiting.shift(); i !== undefined; i = waiting.shift()) {
    try {
      await sendOne(client, recording, i);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      waiting.push(i);
      cutOffCount += 1;
      return;
    }
  }
}

async function sendOne(client: HttpClient, recording: Uint8Array, i: number): Promise<void> {
  const { status, body } = await client.submit(recording, { platform: 'Tube', external_id: `u-${i}` });
  expect([200, 201]).toContain(status);
  const claimId = body.matches[0]?.claims[0]?.claim_id as string;
  // A submission that was acknowledged before is answered with the claim of then.
  expect(submitted.get(i) ?? claimId).toBe(claimId);
  submitted.set(i, claimId);
  const answer = await client.send<{ dispute_id: string }>(`/v1/claims/${claimId}/disputes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `dispute-${i}` },
    body: JSON.stringify({ dispute_reason: 'public_domain', statement: `It is old: ${i}.` }),
  });
  expect(answer.status).toBe(201);
  disputed.set(i, answer.body.dispute_id);
}

/** Every count is of something that must not exist. */
async function expectWhole(): Promise<void> {
  const postgres = await openEmbeddedPostgres({ dataDir });
  const database = new pg.Client({ connectionString: postgres.databaseUrl });
  await database.connect();
  await database.query('set role earmark_operator');
  const { rows } = await database.query(`
    select
      (select count(*)::int from submission s where 1 <>
        (select count(*) from claim c where c.submission_id = s.submission_id)) as not_claimed_once,
      (select count(*)::int from submission s where not exists
        (select from scan where scan.scan_id = s.scan_id)) as without_scan,
      (select count(*)::int from scan where not exists
        (select from submission s where s.scan_id = scan.scan_id)) as scanned_for_nothing,
      (select count(*)::int from claim c where c.version <>
        (select count(*) from claim_event e where e.claim_id = c.claim_id)) as claims_unlike_their_history,
      (select count(*)::int from claim_event h full join event e
        on e.type like 'claim.%' and e.payload ->> 'claim_id' = h.claim_id::text
          and e.payload -> 'entry_number' = to_jsonb(h.entry_number)
        where h.claim_id is null and e.type like 'claim.%' or e.event_id is null) as unlike_what_was_heard,
      (select count(*)::int from claim c where c.state <>
        (select to_state from claim_event e where e.claim_id = c.claim_id order by entry_number desc limit 1)) as in_another_state,
      (select count(*)::int from claim c where (c.state = 'disputed') <> exists
        (select from dispute d where d.claim_id = c.claim_id and d.state = 'open')) as disputed_by_half,
      (select count(*)::int from dispute d where d.version <>
        (select count(*) from dispute_event e where e.dispute_id = d.dispute_id)) as disputes_unlike_their_history,
      (select count(*)::int from (select from dispute group by claim_id having count(*) > 1) as twice) as disputed_twice,
      (select count(*)::int from idempotency_key where response is null) as unanswered_keys`);
  const kept = await database.query<{ claim_id: string; dispute_id: string | null }>(
    'select c.claim_id, d.dispute_id from claim c left join dispute d using (claim_id)',
  );
  await database.end();
  await postgres.close();
  expect(rows[0]).toEqual(Object.fromEntries(Object.keys(rows[0]).map((name) => [name, 0])));
  const disputeOf = new Map(kept.rows.map(({ claim_id, dispute_id }) => [claim_id, dispute_id]));
  for (const [i, claimId] of submitted) {
    expect(disputeOf.has(claimId)).toBe(true);
    if (disputed.has(i)) expect(disputeOf.get(claimId)).toBe(disputed.get(i));
  }
}
