import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, type SessionStore, type Store } from '../../api/store/store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { accepted, registrationOf } from './registered-audio.ts';

let database: FreshDatabase;
let store: Store;
let records: SessionStore;
let partyId: string;

beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ databaseUrl: database.databaseUrl, poolSize: 10 });
  records = store.under({ role: 'operator' });
  partyId = (await records.ensureParty('Test Records')).partyId;
});

afterAll(async () => {
  await store?.close();
  await database?.drop();
});

const register = async (name: string) =>
  accepted(await records.registerRecording(registrationOf(partyId, name, name)));

/** Resolves when the feed is said to have reached a position. */
function waitFor(position: number): {
  readonly reached: Promise<void>;
  readonly onPosition: (at: number) => void;
} {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { reached: promise, onPosition: (at) => at >= position && resolve() };
}

test('a reader who follows while others commit sees every position once and in order', async () => {
  const start = await store.feedHead();
  const count = 100;
  const seen: number[] = [];
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let n = writer; n < count; n += 8) {
      const { recordingId } = await register(`concurrent ${n}`);
      if (n % 5 === 0) await records.removeRecording({ recordingId });
    }
  });
  const writing = Promise.all(writers);
  const expected = count + count / 5;
  while (seen.length < expected) {
    const entries = await store.readFeed({ after: seen.at(-1) ?? start, limit: 7 });
    seen.push(...entries.map((entry) => entry.position));
  }
  await writing;
  expect(seen).toEqual(Array.from({ length: expected }, (_, n) => start + 1 + n));
  expect(await store.feedHead()).toBe(start + expected);
});

test('a transaction that fails takes no position', async () => {
  const before = await store.feedHead();
  const registration = registrationOf(partyId, 'fails', 'fails');
  const fingerprint = { ...registration.fingerprint, peakCount: 0 };
  await expect(records.registerRecording({ ...registration, fingerprint })).rejects.toThrow(
    'fingerprint_has_peaks',
  );
  expect((await register('succeeds')).position).toBe(before + 1);
  expect(await records.findRegisteredAudio({ partyId, externalId: 'fails' })).toBeUndefined();
});

test('a batch is bounded in bytes, and still has one entry when that one is larger', async () => {
  const after = await store.feedHead();
  for (const name of ['a', 'b', 'c']) await register(`bounded ${name}`);
  const [first] = await store.readFeed({ after, limit: 1 });
  const size = first?.constellation?.byteLength ?? 0;
  const positions = async (maxBytes: number) =>
    (await store.readFeed({ after, limit: 10, maxBytes })).map((entry) => entry.position - after);
  expect(await positions(1)).toEqual([1]);
  expect(await positions(size + 1)).toEqual([1, 2]);
  expect(await positions(size * 3)).toEqual([1, 2, 3]);
});

test('a listener is told the position at once and then of every commit', async () => {
  const atOnce = waitFor(await store.feedHead());
  const next = waitFor((await store.feedHead()) + 1);
  const stop = await store.listenToFeed((position) => {
    atOnce.onPosition(position);
    next.onPosition(position);
  });
  await atOnce.reached;
  await register('heard');
  await next.reached;
  await stop();
});

test('a listener whose connection is killed hears of what happened meanwhile', async () => {
  const head = await store.feedHead();
  const later = waitFor(head + 1);
  const stop = await store.listenToFeed(later.onPosition);
  const client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await client.end();
  // The pool's idle connections were killed too; it makes new ones.
  await register('unheard');
  await later.reached;
  await stop();
});
