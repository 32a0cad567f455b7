/**
 * Several servers on one Postgres, each with an index of its own: what one has acknowledged another answers for at once.
 * And one that is killed while it merges: the index is a cache, so nothing is lost with it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { HttpClient } from '../support/http-client.ts';
import { registerInBulk, registrationLine } from '../support/register-in-bulk.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';

/** What the registry promises between an acknowledgement at one process and an answer of another. */
const soonMs = 1000;
const fingerprintOf = (seed: number) => syntheticFingerprintFile(seed, 10_000);

let root: string;
let database: FreshDatabase;
let first: ServerProcess;
let second: ServerProcess;
let key: string;

const start = (name: string) =>
  startServerProcess(join(root, name), {
    DATABASE_URL: database.databaseUrl,
    EARMARK_LOG_LEVEL: 'warn',
    EARMARK_RATE_LIMIT_PER_MINUTE: '1000000',
    EARMARK_THREADS: '1',
  });
const at = (server: ServerProcess) => new HttpClient(server.address, key);
const ready = (server: ServerProcess) =>
  vi.waitFor(async () => expect((await at(server).send('/ready')).status).toBe(200), {
    timeout: 60_000,
    interval: 50,
  });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'earmark-several-'));
  database = await freshDatabase();
  first = await start('first');
  key = first.firstKey as string;
  second = await start('second');
  for (const server of [first, second]) await ready(server);
});
afterAll(async () => {
  await Promise.all([first?.end('SIGTERM'), second?.end('SIGTERM')]);
  await database?.drop();
  await rm(root, { recursive: true, force: true });
});

/** Sends a scan and says what it found and how long that took. */
async function found(server: ServerProcess, seed: number) {
  const begun = performance.now();
  const { status, body } = await at(server).scan(fingerprintOf(seed), { transforms: 'none' });
  expect(status).toBe(200);
  return { ids: body.matches.map(({ external_id }) => external_id), ms: performance.now() - begun };
}
const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

it('what is registered at one process the next scan of the other finds, and within a second', {
  timeout: 60_000,
}, async () => {
  const times: number[] = [];
  for (let seed = 1; seed <= 9; seed++) {
    const [here, there] = seed % 2 === 0 ? [first, second] : [second, first];
    const { status } = await at(here).register({ external_id: `soon ${seed}` }, fingerprintOf(seed));
    expect(status).toBe(201);
    const { ids, ms } = await found(there, seed);
    expect(ids).toEqual([`soon ${seed}`]);
    times.push(ms);
  }
  expect(median(times)).toBeLessThan(soonMs);
});

it('what is removed at one is gone at the other', { timeout: 60_000 }, async () => {
  const times: number[] = [];
  for (let seed = 21; seed <= 25; seed++) {
    const { body } = await at(first).register({ external_id: `gone ${seed}` }, fingerprintOf(seed));
    expect((await found(second, seed)).ids).toEqual([`gone ${seed}`]);
    expect((await at(first).remove(body.recording_id)).status).toBe(200);
    const { ids, ms } = await found(second, seed);
    expect(ids).toEqual([]);
    times.push(ms);
  }
  expect(median(times)).toBeLessThan(soonMs);
});

it('what streams into both at once is found at both', { timeout: 120_000 }, async () => {
  const send = async (server: ServerProcess, from: number) => {
    const lines = Array.from({ length: 100 }, (_, i) =>
      registrationLine(`stream ${from + i}`, fingerprintOf(from + i)),
    );
    for await (const { outcome } of registerInBulk(at(server), lines)) expect(outcome).toBe('registered');
  };
  await Promise.all([send(first, 1000), send(second, 2000)]);
  for (const server of [first, second])
    for (const seed of [1000, 1050, 1099, 2000, 2050, 2099])
      expect((await found(server, seed)).ids).toEqual([`stream ${seed}`]);
});

it('a process that is killed while it merges comes back with everything', { timeout: 240_000 }, async () => {
  const figure = async (name: string) => {
    const { body } = await at(first).send<string>('/metrics');
    return Number(new RegExp(`^earmark_index_${name} (\\S+)$`, 'm').exec(body)?.[1]);
  };
  let next = 5000;
  const acknowledged: number[] = [];
  for (let death = 0; death < 3; death++) {
    let isMerging = false;
    while (!isMerging) {
      const seeds = Array.from({ length: 60 }, () => next++);
      const lines = seeds.map((seed) => registrationLine(`killed ${seed}`, fingerprintOf(seed)));
      for await (const { outcome } of registerInBulk(at(first), lines)) expect(outcome).toBe('registered');
      acknowledged.push(...seeds);
      for (let look = 0; look < 200 && !isMerging; look++) isMerging = (await figure('merging')) > 0;
    }
    await first.end('SIGKILL');
    first = await start('first');
    await ready(first);
  }
  // Everything that is registered, once: had a segment been read twice, or one lost, it would be another number.
  const { body } = await at(second).send<string>('/metrics');
  const atSecond = Number(/^earmark_index_references (\S+)$/m.exec(body)?.[1]);
  await expect.poll(() => figure('references'), { timeout: 30_000, interval: 100 }).toBe(atSecond);
  for (const seed of acknowledged.filter((_, i) => i % 13 === 0))
    expect((await found(first, seed)).ids).toEqual([`killed ${seed}`]);
});
