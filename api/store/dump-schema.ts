/**
 * Writes sql/schema.sql: what the migrations add up to, for people to read and for the check that a migration
 * came with its dump. From the catalogs, because the embedded Postgres brings no pg_dump.
 *
 *   node api/store/dump-schema.ts           writes it
 *   node api/store/dump-schema.ts --check   exits with 1 when it would be written differently
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';

export const schemaFile = new URL('../../sql/schema.sql', import.meta.url);

const header = `-- What sql/migrations add up to. Written by api/store/dump-schema.ts; do not edit.
`;

// Kept by node-pg-migrate, not by a migration.
const isOurs = `n.nspname = 'public' and c.relname not like 'schema\\_migration%'`;

const extensionQuery = `
  select format('create extension %s;', extname) as line
  from pg_extension where extname <> 'plpgsql' order by extname`;

const tableQuery = `
  select c.oid::int, c.relname as name, coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') as options
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and ${isOurs} order by c.relname`;

const columnQuery = `
  select a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attstorage <> t.typstorage
      then ' storage ' || case a.attstorage when 'e' then 'external' when 'm' then 'main' when 'p' then 'plain' else 'extended' end
      else '' end
    || case when a.attnotnull then ' not null' else '' end
    || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
  order by a.attnum`;

// Postgres 18 lists NOT NULL here too; the columns say it already.
const constraintQuery = `
  select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid, true) as line
  from pg_constraint where conrelid = $1 and contype <> 'n'
  order by array_position(array['p', 'u', 'f', 'c'], contype::text), conname`;

const indexQuery = `
  select pg_get_indexdef(i.indexrelid, 0, true) || ';' as line
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = $1 and not exists (select from pg_constraint where conindid = i.indexrelid and contype in ('p', 'u'))
  order by c.relname`;

const triggerQuery = `
  select pg_get_triggerdef(oid) || ';' as line
  from pg_trigger where tgrelid = $1 and not tgisinternal order by tgname`;

const securityQuery = `
  select format('alter table %s enable row level security%s;', relname, case when relforcerowsecurity then ', force row level security' else '' end) as line
  from pg_class where oid = $1 and relrowsecurity`;

const policyQuery = `
  select format('create policy %s on %s as %s for %s to %s%s%s;', policyname, tablename, lower(permissive), lower(cmd),
    array_to_string(roles, ', '), E'\\n  using (' || qual || ')', E'\\n  with check (' || with_check || ')') as line
  from pg_policies where schemaname = 'public' and tablename = $1
  order by array_to_string(roles, ', '), policyname`;

const tableGrantQuery = `
  select format('grant %s on %s to %s;', string_agg(lower(privilege_type), ', ' order by privilege_type), table_name, grantee) as line
  from information_schema.table_privileges
  where table_schema = 'public' and table_name = $1 and grantee like 'earmark\\_%'
  group by table_name, grantee order by grantee`;

// What a role may do with some columns only.
const columnGrantQuery = `
  select format('grant %s (%s) on %s to %s;', lower(privilege_type), string_agg(column_name, ', ' order by column_name), table_name, grantee) as line
  from information_schema.column_privileges c
  where table_schema = 'public' and table_name = $1 and grantee like 'earmark\\_%'
    and not exists (
      select from information_schema.table_privileges t
      where (t.table_schema, t.table_name, t.grantee, t.privilege_type) = (c.table_schema, c.table_name, c.grantee, c.privilege_type)
    )
  group by table_name, grantee, privilege_type order by grantee, privilege_type`;

const functionQuery = `
  select pg_get_functiondef(p.oid) || coalesce((
    select string_agg(format(E'-- %s may execute it, owner %s\\n', case when a.grantee = 0 then 'public' else a.grantee::regrole::text end, p.proowner::regrole), '' order by a.grantee::regrole::text)
    from aclexplode(p.proacl) a where a.grantee <> p.proowner
  ), '') as line
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = 'public'
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  order by p.proname`;

type Line = { readonly line: string };

/** Always the same text for the same schema. */
export async function dumpSchema(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const lines = async (query: string, values: unknown[] = []) =>
    (await client.query<Line>(query, values)).rows.map((row) => row.line);
  try {
    const parts = [header, ...(await lines(extensionQuery)), ''];
    const tables = await client.query<{ oid: number; name: string; options: string }>(tableQuery);
    for (const { oid, name, options } of tables.rows) {
      const inside = [...(await lines(columnQuery, [oid])), ...(await lines(constraintQuery, [oid]))];
      parts.push(`create table ${name} (`, inside.map((line) => `  ${line}`).join(',\n'), `)${options};`);
      for (const query of [indexQuery, triggerQuery, securityQuery])
        parts.push(...(await lines(query, [oid])));
      for (const query of [policyQuery, tableGrantQuery, columnGrantQuery])
        parts.push(...(await lines(query, [name])));
      parts.push('');
    }
    parts.push(...(await lines(functionQuery)));
    return parts.join('\n');
  } finally {
    await client.end();
  }
}

async function main(isCheck: boolean): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'earmark-schema-'));
  const postgres = await openEmbeddedPostgres({ dataDir, isDurable: false });
  try {
    await migrate(postgres.databaseUrl);
    const dumped = await dumpSchema(postgres.databaseUrl);
    if (!isCheck) {
      await writeFile(schemaFile, dumped);
      return 0;
    }
    if ((await readFile(schemaFile, 'utf8').catch(() => '')) === dumped) return 0;
    process.stderr.write(
      'sql/schema.sql is not what the migrations give: run node api/store/dump-schema.ts\n',
    );
    return 1;
  } finally {
    await postgres.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.includes('--check'));
