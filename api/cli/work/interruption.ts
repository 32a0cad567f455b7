/**
 * Ctrl-C, `kill` and a closed terminal. The first one stops what has not begun; what is in flight is finished and
 * kept, and everything is closed in order. The second one ends the process at once.
 */
import { exitStatus } from '../exit-status.ts';

/**
 * One keypress may arrive more than once: from the terminal, and from npx or whatever else started this process.
 * Signals within this time of the first are the same keypress.
 */
const sameKeypressMs = 400;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export type Interruption = Disposable & {
  /** Aborts with the first. */
  readonly signal: AbortSignal;
};

/** From here until it is disposed of, a signal does not end the process by itself. */
export function watchInterruption(): Interruption {
  const controller = new AbortController();
  let firstAtMs: number | undefined;
  const heard = () => {
    const nowMs = performance.now();
    if (firstAtMs === undefined) {
      firstAtMs = nowMs;
      controller.abort();
      console.error('Stopping: what is in flight is finished first. Ctrl-C again stops at once.');
    } else if (nowMs - firstAtMs > sameKeypressMs) {
      process.exit(exitStatus.interrupted);
    }
  };
  // Nobody reads the result any more: the same as being told to stop, without a word.
  const unread = () => controller.abort();
  process.stdout.on('error', unread);
  for (const name of signals) process.on(name, heard);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, heard);
      process.stdout.off('error', unread);
    },
  };
}
