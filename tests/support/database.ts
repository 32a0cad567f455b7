/**
 * A real Postgres for tests: one embedded server for the whole run, with a migrated template, of which every test
 * file clones a database of its own. The default export is vitest's globalSetup.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { openEmbeddedPostgres } from '../../api/store/embedded-postgres.ts';
import { migrate } from '../../api/store/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    serverUrl: string;
  }
}

const templateName = 'earmark_template';

/** The same server and role, another database. */
const onDatabase = (url: string, name: string): string =>
  Object.assign(new URL(url), { pathname: `/${name}` }).href;

async function runOnServer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** Starts the server before the first test file, and takes it away, data and all, after the last. */
export default async function setup(project: Pick<TestProject, 'provide'>): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'earmark-test-'));
  const opening = openEmbeddedPostgres({ dataDir, isDurable: false });
  const teardown = async () => {
    await opening.then((server) => server.close()).catch(() => undefined);
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const { databaseUrl } = await opening;
    await runOnServer(databaseUrl, `create database ${templateName}`);
    await migrate(onDatabase(databaseUrl, templateName));
    project.provide('serverUrl', databaseUrl);
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}

/** "insufficient_privilege": what cleans up a database on Postgres' own account may not be ended, and ends soon. */
const notPermitted = '42501';
const mostTries = 50;
const pauseMs = 100;

async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await runOnServer(serverUrl, `drop database ${name} with (force)`);
    } catch (error) {
      const isBusy = error instanceof pg.DatabaseError && error.code === notPermitted;
      if (!isBusy || tries === mostTries) throw error;
      await sleep(pauseMs);
    }
  }
}

export type FreshDatabase = {
  readonly databaseUrl: string;
  /** Ends what is still connected. */
  drop(): Promise<void>;
};

/** A migrated, empty database that nobody else uses. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const serverUrl = inject('serverUrl');
  const name = `earmark_test_${randomBytes(6).toString('hex')}`;
  await runOnServer(serverUrl, `create database ${name} template ${templateName}`);
  return {
    databaseUrl: onDatabase(serverUrl, name),
    drop: () => dropDatabase(serverUrl, name),
  };
}
