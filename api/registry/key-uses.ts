/**
 * When a key was last used. Uses are noted in memory and written together, so that a thousand requests a second cost
 * one statement in a while: what is lost with a killed process is minutes of "last used", nothing else.
 */
import type { StoreContext } from '../context.ts';

/** Uses wait this long for others before they are written. */
const writeDelayMs = 10_000;
/** Of one key, a use is written at most this often: by every process on the database together. */
const secondsApart = 300;
/** Keys whose uses wait; one more is not noted, and will be at its next use. */
const maxWaiting = 10_000;

export type KeyUses = {
  /** Costs nothing to speak of and never fails. */
  note(apiKeyId: string): void;
  /** Writes what waits, then lets go. */
  close(): Promise<void>;
};

export function openKeyUses({ store, log }: Pick<StoreContext, 'store' | 'log'>): KeyUses {
  const waiting = new Set<string>();
  /** When this process last wrote about a key: most uses need not even wait. */
  const writtenAt = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    const apiKeyIds = [...waiting];
    waiting.clear();
    if (apiKeyIds.length === 0) return;
    if (writtenAt.size > maxWaiting) writtenAt.clear();
    for (const apiKeyId of apiKeyIds) writtenAt.set(apiKeyId, Date.now());
    await store.noteApiKeyUses({ apiKeyIds, secondsApart }).catch((error: unknown) => {
      log.warn({ err: error }, 'uses of API keys could not be written down');
    });
  }

  return {
    note(apiKeyId) {
      const ageMs = Date.now() - (writtenAt.get(apiKeyId) ?? 0);
      if (ageMs < secondsApart * 1000 || waiting.size >= maxWaiting) return;
      waiting.add(apiKeyId);
      timer ??= setTimeout(() => {
        timer = undefined;
        writing = writing.then(write);
      }, writeDelayMs).unref();
    },
    async close() {
      clearTimeout(timer);
      await writing;
      await write();
    },
  };
}
