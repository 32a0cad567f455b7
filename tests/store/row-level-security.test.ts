import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopes } from '../../api/registry/caller.ts';
import { databaseRoles } from '../../api/store/roles.ts';
import { syntheticFingerprintFile } from '../support/synthetic-fingerprint.ts';
import {
  openTwoTenants,
  rowsOf,
  type SeenAs,
  seenAs,
  type TwoTenants,
  tenantTables,
} from '../support/two-tenants.ts';

const tenantScopes = scopes.filter((scope) => scope !== 'operate:registry');
const refusedByPolicy = '42501';

let tenants: TwoTenants;
let database: pg.Client;
let tables: string[];
beforeAll(async () => {
  tenants = await openTwoTenants();
  database = tenants.database;
  tables = await tenantTables(database);
});
afterAll(() => tenants?.close());

const asOne = (): SeenAs => ({ role: 'earmark_tenant', partyId: tenants.one.partyId, scopes: tenantScopes });
const asOther = (): SeenAs => ({
  role: 'earmark_tenant',
  partyId: tenants.other.partyId,
  scopes: tenantScopes,
});
const rowsAs = (as: SeenAs, table: string) => seenAs(database, as, () => rowsOf(database, table));

/** By when they came, not by who sees them. */
const rowsOfOne = async (table: string) =>
  (await rowsAs({ role: 'earmark_operator' }, table)).filter((row) =>
    tenants.one.ids.some((id) => row.includes(id)),
  );

type Leak = `${string} ${'seen' | 'inserted' | 'updated' | 'deleted'}`;

/** Runs a statement under a role, takes it back, and hands the rows; none where it is refused. */
async function rowsBy(as: SeenAs, statement: string, values: unknown[] = []): Promise<string[]> {
  return await seenAs(database, as, async () => {
    const { rows } = await database.query<{ row: string }>(statement, values);
    return rows.map(({ row }) => row);
  }).catch((error: unknown) => {
    if (error instanceof pg.DatabaseError && error.code === refusedByPolicy) return [];
    throw error;
  });
}

/** What the other tenant can do with the rows of the first, in one table. */
async function leaksOf(table: string): Promise<Leak[]> {
  const name = pg.escapeIdentifier(table);
  const theirs = new Set(await rowsOfOne(table));
  const leaks: Leak[] = [];
  const found = (rows: readonly string[]) => rows.some((row) => theirs.has(row));
  if (found(await rowsAs(asOther(), table))) leaks.push(`${table} seen`);
  for (const row of theirs) {
    const copy = `insert into ${name} select (jsonb_populate_record(null::${name}, $1)).* returning to_jsonb(${name})::text as row`;
    // A second row of the same key is refused too, but only after the policies have let it through.
    const isIn = await rowsBy(asOther(), copy, [row]).then(
      (rows) => rows.length > 0,
      () => true,
    );
    if (isIn) leaks.push(`${table} inserted`);
  }
  const { rows: columns } = await database.query<{ name: string }>(
    'select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped',
    [name],
  );
  for (const { name: column } of columns) {
    const same = pg.escapeIdentifier(column);
    const update = `update ${name} set ${same} = ${same} returning to_jsonb(${name})::text as row`;
    if (found(await rowsBy(asOther(), update))) leaks.push(`${table} updated`);
  }
  const remove = `delete from ${name} returning to_jsonb(${name})::text as row`;
  if (found(await rowsBy(asOther(), remove).catch(() => []))) leaks.push(`${table} deleted`);
  return [...new Set(leaks)];
}

