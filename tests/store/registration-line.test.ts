import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, type SessionStore, type Store } from '../../api/store/store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { accepted, registrationOf, sha256 } from './registered-audio.ts';

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

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const named = (name: string, more: Parameters<typeof registrationOf>[3] = {}) =>
  registrationOf(partyId, name, `audio of ${name}`, more);

test('many registrations at once are each answered, at positions without gaps', async () => {
  const before = await store.feedHead();
  const answers = await Promise.all(
    numbers(200).map(async (i) => accepted(await records.registerRecording(named(`many ${i}`)))),
  );
  expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['registered']));
  expect(answers.map(({ externalId }) => externalId)).toEqual(numbers(200).map((i) => `many ${i}`));
  const positions = answers.map(({ position }) => position).sort((a, b) => a - b);
  expect(positions).toEqual(numbers(200).map((i) => before + 1 + i));
  const feed = await store.readFeed({ after: before, limit: 1000 });
  const fed = new Map(feed.map(({ position, referenceId }) => [position, referenceId]));
  for (const { position, referenceId } of answers) expect(fed.get(position)).toBe(referenceId);
});

test('what was asked at once is committed together', async () => {
  const made = await Promise.all(
    numbers(100).map(async (i) => accepted(await records.registerRecording(named(`together ${i}`)))),
  );
  const rows = await Promise.all(made.map(({ recordingId }) => records.findRecording({ recordingId })));
  // The time of a row is its transaction's.
  expect(new Set(rows.map((row) => row?.createdAt.getTime())).size).toBeLessThanOrEqual(3);
});

test('of two with one external id the first is made, and what comes after it is told so', async () => {
  const audio = ['one', 'one', 'two'];
  const answers = await Promise.all(
    audio.map((sound) => records.registerRecording(registrationOf(partyId, 'in order', sound))),
  );
  expect(answers.map(({ outcome }) => outcome)).toEqual(['registered', 'unchanged', 'other_audio']);
});

test('one that the database refuses is refused alone', async () => {
  const { fingerprint } = named('x');
  const answers = await Promise.allSettled(
    numbers(30).map((i) =>
      records.registerRecording(
        named(
          `some ${i}`,
          i === 7 ? { fingerprint: { ...fingerprint, audioSha256: sha256('seven'), peakCount: 0 } } : {},
        ),
      ),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(
    numbers(30).map((i) => (i === 7 ? 'rejected' : 'fulfilled')),
  );
  expect(String((answers[7] as PromiseRejectedResult).reason)).toContain('fingerprint_has_peaks');
  expect(await records.findRegisteredAudio({ partyId, externalId: 'some 7' })).toBeUndefined();
  expect(await records.findRegisteredAudio({ partyId, externalId: 'some 8' })).toBeDefined();
});

test('the same ones from several sides at once become one of each, and nobody waits in a circle', async () => {
  const sides = ['operator', 'operator'].map((role) => store.under({ role: role as 'operator' }));
  const orders = [numbers(60), numbers(60).reverse()];
  const answers = await Promise.all(
    sides.flatMap((side, k) =>
      (orders[k] as number[]).map(async (i) =>
        accepted(await side.registerRecording(registrationOf(partyId, `both ${i}`, `both ${i % 20}`))),
      ),
    ),
  );
  expect(new Set(answers.map(({ recordingId }) => recordingId)).size).toBe(60);
  expect(new Set(answers.map(({ referenceId }) => referenceId)).size).toBe(20);
  expect(answers.filter(({ outcome }) => outcome === 'registered')).toHaveLength(60);
});

test('with an idempotency key among them each is answered by its own', async () => {
  const idempotency = { key: 'one', requestDigest: sha256('request') };
  const once = () => records.registerRecording(named('keyed', { idempotency }));
  const others = numbers(10).map((i) => records.registerRecording(named(`beside ${i}`)));
  const [first, second] = await Promise.all([once(), once()]);
  expect(first).toEqual(second);
  expect(accepted(first).outcome).toBe('registered');
  for (const other of await Promise.all(others)) expect(accepted(other).outcome).toBe('registered');
});
