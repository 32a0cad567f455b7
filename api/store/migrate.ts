/**
 * Brings a database to the newest schema: runs the files of sql/migrations that it has not seen, in order, and what
 * pg-boss asks for.
 *
 * Row-level security is forced upon the owner too, who has no policy: a migration that changes rows would silently
 * find none. `row_security = off` makes that an error, and the migration lifts the force for as long as it needs.
 */
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { migrateJobs } from './job-schema.ts';
import { ensureDatabaseRoles } from './roles.ts';
import { asStoreError } from './store-unavailable.ts';

const directory = fileURLToPath(new URL('../../sql/migrations', import.meta.url));

/** Bounds each migration and the wait for another process that is migrating. */
const migrationTimeoutMs = 10 * 60_000;

/**
 * All or nothing. Processes that start together wait for the first one, by an advisory lock. Throws
 * DatabaseRolesMissing.
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const silent = () => undefined;
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    statement_timeout: migrationTimeoutMs,
  });
  client.on('error', silent);
  try {
    await client.connect();
    await ensureDatabaseRoles(client);
    await migrateJobs(client);
    await client.query('set row_security = off');
    await runner({
      dbClient: client,
      dir: directory,
      direction: 'up',
      migrationsTable: 'schema_migration',
      singleTransaction: true,
      advisoryLockMode: 'wait',
      log: silent,
    });
  } catch (error) {
    throw asStoreError(error);
  } finally {
    await client.end().catch(silent);
  }
}
