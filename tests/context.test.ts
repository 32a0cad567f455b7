import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../api/config.ts';
import { type Context, openContext, openStoreContext } from '../api/context.ts';
import { type FreshDatabase, freshDatabase } from './support/database.ts';

describe('the context', () => {
  let database: FreshDatabase;
  let config: Config;
  beforeAll(async () => {
    database = await freshDatabase();
    const dataDir = await mkdtemp(join(tmpdir(), 'earmark-context-'));
    config = loadConfig(
      { DATABASE_URL: database.databaseUrl, EARMARK_DATA_DIR: dataDir, EARMARK_THREADS: 1 },
      {},
    );
  });
  afterAll(async () => {
    await database.drop();
    await rm(config.dataDir, { recursive: true, force: true });
  });
  const log = pino({ level: 'silent' });

  it('closes what it opened, when it ends', async () => {
    let store: Context['store'];
    {
      await using context = await openContext(config, { log });
      store = context.store;
      expect(await store.feedHead()).toBe(0);
      await context.index.catchUp();
      expect(context.index.ready()).toBe(true);
    }
    await expect(store.feedHead()).rejects.toThrow();
  });

  it('leaves open what it was given', async () => {
    await using given = await openStoreContext(config, { log });
    {
      await using _context = await openContext(config, { log, store: given.store });
    }
    expect(await given.store.feedHead()).toBe(0);
  });

  it('is refused with a code where Postgres is not there', async () => {
    const lost = { ...config, databaseUrl: 'postgres://nobody@127.0.0.1:1/none' };
    const refusal = openContext(lost, { log });
    await expect(refusal).rejects.toMatchObject({ name: 'StoreUnavailable', reason: 'unreachable' });
  });
});
