/** When an attempt that failed is made again: the schedule of the Standard Webhooks specification, over three days. */

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** Between each attempt and the next; after the last the delivery is dead until it is replayed. */
export const retryDelaysMs = [
  5 * seconds,
  5 * minutes,
  30 * minutes,
  2 * hours,
  5 * hours,
  10 * hours,
  14 * hours,
  20 * hours,
  24 * hours,
] as const;

/** Up to so much longer, at random: what failed together does not come back together. */
const jitter = 0.2;

/** A webhook to which nothing has arrived for so long is turned off. */
export const disableAfterMs = 5 * 24 * hours;

/** When the next attempt is due after `attemptCount` have failed; undefined where there is none. */
export function nextAttemptAt(attemptCount: number, now: Date, random = Math.random): Date | undefined {
  const delayMs = retryDelaysMs[attemptCount - 1];
  return delayMs === undefined ? undefined : new Date(now.getTime() + delayMs * (1 + jitter * random()));
}
