/**
 * The composition root: everything that is opened once and shared. Opened in the order in which things need each
 * other (Postgres, store, workers, index) and closed in reverse, also when opening fails halfway.
 */
import type { Logger } from 'pino';
import { openWorkers, type Workers } from '../workers/pool.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { RegistryError } from './errors.ts';
import { openLog } from './log.ts';
import { openIndex, type RegistryIndex } from './registry/index-follower.ts';
import { EmbeddedPostgresError, openEmbeddedPostgres } from './store/embedded-postgres.ts';
import { DatabaseRolesMissing } from './store/roles.ts';
import type { Session } from './store/session.ts';
import { openStore, type SessionStore, type Store } from './store/store.ts';

/** Enough for everything that neither fingerprints nor searches. */
export type StoreContext = {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly store: Store;
};

export type Context = StoreContext & {
  readonly workers: Workers;
  readonly index: RegistryIndex;
};

/** The same for one caller: what is asked of its store is asked under the caller's session. */
export type Scoped<C extends StoreContext = StoreContext> = Omit<C, 'store'> & {
  readonly store: SessionStore;
  /**
   * What the registry itself looks at to decide, whoever caused it: rights and policies of parties that the caller need
   * not hear of. What comes of it is told, not what it was read from.
   */
  readonly ownStore: SessionStore;
};

export function under<C extends StoreContext>({ store, ...context }: C, session: Session): Scoped<C> {
  return { ...context, store: store.under(session), ownStore: store.under({ role: 'service' }) };
}

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
  const clock = overrides.clock ?? systemClock;
  if (overrides.store) return { config, log, clock, store: overrides.store };
  const databaseUrl = config.databaseUrl ?? (await openPostgres(config, log, opened));
  const poolSize = config.databasePoolSize;
  const opening = openStore({ databaseUrl, poolSize, log }).catch((error: unknown) => {
    if (!(error instanceof DatabaseRolesMissing)) throw error;
    throw new RegistryError('DATABASE_ROLES_MISSING', error.message, { cause: error });
  });
  return { config, log, clock, store: opened.adopt(await opening, (it) => it.close()) };
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
