import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

const register = (externalId: string, audio: string, more?: Parameters<typeof registrationOf>[3]) =>
  records.registerRecording(registrationOf(partyId, externalId, audio, more));

describe('registering again', () => {
  test('the same audio under the same external id changes nothing', async () => {
    const first = accepted(await register('again', 'audio again'));
    expect(first).toMatchObject({ outcome: 'registered', externalId: 'again', durationMs: 10_000 });
    const second = accepted(await register('again', 'audio again'));
    expect(second).toEqual({ ...first, outcome: 'unchanged' });
  });

  test('other audio under the same external id is refused and leaves no trace', async () => {
    const first = accepted(await register('other', 'audio one'));
    const before = await store.feedHead();
    const idempotency = { key: 'refused', requestDigest: sha256('request') };
    expect(await register('other', 'audio two', { idempotency })).toEqual({
      outcome: 'other_audio',
      recordingId: first.recordingId,
    });
    expect(await store.feedHead()).toBe(before);
    expect(accepted(await register('other', 'audio one', { idempotency })).outcome).toBe('unchanged');
  });

  test('metadata that is given replaces what is there, and what is not given stays', async () => {
    const first = accepted(
      await register('metadata', 'audio m', { metadata: { title: 'Ttle', artist: 'A' } }),
    );
    const corrected = await register('metadata', 'audio m', {
      metadata: { title: 'Title', isrc: 'DEA122400001' },
    });
    expect(corrected.outcome).toBe('updated');
    const repeated = await register('metadata', 'audio m', {
      metadata: { title: 'Title', isrc: 'DEA122400001' },
    });
    expect(repeated.outcome).toBe('unchanged');
    const row = await records.findRecording({ recordingId: first.recordingId });
    expect(row).toMatchObject({ title: 'Title', artist: 'A', label: undefined, partyName: 'Test Records' });
    expect(row?.identifierAssertions).toMatchObject([
      { scheme: 'isrc', value: 'DEA122400001', assertedBy: 'Test Records' },
    ]);
  });

  test('another ISRC is asserted beside the first, and a match names both', async () => {
    const first = accepted(await register('isrcs', 'audio i', { metadata: { isrc: 'DEA122400002' } }));
    expect((await register('isrcs', 'audio i', { metadata: { isrc: 'DEA122400003' } })).outcome).toBe(
      'updated',
    );
    const row = await records.findRecording({ recordingId: first.recordingId });
    expect(row?.identifierAssertions.map((assertion) => assertion.value)).toEqual([
      'DEA122400002',
      'DEA122400003',
    ]);
    const [matched] = await records.listMatchedRecordings([first.referenceId]);
    expect(matched).toMatchObject({
      recordingId: first.recordingId,
      externalId: 'isrcs',
      isrcs: ['DEA122400002', 'DEA122400003'],
    });
  });

  test('the same audio under a second external id is a second recording of one reference', async () => {
    const first = accepted(await register('album', 'audio s'));
    const second = accepted(await register('single', 'audio s'));
    expect(second.outcome).toBe('registered');
    expect(second.recordingId).not.toBe(first.recordingId);
    expect(second.referenceId).toBe(first.referenceId);
    expect(second.position).toBe(first.position);
    const matched = await records.listMatchedRecordings([first.referenceId]);
    expect(matched.map((row) => row.externalId).sort()).toEqual(['album', 'single']);
  });

  test('two parties with the same audio have a reference each', async () => {
    const other = await records.ensureParty('Other Records');
    const mine = accepted(await register('parties', 'audio p'));
    const theirs = accepted(
      await records.registerRecording(registrationOf(other.partyId, 'parties', 'audio p')),
    );
    expect(theirs.referenceId).not.toBe(mine.referenceId);
    expect(await records.findRecording({ recordingId: theirs.recordingId, partyId })).toBeUndefined();
    expect(await records.removeRecording({ recordingId: theirs.recordingId, partyId })).toBeUndefined();
  });
});