describe('every table under row-level security', () => {
  it('holds something of either tenant: else nothing could be seen of it', async () => {
    const empty: string[] = [];
    for (const table of tables) {
      for (const as of [asOne(), asOther()]) if ((await rowsAs(as, table)).length === 0) empty.push(table);
    }
    expect(empty).toEqual([]);
    expect(tables.length).toBeGreaterThanOrEqual(12);
  });

  it('shows a tenant no row of another, and lets it insert, update and delete none', async () => {
    const leaks: Leak[] = [];
    for (const table of tables) leaks.push(...(await leaksOf(table)));
    expect(leaks).toEqual([]);
  });

  it('would be found out if one policy were too wide', async () => {
    const blind: string[] = [];
    for (const table of tables) {
      await database.query(`create policy too_wide on ${table} to earmark_tenant using (true)`);
      const leaks = await leaksOf(table).finally(() => database.query(`drop policy too_wide on ${table}`));
      if (!leaks.includes(`${table} seen`)) blind.push(table);
    }
    expect(blind).toEqual([]);
  });

  it('would be found out if it had no row-level security at all', async () => {
    await database.query('alter table scan disable row level security');
    const leaks = await leaksOf('scan').finally(() =>
      database.query('alter table scan enable row level security'),
    );
    expect(leaks).toEqual(['scan seen', 'scan inserted']);
  });

  it('shows nothing to a tenant role without a party, nor to the owner without a role', async () => {
    for (const table of tables) {
      expect([table, await rowsAs({ role: 'earmark_tenant' }, table)]).toEqual([table, []]);
      expect([table, await rowsOf(database, table)]).toEqual([table, []]);
    }
  });

  it('has its policies forced upon the owner, and one for tenants and one for operators', async () => {
    const { rows } = await database.query<{ name: string; forced: boolean; roles: string[] }>(
      `select c.relname as name, c.relforcerowsecurity as forced, array(
         select distinct r::text from pg_policies p, unnest(p.roles) r where p.tablename = c.relname order by 1
       ) as roles
       from pg_class c where c.relname = any ($1)`,
      [tables],
    );
    for (const { name, forced, roles } of rows) {
      expect([name, forced, roles]).toEqual([
        name,
        true,
        expect.arrayContaining(['earmark_operator', 'earmark_tenant']),
      ]);
    }
  });
});

describe('no table is forgotten', () => {
  it('where it has a party, or belongs to a row that has one', async () => {
    // Tables that name a party, and then whatever refers to one of those.
    const { rows } = await database.query<{ name: string }>(
      `with recursive tenancy as (
         select attrelid as oid from pg_attribute a join pg_class c on c.oid = a.attrelid
         where a.attname = 'party_id' and not a.attisdropped and c.relkind in ('r', 'p')
           and c.relnamespace = current_schema()::regnamespace
         union
         select f.conrelid from pg_constraint f join tenancy t on t.oid = f.confrelid where f.contype = 'f'
       )
       select relname as name from tenancy join pg_class using (oid) where not relrowsecurity`,
    );
    expect(rows).toEqual([]);
  });

  it('where a tenant has any right to it, but for the position of the change feed', async () => {
    const { rows } = await database.query<{ name: string }>(
      `select distinct table_name as name from information_schema.column_privileges
       join pg_class on relname = table_name and relnamespace = current_schema()::regnamespace
       where grantee in ('earmark_tenant', 'PUBLIC') and table_schema = current_schema() and not relrowsecurity`,
    );
    expect(rows).toEqual([{ name: 'feed_head' }]);
  });
});

