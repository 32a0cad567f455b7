/** What each queue of jobs does, and what fills the queues that fill themselves from rows that are due. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Context, under } from '../context.ts';
import type { JobHandler, JobRunner } from '../store/job-runner.ts';
import { deliverToWebhook } from './deliver-webhooks.ts';
import { expireAllDue } from './expire-due.ts';
import { forgetEvents } from './forget-events.ts';
import { forgetSubmissions } from './forget-submissions.ts';
import { runRetroscans } from './run-retroscans.ts';
import { openSubmissionBank, type SubmissionBank } from './submission-bank.ts';

/** How often rows that are due are looked for: what an event waits at most before its delivery is queued. */
const lookEveryMs = 1_000;
/** Webhooks that are queued at a look. */
const maxDueAtOnce = 200;
/** Submissions at a look that a reference may have overtaken. */
const maxOvertakenAtOnce = 500;
/** What one job does of retroscans; then the next goes on. */
const retroscanSliceMs = 4 * 60_000;

export type Jobs = {
  /** Takes nothing more, lets what runs end within the time that a stop has. Stopping again does nothing. */
  stop(): Promise<void>;
};

/** Throws what the database throws. The jobs stop before the context is closed. */
export async function runJobs(context: Context): Promise<Jobs & AsyncDisposable> {
  const { config, log, store } = context;
  let bank: Promise<SubmissionBank> | undefined;
  const retroscan: JobHandler = (_key, { stopping, lost }) => {
    const overAtMs = performance.now() + retroscanSliceMs;
    return runRetroscans(context, {
      bank: () => {
        // Tried anew by the next retroscan where it could not be opened.
        bank ??= openSubmissionBank(context).catch((error: unknown) => {
          bank = undefined;
          throw error;
        });
        return bank;
      },
      isOver: () => stopping.aborted || lost.aborted || performance.now() > overAtMs,
      stopping: AbortSignal.any([stopping, lost]),
    });
  };
  const handlers: Parameters<typeof store.startJobs>[0] = {
    'deliver-webhooks': (webhookId, stop) => deliverToWebhook(context, webhookId, stop),
    'expire-claims': (_key, { stopping }) => expireAllDue(context, stopping),
    retroscan,
    'forget-submissions': (_key, { stopping }) => forgetSubmissions(context, stopping),
    'forget-events': (_key, { stopping }) => forgetEvents(context, stopping),
  } satisfies Record<string, JobHandler>;
  const runner = await store.startJobs(handlers, log);
  const stopping = new AbortController();
  const looking = lookForDue(context, runner, stopping.signal);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopping.abort();
    stopped ??= looking
      .then(() => runner.stop(config.shutdownTimeoutMs))
      .then(async () => (await bank)?.close());
    return stopped;
  };
  return { stop, [Symbol.asyncDispose]: stop };
}

async function lookForDue(context: Context, runner: JobRunner, stopping: AbortSignal): Promise<void> {
  const { store, clock, config, log } = context;
  const own = under(context, { role: 'service' }).store;
  while (!stopping.aborted) {
    try {
      const due = await store.listDueWebhooks({ now: clock.now(), limit: maxDueAtOnce });
      await runner.add('deliver-webhooks', due);
      const overdue = await own.listDueClaims({ now: clock.now(), limit: 1 });
      if (overdue.length > 0) await runner.add('expire-claims', ['all']);
      await store.extendRetroscans(maxOvertakenAtOnce);
      const isPaused = config.retroscanPercent === 0;
      if (!isPaused && (await store.hasRetroscanToDo())) await runner.add('retroscan', ['all']);
    } catch (error) {
      log.warn({ err: error }, 'what is due could not be queued; it is looked for again');
    }
    await sleep(lookEveryMs, undefined, { signal: stopping }).catch(() => undefined);
  }
}
