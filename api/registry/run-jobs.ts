/** What each queue of jobs does, and what fills the queues that fill themselves from rows that are due. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type StoreContext, under } from '../context.ts';
import type { JobHandler, JobRunner } from '../store/job-runner.ts';
import { deliverToWebhook } from './deliver-webhooks.ts';
import { expireAllDue } from './expire-due.ts';
import { forgetEvents } from './forget-events.ts';

/** How often rows that are due are looked for: what an event waits at most before its delivery is queued. */
const lookEveryMs = 1_000;
/** Webhooks that are queued at a look. */
const maxDueAtOnce = 200;

export type Jobs = {
  /** Takes nothing more, lets what runs end within the time that a stop has. Stopping again does nothing. */
  stop(): Promise<void>;
};

/** Throws what the database throws. The jobs stop before the context is closed. */
export async function runJobs(context: StoreContext): Promise<Jobs & AsyncDisposable> {
  const { config, log, store } = context;
  const handlers: Parameters<typeof store.startJobs>[0] = {
    'deliver-webhooks': (webhookId, stop) => deliverToWebhook(context, webhookId, stop),
    'expire-claims': (_key, { stopping }) => expireAllDue(context, stopping),
    'forget-events': (_key, { stopping }) => forgetEvents(context, stopping),
  } satisfies Record<string, JobHandler>;
  const runner = await store.startJobs(handlers, log);
  const stopping = new AbortController();
  const looking = lookForDue(context, runner, stopping.signal);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopping.abort();
    stopped ??= looking.then(() => runner.stop(config.shutdownTimeoutMs));
    return stopped;
  };
  return { stop, [Symbol.asyncDispose]: stop };
}

async function lookForDue(context: StoreContext, runner: JobRunner, stopping: AbortSignal): Promise<void> {
  const { store, clock, log } = context;
  const own = under(context, { role: 'service' }).store;
  while (!stopping.aborted) {
    try {
      const due = await store.listDueWebhooks({ now: clock.now(), limit: maxDueAtOnce });
      await runner.add('deliver-webhooks', due);
      const overdue = await own.listDueClaims({ now: clock.now(), limit: 1 });
      if (overdue.length > 0) await runner.add('expire-claims', ['all']);
    } catch (error) {
      log.warn({ err: error }, 'what is due could not be queued; it is looked for again');
    }
    await sleep(lookEveryMs, undefined, { signal: stopping }).catch(() => undefined);
  }
}