describe('the roles that statements run under', () => {
  it('log in nowhere, own no table, and go round no policy', async () => {
    const { rows } = await database.query(
      `select rolname as name, rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as is_more,
         (select count(*)::int from pg_class where relowner = r.oid and relkind in ('r', 'p', 'v', 'm')) as owned
       from pg_roles r where rolname = any ($1) order by 1`,
      [databaseRoles],
    );
    expect(rows).toEqual([...databaseRoles].sort().map((name) => ({ name, is_more: false, owned: 0 })));
  });

  it('are the only ones to call what runs with the rights of the service', async () => {
    const { rows } = await database.query<{ name: string; owner: string; callers: string[] }>(
      `select p.proname as name, p.proowner::regrole::text as owner, array(
         select case when a.grantee = 0 then 'public' else a.grantee::regrole::text end from aclexplode(p.proacl) a
         where a.grantee <> p.proowner order by 1
       ) as callers
       from pg_proc p where p.prosecdef and p.pronamespace = current_schema()::regnamespace order by 1`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { name, owner, callers } of rows) {
      const isKnown = callers.every((caller) => databaseRoles.some((role) => role === caller));
      expect([name, owner, isKnown]).toEqual([name, 'earmark_service', true]);
    }
  });

  it('write nothing for a key that has not the scope', async () => {
    const written: string[] = [];
    for (const table of tables) {
      for (const row of await rowsAs(asOne(), table)) {
        const unscoped = { ...asOne(), scopes: ['read:recordings', 'read:scans'] };
        const name = pg.escapeIdentifier(table);
        const copy = `insert into ${name} select (jsonb_populate_record(null::${name}, $1)).* returning to_jsonb(${name})::text as row`;
        const isIn = await rowsBy(unscoped, copy, [row]).then(
          (rows) => rows.length > 0,
          () => true,
        );
        if (isIn) written.push(table);
      }
      const remove = `delete from ${table} returning to_jsonb(${table})::text as row`;
      if ((await rowsBy({ ...asOne(), scopes: [] }, remove)).length > 0) written.push(table);
    }
    // Which request was answered what is no act of its own.
    expect([...new Set(written)]).toEqual(['idempotency_key']);
  });
});

describe('an administrator in the database', () => {
  /** To whoever acts for another party. */
  const closed = [
    ...['scan', 'scan_fingerprint', 'api_key', 'party_role'],
    ...['policy', 'policy_version', 'policy_activation', 'policy_assignment'],
    ...['submission', 'submission_match', 'submission_fingerprint', 'retroscan', 'allowlist_entry'],
    ...['event', 'webhook', 'webhook_delivery'],
  ];
  const asAdministrator = (partyId = tenants.one.partyId): SeenAs => ({
    role: 'earmark_administrator',
    partyId: tenants.one.administrator.partyId,
    onBehalfOf: partyId,
    scopes: tenantScopes,
  });

  it('reaches what its mandate covers, and no other recording, assertion or fingerprint of the party', async () => {
    const hidden = await tenants.one.client.register(
      { external_id: 'hidden', label: 'Another label', isrc: 'DEZZZ2400099' },
      syntheticFingerprintFile(7099),
    );
    const seen = async (table: string) => (await rowsAs(asAdministrator(), table)).join('\n');
    expect(await seen('recording')).toContain('Zanzibar-catalog-1');
    for (const table of ['recording', 'identifier_assertion', 'recording_reference', 'fingerprint']) {
      const rows = await seen(table);
      expect([table, rows.length > 0]).toEqual([table, true]);
      for (const secret of [hidden.body.recording_id, hidden.body.reference_id, 'DEZZZ2400099']) {
        expect([table, rows.includes(secret)]).toEqual([table, false]);
      }
    }
    expect(await seen('idempotency_key')).not.toContain(tenants.one.partyId);
    for (const table of closed) {
      await expect(seen(table)).rejects.toMatchObject({ code: refusedByPolicy });
    }
  });

  it('reaches nothing of a party that has given it none', async () => {
    for (const table of tables.filter((one) => !closed.includes(one))) {
      const rows = await rowsAs(asAdministrator(tenants.other.partyId), table);
      const theirs = rows.filter((row) => tenants.other.ids.some((id) => row.includes(id)));
      expect([table, theirs]).toEqual([table, []]);
    }
  });

  it('deletes nothing, whatever the scopes of its key', async () => {
    for (const table of ['recording', 'recording_reference', 'reference']) {
      const remove = `delete from ${table} returning to_jsonb(${table})::text as row`;
      expect([table, await rowsBy(asAdministrator(), remove)]).toEqual([table, []]);
    }
  });
});
