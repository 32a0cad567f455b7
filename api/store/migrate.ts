/** Brings a database to the newest schema: runs the files of sql/migrations that it has not seen, in order. */
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { asStoreError } from './store-unavailable.ts';

const directory = fileURLToPath(new URL('../../sql/migrations', import.meta.url));

/** Bounds each migration and the wait for another process that is migrating. */
const migrationTimeoutMs = 10 * 60_000;

/** All or nothing. Processes that start together wait for the first one, by an advisory lock. */
export async function migrate(databaseUrl: string): Promise<void> {
  const silent = () => undefined;
  try {
    await runner({
      databaseUrl: {
        connectionString: databaseUrl,
        connectionTimeoutMillis: 5_000,
        statement_timeout: migrationTimeoutMs,
      },
      dir: directory,
      direction: 'up',
      migrationsTable: 'schema_migration',
      singleTransaction: true,
      advisoryLockMode: 'wait',
      log: silent,
    });
  } catch (error) {
    throw asStoreError(error);
  }
}
