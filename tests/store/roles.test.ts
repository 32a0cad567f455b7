/** The roles that statements run under, where they are missing: on a cluster from before there were any. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../api/config.ts';
import { openStoreContext } from '../../api/context.ts';
import { findBinaries } from '../../api/store/embedded-binaries.ts';
import { openEmbeddedPostgres } from '../../api/store/embedded-postgres.ts';
import { databaseRoles } from '../../api/store/roles.ts';
import { openStore } from '../../api/store/store.ts';

let dataDir: string;
const accessPath = () => join(dataDir, 'postgres.json');
const open = () => openEmbeddedPostgres({ dataDir, isDurable: false });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'earmark-roles-'));
  await (await open()).close();
  await runAsSuperuser(`drop role ${databaseRoles.join(', ')}`);
});

/** While no server runs. */
async function runAsSuperuser(statement: string): Promise<void> {
  const directory = join(dataDir, 'postgres');
  const binaries = await findBinaries(dataDir, directory);
  const args = ['--single', '-D', directory, '-c', 'exit_on_error=on', 'postgres'];
  await binaries.run('postgres', args, `${statement};\n`);
}
afterAll(() => rm(dataDir, { recursive: true, force: true }));

test('a user who may make none is told what somebody who may has to run', async () => {
  const postgres = await open();
  try {
    const config = loadConfig({ DATABASE_URL: postgres.databaseUrl, EARMARK_DATA_DIR: dataDir }, {});
    const refusal = await openStoreContext({ ...config, logLevel: 'silent' }).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ code: 'DATABASE_ROLES_MISSING' });
    const { message } = refusal as Error;
    expect(message).toContain(
      'grant earmark_tenant, earmark_administrator, earmark_operator, earmark_service to "earmark"',
    );
    expect(message).toContain('create role %I nologin');
    // Nothing has begun: neither a table nor the list of migrations.
    const client = new pg.Client({ connectionString: postgres.databaseUrl });
    await client.connect();
    const made = `select relname from pg_class where relnamespace = 'public'::regnamespace`;
    expect((await client.query(made).finally(() => client.end())).rows).toEqual([]);
  } finally {
    await postgres.close();
  }
});

test('a running server of an earlier earmark is not used without them', async () => {
  const postgres = await open();
  const access = await readFile(accessPath(), 'utf8');
  try {
    const { roles: _, ...earlier } = JSON.parse(access);
    await writeFile(accessPath(), JSON.stringify(earlier));
    await expect(open()).rejects.toThrow(/End every earmark on this data directory/);
  } finally {
    await postgres.close();
  }
});

test('a cluster of an earlier earmark gets them at its next start', async () => {
  const postgres = await open();
  try {
    expect(JSON.parse(await readFile(accessPath(), 'utf8')).roles).toEqual(databaseRoles);
    const store = await openStore({ databaseUrl: postgres.databaseUrl, poolSize: 2 });
    expect(await store.feedHead()).toBe(0);
    await store.close();
  } finally {
    await postgres.close();
  }
});

test('a user who may make roles and is no superuser makes them, and has none of their rights itself', async () => {
  const other = await mkdtemp(join(tmpdir(), 'earmark-roles-'));
  const first = dataDir;
  dataDir = other;
  try {
    await (await open()).close();
    await runAsSuperuser(`drop role ${databaseRoles.join(', ')}`);
    await runAsSuperuser('alter role earmark createrole');
    const postgres = await open();
    const store = await openStore({ databaseUrl: postgres.databaseUrl, poolSize: 2 });
    const { partyId } = await store.under({ role: 'operator' }).ensureParty('Mine');
    expect(await store.under({ role: 'tenant', partyId, scopes: [] }).findParty(partyId)).toMatchObject({
      name: 'Mine',
    });
    const client = new pg.Client({ connectionString: postgres.databaseUrl });
    await client.connect();
    expect((await client.query('select * from party').finally(() => client.end())).rows).toEqual([]);
    await store.close();
    await postgres.close();
  } finally {
    dataDir = first;
    await rm(other, { recursive: true, force: true });
  }
});
