/**
 * The pool of connections and transactions on it, each under a session: no statement runs without one. Everything that
 * waits here waits for a bounded time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { beginning, type Session } from './session.ts';
import type { Queryable } from './statement.ts';
import {
  asStoreError,
  StoreUnavailable,
  TransactionCollided,
  unavailableReason,
} from './store-unavailable.ts';

/** How long one statement may run in Postgres. The slowest, a batch of the feed, takes well under a second. */
const statementTimeoutMs = 15_000;
/** How long to wait for a row that another transaction holds. */
const lockTimeoutMs = 10_000;
/** Our own transactions never pause: one that does belongs to a process that hangs, and holds the feed's lock. */
const idleInTransactionTimeoutMs = 20_000;
/** Gives up on a server that has stopped answering; greater than its own timeout, which says more. */
const queryTimeoutMs = 20_000;
/** How long to wait for a free connection, or for a new one to be made. */
const connectionTimeoutMs = 5_000;
/** How many may wait for each connection before the next is refused at once. */
const maxWaitingPerConnection = 50;
/** How often a transaction is tried in all when it collides with others. */
const transactionAttempts = 4;
const retryDelayMs = 15;

export type StoreLog = { warn(fields: object, message: string): void };

/** One transaction: besides statements it takes what writes to the connection itself, such as COPY. */
export type Transaction = Queryable & Pick<pg.PoolClient, 'query'>;

/** The pool under one session. A query by itself is a transaction of its own. */
export type Connections = Queryable & {
  /** Runs `work` in one transaction, and again when it collides with another: it must have no other effects. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
};

export type ConnectionPool = {
  under(session: Session): Connections;
  close(): Promise<void>;
};

/** What every connection of ours is set to. */
export const connectionSettings = (databaseUrl: string): pg.ClientConfig => ({
  connectionString: databaseUrl,
  application_name: `earmark:${process.pid}`,
  statement_timeout: statementTimeoutMs,
  lock_timeout: lockTimeoutMs,
  idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
  query_timeout: queryTimeoutMs,
  connectionTimeoutMillis: connectionTimeoutMs,
  keepAlive: true,
});

export function openConnections(databaseUrl: string, poolSize: number, log?: StoreLog): ConnectionPool {
  const pool = new pg.Pool({ ...connectionSettings(databaseUrl), max: poolSize });
  const maxWaiting = poolSize * maxWaitingPerConnection;
  // A connection that breaks while idle is replaced by the pool. One that breaks between two statements of a
  // transaction would, without a listener, end the process.
  pool.on('error', (error) => log?.warn({ err: error }, 'an idle connection to Postgres broke'));
  pool.on('connect', (client) => client.on('error', () => undefined));

  async function checkOut(): Promise<pg.PoolClient> {
    if (pool.waitingCount < maxWaiting) return await pool.connect();
    throw new StoreUnavailable('exhausted', `${maxWaiting} statements are waiting for a connection already`);
  }

  async function attempt<T>(begin: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const client = await checkOut();
    try {
      await client.query(begin);
    } catch (error) {
      client.release(error as Error);
      // It broke while it lay idle: nothing has happened yet, so another connection may do it.
      if (unavailableReason(error) !== 'unreachable') throw error;
      throw new TransactionCollided('a connection broke before its transaction began', { cause: error });
    }
    try {
      const result = await work(client);
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      await client.query('rollback').then(
        () => client.release(),
        (broken: Error) => client.release(broken),
      );
      throw error;
    }
  }

  async function transaction<T>(begin: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let attemptCount = 1; ; attemptCount++) {
      try {
        return await attempt(begin, work);
      } catch (error) {
        if (unavailableReason(error) !== 'contended' || attemptCount === transactionAttempts)
          throw asStoreError(error);
        await sleep(retryDelayMs * attemptCount);
      }
    }
  }

  return {
    under(session) {
      const begin = beginning(session);
      return {
        query: (config) => transaction(begin, (on) => on.query(config)),
        transaction: (work) => transaction(begin, work),
      };
    },
    close: () => pool.end(),
  };
}
