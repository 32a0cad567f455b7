import type { StoreContext } from '../context.ts';

/** Deleted in one statement. */
const batchSize = 500;
const dayMs = 24 * 3600 * 1000;

/** What was submitted before is not looked through any more. */
export function keptAfter({ config, clock }: Pick<StoreContext, 'config' | 'clock'>): Date {
  return new Date(clock.now().getTime() - config.submissionFingerprintDays * dayMs);
}

/** Takes away fingerprints of submissions that are over their time, some at a time until none is left. */
export async function forgetSubmissions(context: StoreContext, stopping: AbortSignal): Promise<void> {
  const which = { keptAfter: keptAfter(context), limit: batchSize };
  for (let count = batchSize; count === batchSize && !stopping.aborted; ) {
    count = await context.store.forgetSubmissionFingerprints(which);
  }
}
