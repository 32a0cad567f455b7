import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { usageError } from './exit-status.ts';

/** Throws a usage error where the data directory holds no registry and no database is named. */
export function refuseMissingRegistry({ dataDir, databaseUrl }: Config): void {
  if (databaseUrl !== undefined || existsSync(join(dataDir, 'postgres', 'PG_VERSION'))) return;
  throw usageError(
    `There is no registry in ${dataDir}. Name the folder with --data-dir, or register something first.`,
  );
}
