/**
 * The composition root: everything that is opened once and shared. Opened in the order in which things need each
 * other (Postgres, store, workers, index) and closed in reverse, also when opening fails halfway.
 */
import type { Logger } from 'pino';
import { openWorkers, type Workers } from '../workers/pool.ts';
import type { Config } from './config.ts';
import { RegistryError } from './errors.ts';
import { openLog } from './log.ts';
import { openIndex, type RegistryIndex } from './registry/index-follower.ts';
import { EmbeddedPostgresError, openEmbeddedPostgres } from './store/embedded-postgres.ts';
import { openStore, type Store } from './store/store.ts';

/** Enough for everything that neither fingerprints nor searches. */
export type StoreContext = {
  readonly config: Config;
  readonly log: Logger;
  readonly store: Store;
};

export type Context = StoreContext & {
  readonly workers: Workers;
  readonly index: RegistryIndex;
};

/** Parts that the caller has opened and will close itself; tests do so. */
export type ContextOverrides = Partial<Omit<Context, 'config'>>;

export async function openContext(
  config: Config,
  overrides: ContextOverrides = {},
): Promise<Context & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const base = await openStoreParts(config, overrides, opened);
  const workers =
    overrides.workers ??
    opened.adopt(openWorkers({ threadCount: config.threadCount, maxQueued: config.maxQueuedTasks }), (it) =>
      it.close(),
    );
  const index =
    overrides.index ??
    opened.adopt(await openIndex({ ...base, workers, dataDir: config.dataDir }), (it) => it.close());
  return closable({ ...base, workers, index }, opened.move());
}

export async function openStoreContext(
  config: Config,
  overrides: ContextOverrides = {},
): Promise<StoreContext & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  return closable(await openStoreParts(config, overrides, opened), opened.move());
}

/** The same as the end of an `await using`. */
export async function closeContext(context: AsyncDisposable): Promise<void> {
  await context[Symbol.asyncDispose]();
}

async function openStoreParts(
  config: Config,
  overrides: ContextOverrides,
  opened: AsyncDisposableStack,
): Promise<StoreContext> {
  const log = overrides.log ?? openLog(config);
  if (overrides.store) return { config, log, store: overrides.store };
  const databaseUrl = config.databaseUrl ?? (await openPostgres(config, log, opened));
  const store = opened.adopt(await openStore({ databaseUrl, poolSize: config.databasePoolSize, log }), (it) =>
    it.close(),
  );
  return { config, log, store };
}

async function openPostgres({ dataDir }: Config, log: Logger, opened: AsyncDisposableStack): Promise<string> {
  try {
    return opened.adopt(await openEmbeddedPostgres({ dataDir, log }), (it) => it.close()).databaseUrl;
  } catch (error) {
    if (!(error instanceof EmbeddedPostgresError)) throw error;
    throw new RegistryError('STORE_UNAVAILABLE', error.message, { cause: error });
  }
}

function closable<T extends object>(parts: T, opened: AsyncDisposableStack): T & AsyncDisposable {
  return { ...parts, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
