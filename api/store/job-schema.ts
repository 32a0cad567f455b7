/**
 * The tables that pg-boss keeps jobs in, in a schema of their own. They are made and brought up to date by whoever
 * migrates, as the owner; what works on jobs does so as `earmark_service`, which owns nothing and changes no table.
 */

import type pg from 'pg';
import { getConstructionPlans, getMigrationPlans } from 'pg-boss';
import manifest from 'pg-boss/package.json' with { type: 'json' };

export const jobSchema = 'earmark_job';
/** The layout that the installed pg-boss works with. */
const wanted = manifest.pgboss.schema;
/** One process at a time; any number that nothing else locks by. */
const lock = 7_216_048_231;

/** Does nothing where the tables are as they should be. */
export async function migrateJobs(client: pg.ClientBase): Promise<void> {
  await client.query('select pg_advisory_lock($1)', [lock]);
  try {
    const installed = await installedVersion(client);
    if (installed !== undefined && installed >= wanted) return;
    await client.query(
      installed === undefined ? getConstructionPlans(jobSchema) : getMigrationPlans(jobSchema, installed),
    );
    await client.query(`
      grant usage on schema ${jobSchema} to earmark_service;
      grant select, insert, update, delete on all tables in schema ${jobSchema} to earmark_service;
      grant execute on all functions in schema ${jobSchema} to earmark_service`);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [lock]);
  }
}

async function installedVersion(client: pg.ClientBase): Promise<number | undefined> {
  const { rows } = await client.query<{ is_there: boolean }>(
    `select to_regclass('${jobSchema}.version') is not null as is_there`,
  );
  if (rows[0]?.is_there !== true) return undefined;
  const read = await client.query<{ version: number }>(`select version from ${jobSchema}.version`);
  return read.rows[0]?.version;
}
