import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { HttpClient } from '../support/http-client.ts';
import { startServerProcess } from '../support/server-process.ts';

describe('the server process', () => {
  let dataDir: string;
  let database: FreshDatabase;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'earmark-process-'));
    database = await freshDatabase();
  });
  afterAll(async () => {
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const start = (environment = {}) =>
    startServerProcess(dataDir, { DATABASE_URL: database.databaseUrl, EARMARK_THREADS: '1', ...environment });

  it('prints a first key once, which opens everything, and keeps it out of its log', async () => {
    const first = await start({ EARMARK_LOG_LEVEL: 'trace' });
    const key = first.firstKey as string;
    expect((await new HttpClient(first.address, key).list()).status).toBe(200);
    expect(await first.end('SIGTERM')).toBe(0);
    expect(first.output().split(key)).toHaveLength(2);
    expect(first.output()).toContain('/docs');

    const second = await start();
    expect(second.firstKey).toBeUndefined();
    expect((await new HttpClient(second.address, key).list()).status).toBe(200);
    expect(await second.end('SIGTERM')).toBe(0);
  });

  it('does not start with a setting it does not understand, and says which', async () => {
    await expect(start({ EARMARK_RATE_LIMIT_PER_MINUTE: 'many' })).rejects.toThrow(
      /EARMARK_RATE_LIMIT_PER_MINUTE: expected a whole number from 1 up, received "many"/,
    );
  });

  it('does not start without its database, and shows no password', async () => {
    const failed = start({ DATABASE_URL: 'postgres://someone:hunter2@127.0.0.1:1/none' });
    await expect(failed).rejects.toThrow(/not available|ECONNREFUSED/);
    await expect(failed).rejects.not.toThrow(/hunter2/);
  });
});
