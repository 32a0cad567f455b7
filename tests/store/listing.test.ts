import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type SessionStore, type Store } from '../../api/store/store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { accepted, registrationOf, sha256 } from './registered-audio.ts';

let database: FreshDatabase;
let store: Store;
let records: SessionStore;
let partyId: string;
let otherPartyId: string;

beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ databaseUrl: database.databaseUrl, poolSize: 3 });
  records = store.under({ role: 'operator' });
  partyId = (await records.ensureParty('Mine')).partyId;
  otherPartyId = (await records.ensureParty('Theirs')).partyId;
  const titles = ['Größe', '100 % sure', 'under_score', 'Back\\slash', 'Plain'];
  for (const [n, title] of titles.entries()) {
    const metadata = { title, isrc: `DEA1224000${10 + n}` };
    await records.registerRecording(registrationOf(partyId, `list ${n}`, `audio ${n}`, { metadata }));
  }
  await records.registerRecording(
    registrationOf(otherPartyId, 'list 0', 'audio 0', { metadata: { title: 'Theirs' } }),
  );
});

afterAll(async () => {
  await store?.close();
  await database?.drop();
});

const titlesOf = async (filter: Partial<Parameters<SessionStore['listRecordings']>[0]>) =>
  (await records.listRecordings({ limit: 10, ...filter })).map((row) => row.title);

test('pages follow each other without gap or repetition', async () => {
  const seen: string[] = [];
  let afterRecordingId: string | undefined;
  for (;;) {
    const page = await records.listRecordings({ partyId, limit: 2, afterRecordingId });
    if (page.length === 0) break;
    seen.push(...page.map((row) => row.externalId));
    afterRecordingId = page.at(-1)?.recordingId;
  }
  expect(seen).toEqual(['list 0', 'list 1', 'list 2', 'list 3', 'list 4']);
});

test('a party sees its own recordings, and nobody in particular sees all', async () => {
  expect(await titlesOf({ partyId: otherPartyId })).toEqual(['Theirs']);
  expect(await titlesOf({})).toHaveLength(6);
});

test('a title is found by a part of it, in upper or lower case, accents and umlauts too', async () => {
  expect(await titlesOf({ title: 'GRÖ' })).toEqual(['Größe']);
  expect(await titlesOf({ title: 'plai' })).toEqual(['Plain']);
});

test('signs that mean something to LIKE mean themselves', async () => {
  expect(await titlesOf({ title: '%' })).toEqual(['100 % sure']);
  expect(await titlesOf({ title: '_' })).toEqual(['under_score']);
  expect(await titlesOf({ title: '\\' })).toEqual(['Back\\slash']);
});

test('an ISRC and an external id are found exactly', async () => {
  expect(await titlesOf({ isrc: 'DEA122400014' })).toEqual(['Plain']);
  expect(await titlesOf({ isrc: 'DEA12240001' })).toEqual([]);
  expect(await titlesOf({ externalId: 'list 0' })).toEqual(['Größe', 'Theirs']);
  expect(await titlesOf({ externalId: 'list 0', partyId })).toEqual(['Größe']);
});

test('a key is found by its prefix until it is revoked, and then with the date', async () => {
  const key = {
    apiKeyId: '01990000-0000-7000-8000-000000000001',
    prefix: 'abcdefgh',
    secretSha256: sha256('key'),
  };
  expect(await store.countUsableApiKeys()).toBe(0);
  const more = { scopes: undefined, expiresAt: undefined, maxUsable: 1 };
  expect(await records.insertApiKey({ ...key, partyId, ...more })).toBe(true);
  expect(await store.countUsableApiKeys()).toBe(1);
  expect(await store.findApiKeyByPrefix('abcdefgh')).toMatchObject({
    apiKeyId: key.apiKeyId,
    secretSha256: key.secretSha256,
    partyRoles: [],
    expiresAt: undefined,
    revokedAt: undefined,
  });
  expect(await records.revokeApiKey({ apiKeyId: key.apiKeyId, partyId })).toBe(true);
  expect((await store.findApiKeyByPrefix('abcdefgh'))?.revokedAt).toBeInstanceOf(Date);
  expect(await store.countUsableApiKeys()).toBe(0);
  expect(await records.listApiKeys({ partyId: otherPartyId, afterApiKeyId: undefined, limit: 10 })).toEqual(
    [],
  );
  expect(await records.revokeApiKey({ apiKeyId: '01990000-0000-7000-8000-000000000002', partyId })).toBe(
    false,
  );
});

test('a scan is handed back as it was answered, to its party', async () => {
  const answer = { matches: [{ segments: [1, 2] }], text: 'ü"\\' };
  const scanId = '01990000-0000-7000-8000-000000000003';
  const scan = { scanId, partyId, externalId: undefined, indexPosition: 2 ** 40, durationMs: 5, answer };
  const fingerprint = new Uint8Array([1, 2, 3]);
  await records.insertScan({ ...scan, fingerprint, fingerprintDays: 90 });
  expect(await records.findScan({ scanId, partyId })).toMatchObject(scan);
  expect(await records.findScan({ scanId, partyId: otherPartyId })).toBeUndefined();
});

describe('what was scanned', () => {
  const fingerprint = new Uint8Array([1, 2, 3, 255]);
  const scanOf = (scanId: string, fingerprintDays: number) => {
    const row = { partyId, externalId: undefined, indexPosition: 1, durationMs: 5, answer: {} };
    return records.insertScan({ scanId, ...row, fingerprint, fingerprintDays });
  };

  test('is kept beside its scan, and goes with it', async () => {
    const scanId = '01990000-0000-7000-8000-000000000004';
    await scanOf(scanId, 30);
    expect(await records.findScanFingerprint({ scanId, daysKept: 30 })).toEqual(Buffer.from(fingerprint));
    const client = new pg.Client({ connectionString: database.databaseUrl });
    await client.connect();
    await client.query('alter table scan no force row level security');
    await client.query('delete from scan where scan_id = $1', [scanId]).finally(() => client.end());
    expect(await records.findScanFingerprint({ scanId, daysKept: 30 })).toBeUndefined();
  });

  test('is not kept where it is to be kept for no day', async () => {
    const scanId = '01990000-0000-7000-8000-000000000005';
    await scanOf(scanId, 0);
    expect(await records.findScanFingerprint({ scanId, daysKept: 30 })).toBeUndefined();
    expect(await records.findScan({ scanId })).toMatchObject({ scanId });
  });
});

test('a party of a name is made once, however many ask for it at once', async () => {
  const parties = await Promise.all(Array.from({ length: 10 }, () => records.ensureParty('Wanted by many')));
  expect(new Set(parties.map((row) => row.partyId)).size).toBe(1);
  expect(
    accepted(await records.registerRecording(registrationOf(parties[0]?.partyId ?? '', 'x', 'x'))).position,
  ).toBe(7);
});
