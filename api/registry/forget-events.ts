import type { StoreContext } from '../context.ts';

/** Deleted in one statement. */
const batchSize = 500;
const dayMs = 24 * 3600 * 1000;

/** Takes away events that are over their time, with their deliveries, some at a time until none is left. */
export async function forgetEvents(
  { config, store, clock }: StoreContext,
  stopping: AbortSignal,
): Promise<void> {
  const before = new Date(clock.now().getTime() - config.eventDays * dayMs);
  for (let count = batchSize; count === batchSize && !stopping.aborted; ) {
    count = await store.forgetEvents({ before, limit: batchSize });
  }
}
