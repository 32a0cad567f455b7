/**
 * What is due to a webhook arrives, whatever happens to the server: it is killed at seeded moments while it takes events
 * and delivers them, twice together with its Postgres. Every event that was acknowledged must arrive, always as itself.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeliveryView } from '../../api/registry/webhook-view.ts';
import { openEmbeddedPostgres } from '../../api/store/embedded-postgres.ts';
import { HttpClient } from '../support/http-client.ts';
import { postmasterPid } from '../support/postmaster.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { seededRandom } from '../support/synthetic-fingerprint.ts';
import { openReceiver, type Receiver } from '../support/webhook-receiver.ts';
import type { MadeWebhook } from '../support/webhook-server.ts';

const seed = 20_261_121;
const eventCount = 160;
const senderCount = 3;
/** After how many acknowledgements the server dies. */
const deaths = [
  { after: 20, withPostgres: false },
  { after: 50, withPostgres: true },
  { after: 80, withPostgres: false },
  { after: 110, withPostgres: true },
  { after: 140, withPostgres: false },
];

let dataDir: string;
let server: ServerProcess;
let receiver: Receiver;
let key: string;
const random = seededRandom(seed);
const acknowledged = new Set<string>();
/** Messages that were received but not answered when the server died. */
let cutOffCount = 0;
let openCount = 0;

const client = () => new HttpClient(server.address, key);
const start = () =>
  startServerProcess(dataDir, {
    EARMARK_LOG_LEVEL: 'warn',
    EARMARK_RATE_LIMIT_PER_MINUTE: '100000',
    EARMARK_THREADS: '1',
    EARMARK_WEBHOOK_ALLOW_PRIVATE: 'true',
  });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'earmark-webhook-durability-'));
  receiver = await openReceiver();
  const failed = new Set<string>();
  receiver.answer = (response, { id }) => {
    openCount += 1;
    setTimeout(() => {
      openCount -= 1;
      // Some fail, so that deaths fall between attempts too; once, because the second retry is minutes away.
      const fails = random() < 0.05 && !failed.has(id);
      if (fails) failed.add(id);
      response.writeHead(fails ? 503 : 200).end();
    }, random() * 120);
  };
  server = await start();
  key = server.firstKey as string;
});

afterAll(async () => {
  await server?.end('SIGTERM');
  await (await openEmbeddedPostgres({ dataDir })).close();
  await receiver?.close();
  await rm(dataDir, { recursive: true, force: true });
});

it('every event that was acknowledged arrives at least once, under one id, past kill -9 at any moment', {
  timeout: 300_000,
}, async () => {
  const webhook = (await client().json<MadeWebhook>('POST', '/v1/webhooks', { url: receiver.url })).body;
  for (const death of [...deaths, undefined]) {
    const goal = death?.after ?? eventCount;
    const senders = Array.from({ length: senderCount }, () => sendUntil(goal, webhook.webhook_id));
    if (death) {
      await expect
        .poll(() => acknowledged.size, { timeout: 60_000, interval: 2 })
        .toBeGreaterThanOrEqual(goal);
      // Into the deliveries: those of before are found by jobs a moment later.
      await expect.poll(() => openCount, { timeout: 60_000, interval: 1 }).toBeGreaterThan(0);
      await sleep(random() * 150);
      await die(death.withPostgres);
    }
    await Promise.all(senders);
    if (death) server = await start();
  }

  const left = async () => {
    const path = `/v1/webhooks/${webhook.webhook_id}/deliveries?limit=200&state=`;
    const [pending, dead] = await Promise.all(
      ['pending', 'dead'].map((state) => client().send<{ deliveries: DeliveryView[] }>(`${path}${state}`)),
    );
    return [pending?.body.deliveries, dead?.body.deliveries];
  };
  await expect.poll(left, { timeout: 120_000, interval: 500 }).toEqual([[], []]);

  const bodies = new Map<string, string>();
  const verifier = new Webhook(webhook.secret);
  for (const { id, body, headers } of receiver.received) {
    expect(bodies.get(id) ?? body).toBe(body);
    bodies.set(id, body);
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    expect(verifier.verify(body, given)).toBeDefined();
  }
  expect([...acknowledged].filter((id) => !bodies.has(id))).toEqual([]);
  expect(acknowledged.size).toBeGreaterThanOrEqual(eventCount);
  expect(cutOffCount).toBeGreaterThan(0);
});

/** Asks for events until there are enough, or the server dies. */
async function sendUntil(goal: number, webhookId: string): Promise<void> {
  const sender = client();
  while (acknowledged.size < goal || goal < eventCount) {
    try {
      const path = `/v1/webhooks/${webhookId}/test`;
      const { status, body } = await sender.send<{ event_id: string }>(path, { method: 'POST' });
      // Postgres dies first where it dies too.
      if (status === 503) return;
      expect(status).toBe(202);
      acknowledged.add(body.event_id);
      await sleep(20);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return;
    }
  }
}

async function die(withPostgres: boolean): Promise<void> {
  const postmaster = withPostgres ? await postmasterPid(dataDir) : undefined;
  cutOffCount += openCount;
  await server.end('SIGKILL');
  if (postmaster !== undefined) process.kill(postmaster, 'SIGKILL');
}
