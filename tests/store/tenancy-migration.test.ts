/** What was registered and whose keys there were before parties had roles, after the migration. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { effectiveScopes, scopesOf } from '../../api/registry/caller.ts';
import { openEmbeddedPostgres } from '../../api/store/embedded-postgres.ts';
import { openStore, type Store } from '../../api/store/store.ts';
import { sha256 } from './registered-audio.ts';

const folder = new URL('../../sql/migrations/', import.meta.url);
const idOf = (n: number) => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`;

let dataDir: string;
let postgres: Awaited<ReturnType<typeof openEmbeddedPostgres>>;
let store: Store;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'earmark-migration-'));
  postgres = await openEmbeddedPostgres({ dataDir, isDurable: false });
  const client = new pg.Client({ connectionString: postgres.databaseUrl });
  await client.connect();
  const [first = '', second = ''] = (await readdir(folder)).sort();
  for (const file of [first, second]) await client.query(await readFile(new URL(file, folder), 'utf8'));
  await client.query(
    'create table schema_migration (id serial primary key, name varchar(255) not null, run_on timestamp not null)',
  );
  for (const file of [first, second]) {
    await client.query('insert into schema_migration (name, run_on) values ($1, now())', [
      file.replace(/\.sql$/, ''),
    ]);
  }
  const [harbour, ops] = [idOf(1), idOf(2)];
  await client.query(
    `insert into party (party_id, name) values ('${harbour}', 'Harbour'), ('${ops}', 'Ops')`,
  );
  const keys: [number, string, string][] = [
    [11, harbour, 'rightsholder'],
    [12, ops, 'operator'],
    [13, ops, 'platform'],
  ];
  for (const [n, partyId, role] of keys) {
    await client.query(
      'insert into api_key (api_key_id, party_id, prefix, secret_sha256, role) values ($1, $2, $3, $4, $5)',
      [idOf(n), partyId, `emk_${n}`, sha256('x'), role],
    );
  }
  await client.query(`
    insert into recording (recording_id, party_id, external_id) values ('${idOf(21)}', '${harbour}', 'kept');
    insert into identifier_assertion (identifier_assertion_id, recording_id, asserted_by, scheme, value)
      values ('${idOf(22)}', '${idOf(21)}', '${harbour}', 'isrc', 'GBAYE9300106');
    insert into reference (reference_id, party_id, audio_sha256, eligibility, status)
      values ('${idOf(23)}', '${harbour}', sha256('audio'), 'claim_eligible', 'active');
    insert into recording_reference (party_id, recording_id, reference_id)
      values ('${harbour}', '${idOf(21)}', '${idOf(23)}');
    insert into fingerprint (reference_id, algorithm, parameter_version, audio_sha256, duration_ms, peak_count, constellation, descriptors)
      values ('${idOf(23)}', 'a', 1, sha256('audio'), 10, 1, 'x', '');
    insert into scan (scan_id, party_id, index_position, duration_ms, answer)
      values ('${idOf(24)}', '${ops}', 0, 10, '{}');
    insert into scan_fingerprint (scan_id, bytes) values ('${idOf(24)}', 'y');`);
  await client.end();
  store = await openStore({ databaseUrl: postgres.databaseUrl, poolSize: 2 });
}, 120_000);

afterAll(async () => {
  await store?.close();
  await postgres?.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('a key is for what it was for, and no wider where its party has another role as well', async () => {
  const scopesNow = async (prefix: string) => {
    const key = await store.findApiKeyByPrefix(prefix);
    return new Set(effectiveScopes(key?.partyRoles ?? [], key?.scopes));
  };
  expect(await scopesNow('emk_11')).toEqual(new Set(scopesOf.rightsholder));
  expect(await scopesNow('emk_12')).toEqual(new Set(scopesOf.operator));
  // Written down then: scopes that came later are not among them.
  const platforms = ['scan:uploads', 'read:scans', 'read:parties', 'manage:keys'];
  expect(await scopesNow('emk_13')).toEqual(new Set(platforms));
});

test('what was registered and scanned is there for its party, and for no other', async () => {
  const [recordingId, scanId] = [idOf(21), idOf(24)];
  const [harbour, ops] = [1, 2].map((n) => store.under({ role: 'tenant', partyId: idOf(n), scopes: [] })) as [
    ReturnType<Store['under']>,
    ReturnType<Store['under']>,
  ];
  expect(await harbour.findRecording({ recordingId })).toMatchObject({
    identifierAssertions: [{ value: 'GBAYE9300106', assertedBy: 'Harbour' }],
    references: [{ durationMs: 10 }],
  });
  expect(await ops.findRecording({ recordingId })).toBeUndefined();
  expect(await ops.findScanFingerprint({ scanId, daysKept: 1 })).toEqual(Buffer.from('y'));
  expect(await harbour.findScan({ scanId })).toBeUndefined();
});
