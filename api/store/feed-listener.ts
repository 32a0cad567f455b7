/**
 * Tells when the change feed moves. A notification can be lost with its connection, so after every (re)connect
 * the head is read as well; who needs certainty polls besides.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { feedHead } from './change-feed.ts';
import { connectionSettings, type StoreLog } from './connections.ts';

const firstRetryMs = 100;
const maxRetryMs = 5_000;

/** Resolves when listening; rejects when the first connection cannot be made. */
export async function listenToFeed(
  databaseUrl: string,
  onPosition: (position: number) => void,
  log?: StoreLog,
): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  let client: pg.Client | undefined;

  async function connect(): Promise<void> {
    const next = new pg.Client(connectionSettings(databaseUrl));
    next.on('error', (error) =>
      log?.warn({ err: error }, 'the connection that listens to the change feed broke'),
    );
    next.on('notification', (message) => onPosition(Number(message.payload)));
    try {
      await next.connect();
      await next.query('listen change_feed');
      onPosition(await feedHead(next));
    } catch (error) {
      await next.end().catch(() => undefined);
      throw error;
    }
    if (stopping.signal.aborted) return await next.end();
    client = next;
    next.once('end', () => {
      client = undefined;
      if (!stopping.signal.aborted) void reconnect();
    });
  }

  async function reconnect(): Promise<void> {
    for (let delayMs = firstRetryMs; !stopping.signal.aborted; delayMs = Math.min(delayMs * 2, maxRetryMs)) {
      try {
        await sleep(delayMs, undefined, { signal: stopping.signal });
        return await connect();
      } catch (error) {
        if (!stopping.signal.aborted) log?.warn({ err: error }, 'cannot listen to the change feed yet');
      }
    }
  }

  await connect();
  return async () => {
    stopping.abort();
    await client?.end();
  };
}