describe('an idempotency key', () => {
  const idempotency = { key: 'key 1', requestDigest: sha256('request 1') };

  test('gives a repeated request its first answer, even after the recording is gone', async () => {
    const first = accepted(await register('keyed', 'audio k', { idempotency }));
    await records.removeRecording({ recordingId: first.recordingId });
    expect(await register('keyed', 'audio k', { idempotency })).toEqual(first);
  });

  test('is refused with another request', async () => {
    const other = { ...idempotency, requestDigest: sha256('request 2') };
    expect(await register('keyed', 'audio k', { idempotency: other })).toEqual({
      outcome: 'idempotency_key_reused',
    });
  });

  test('is forgotten after 24 hours', async () => {
    const client = new pg.Client({ connectionString: database.databaseUrl });
    await client.connect();
    await client.query('set role earmark_service');
    await client.query(`update idempotency_key set created_at = now() - interval '25 hours'`);
    await client.end();
    const again = accepted(await register('keyed', 'audio k', { idempotency }));
    expect(again.outcome).toBe('registered');
  });

  test('used by twenty requests at once registers once', async () => {
    const keyed = { key: 'key 2', requestDigest: sha256('request 3') };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => register('keyed twenty', 'audio kt', { idempotency: keyed })),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});

describe('twenty at once', () => {
  test('of the same external id and audio make one recording', async () => {
    const before = await records.countRegistry();
    const answers = await Promise.all(Array.from({ length: 20 }, () => register('twenty', 'audio t')));
    expect(new Set(answers.map((answer) => accepted(answer).recordingId)).size).toBe(1);
    expect(answers.filter((answer) => answer.outcome === 'registered')).toHaveLength(1);
    const after = await records.countRegistry();
    expect(after.recordingCount - before.recordingCount).toBe(1);
    expect(after.referenceCount - before.referenceCount).toBe(1);
  });

  test('of the same audio under twenty external ids make one reference', async () => {
    const head = await store.feedHead();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => register(`shared ${n}`, 'audio shared')),
    );
    expect(new Set(answers.map((answer) => accepted(answer).referenceId)).size).toBe(1);
    expect(await store.feedHead()).toBe(head + 1);
  });

  test('of the same external id with twenty audios accept one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => register('contested', `contested ${n}`)),
    );
    expect(answers.filter((answer) => answer.outcome === 'registered')).toHaveLength(1);
    expect(answers.filter((answer) => answer.outcome === 'other_audio')).toHaveLength(19);
  });

  test('registrations and removals of one audio leave a reference exactly when a recording is left', async () => {
    const head = await store.feedHead();
    const churn = async (n: number) => {
      for (let round = 0; round < 5; round++) {
        const { recordingId } = accepted(await register(`churn ${n}`, 'audio churn'));
        await records.removeRecording({ recordingId });
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, n) => churn(n)));
    const entries = await store.readFeed({ after: head, limit: 1000 });
    const kinds = entries.map((entry) => entry.kind);
    expect(kinds).toEqual(kinds.map((_, n) => (n % 2 === 0 ? 'register' : 'delete')));
    expect(kinds.length % 2).toBe(0);
    expect(accepted(await register('churn last', 'audio churn')).outcome).toBe('registered');
  });
});

describe('removing', () => {
  test('the last recording of a reference removes the reference with its fingerprint', async () => {
    const first = accepted(await register('remove 1', 'audio r'));
    const second = accepted(await register('remove 2', 'audio r'));
    const head = await store.feedHead();
    expect(await records.removeRecording({ recordingId: first.recordingId, partyId })).toEqual({
      position: head,
      removedReferenceIds: [],
    });
    expect(await records.removeRecording({ recordingId: second.recordingId })).toEqual({
      position: head + 1,
      removedReferenceIds: [first.referenceId],
    });
    expect(await records.listMatchedRecordings([first.referenceId])).toEqual([]);
    expect(await records.removeRecording({ recordingId: second.recordingId })).toBeUndefined();
    const entries = await store.readFeed({ after: first.position - 1, limit: 1000 });
    const ours = entries.filter((entry) => entry.referenceId === first.referenceId);
    expect(ours.map((entry) => [entry.kind, entry.constellation])).toEqual([
      ['register', undefined],
      ['delete', undefined],
    ]);
  });

  test('frees the external id for other audio', async () => {
    const first = accepted(await register('freed', 'audio f1'));
    await records.removeRecording({ recordingId: first.recordingId });
    expect((await register('freed', 'audio f2')).outcome).toBe('registered');
  });
});

test('what was registered is handed back byte by byte', async () => {
  const every = Uint8Array.from({ length: 4096 }, (_, n) => n % 256);
  const registration = registrationOf(partyId, 'bytes', 'audio bytes');
  const fingerprint = { ...registration.fingerprint, constellation: every };
  const { position, recordingId } = accepted(
    await records.registerRecording({ ...registration, fingerprint }),
  );
  const [entry] = await store.readFeed({ after: position - 1, limit: 1 });
  expect(entry?.constellation && Buffer.compare(entry.constellation, every)).toBe(0);
  expect(await records.findRegisteredAudio({ partyId, externalId: 'bytes' })).toMatchObject({
    recordingId,
    audioSha256: registration.fingerprint.audioSha256,
  });
});
