/**
 * The Postgres that earmark brings along, under `<dataDir>/postgres`: started by the first process that needs it,
 * shared by all on the same data directory, stopped by the last one out.
 *
 * A lock file keeps starting and stopping apart. Who uses the server holds one connection with a shared advisory
 * lock; who closes and can take that lock for itself alone is the last. Both end with their process however it
 * dies, so a kill -9 leaves at most a server running with nobody on it, and the next process takes it over.
 */
import { mkdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { lock } from 'proper-lockfile';
import { EmbeddedPostgresError, findBinaries } from './embedded-binaries.ts';
import { type Access, type Cluster, databaseName, openCluster, roleName } from './embedded-cluster.ts';
import { databaseRoles } from './roles.ts';

export { EmbeddedPostgresError } from './embedded-binaries.ts';

export type EmbeddedLog = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
};

export type EmbeddedPostgres = {
  readonly databaseUrl: string;
  /** Stops the server unless another process uses it. Close the store first. */
  close(): Promise<void>;
};

/** A lock whose owner has not touched it for this long was left by a process that was killed. */
const lockStaleMs = 10_000;
const lockTouchMs = 2_000;
/** How long to wait for others that start or stop the server: some 150 s, a little more than a start may take. */
const lockRetries = { retries: 310, factor: 1.3, minTimeout: 25, maxTimeout: 500 };
/** How long a running server may take until it accepts a connection: it may be recovering from a crash. */
const acceptTimeoutMs = 120_000;
const acceptRetryMs = 100;
const connectTimeoutMs = 5_000;
const maxReopenDelayMs = 5_000;
/** Any number that nothing else in this database uses for an advisory lock. */
const holderLock = 7_310_001;

export async function openEmbeddedPostgres({
  dataDir,
  log,
  isDurable = true,
}: {
  readonly dataDir: string;
  readonly log?: EmbeddedLog | undefined;
  /**
   * False leaves writing to the operating system: for data that a power cut may take, such as a test's. It still
   * survives every killed process.
   */
  readonly isDurable?: boolean;
}): Promise<EmbeddedPostgres> {
  await mkdir(resolve(dataDir), { recursive: true });
  const directory = await realpath(dataDir);
  const binaries = await findBinaries(directory, join(directory, 'postgres'));
  const cluster = openCluster(directory, binaries, isDurable);

  /** Runs alone among all processes on this data directory. */
  async function alone<T>(work: () => Promise<T>): Promise<T> {
    const release = await lock(directory, {
      lockfilePath: join(directory, 'postgres.lock'),
      realpath: false,
      stale: lockStaleMs,
      update: lockTouchMs,
      retries: lockRetries,
      onCompromised: (error) =>
        log?.warn({ err: error }, 'the lock of the data directory was taken by another process'),
    }).catch((cause: Error) => {
      throw new EmbeddedPostgresError(
        `Cannot get the lock ${join(directory, 'postgres.lock')} for starting the embedded Postgres: ${cause.message}`,
        { cause },
      );
    });
    try {
      return await work();
    } finally {
      await release().catch(() => undefined);
    }
  }

  const closing = new AbortController();
  let holder: pg.Client | undefined;
  let reopening: Promise<void> | undefined;

  async function hold(): Promise<Access> {
    return await alone(async () => {
      const { access, client } = await startOrAttach(cluster, log);
      await client.query('select pg_advisory_lock_shared($1)', [holderLock]);
      holder = client;
      client.once('end', () => {
        holder = undefined;
        if (!closing.signal.aborted) reopening = reopen();
      });
      return access;
    });
  }

  /** The server died under us. The pools of this process connect anew by themselves once it is back. */
  async function reopen(): Promise<void> {
    log?.warn({}, 'the embedded Postgres is gone; starting it again');
    for (let delayMs = 100; !closing.signal.aborted; delayMs = Math.min(delayMs * 2, maxReopenDelayMs)) {
      try {
        const access = await hold();
        if (addressOf(access) !== databaseUrl) {
          log?.warn(
            { port: access.port },
            'the embedded Postgres has another port now: this process must be restarted',
          );
        }
        return;
      } catch (error) {
        log?.warn({ err: error }, 'the embedded Postgres does not start yet');
        await sleep(delayMs, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  }

  async function close(): Promise<void> {
    if (closing.signal.aborted) return;
    closing.abort();
    await reopening;
    await alone(async () => {
      const client = holder;
      if (client === undefined) return;
      const answer = await client
        .query<{ is_last: boolean }>('select pg_try_advisory_lock($1) as is_last', [holderLock])
        .catch(() => undefined);
      await client.end().catch(() => undefined);
      if (answer?.rows[0]?.is_last !== true) return;
      await cluster.stop();
      log?.info({}, 'stopped the embedded Postgres');
    });
  }

  const databaseUrl = addressOf(await hold());
  return { databaseUrl, close };
}

const addressOf = (access: Access): string =>
  `postgres://${roleName}:${access.password}@127.0.0.1:${access.port}/${databaseName}`;

async function startOrAttach(
  cluster: Cluster,
  log: EmbeddedLog | undefined,
): Promise<{ access: Access; client: pg.Client }> {
  let access = await cluster.ensureInitialised();
  const deadline = Date.now() + acceptTimeoutMs;
  for (;;) {
    const port = await cluster.findRunningPort();
    if (port === undefined) {
      access = await cluster.start();
      log?.info({ port: access.port }, 'started the embedded Postgres');
      // Connecting is left to the next round: who is just started can be killed.
      if (Date.now() < deadline) continue;
      throw new EmbeddedPostgresError('The embedded Postgres starts and is gone again, over and over.');
    }
    const running = { ...access, port };
    if (!databaseRoles.every((role) => running.roles?.includes(role))) {
      throw new EmbeddedPostgresError(
        'The embedded Postgres was started by an earlier earmark, which knows nothing of the roles that statements run ' +
          'under now. End every earmark on this data directory and start again: they are made then.',
      );
    }
    try {
      return { access: running, client: await connect(running) };
    } catch (error) {
      // It accepts soon, or is gone at the next look.
      const code = (error as { code?: string }).code ?? '';
      if (!passingCodes.includes(code) || Date.now() > deadline) {
        throw new EmbeddedPostgresError(
          `The embedded Postgres runs on port ${port} and lets nobody in: ${(error as Error).message}`,
          { cause: error },
        );
      }
      await sleep(acceptRetryMs);
    }
  }
}

/** What a server that starts, recovers or stops says. */
const passingCodes = ['57P03', '57P01', 'ECONNREFUSED', 'ECONNRESET'];

async function connect(access: Access): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: addressOf(access),
    application_name: `earmark:${process.pid}`,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: connectTimeoutMs,
    keepAlive: true,
  });
  // Its end is what matters, and follows.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
