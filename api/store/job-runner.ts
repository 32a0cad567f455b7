/**
 * Jobs that outlive the process that began them: pg-boss, on our own pool and as `earmark_service`. What a job finds
 * its work by stands in our tables; see job-queue.ts. An attempt that throws is made again, after a while.
 */
import { type ConstructorOptions, PgBoss, type QueueOptions } from 'pg-boss';
import type { Connections } from './connections.ts';
import {
  deadJobs,
  type JobQueue,
  type JobQueueName,
  jobQueueNames,
  jobQueues,
  keepDeadSeconds,
  keepFinishedSeconds,
  keepWaitingSeconds,
} from './job-queue.ts';
import { jobSchema } from './job-schema.ts';

/** How often jobs are looked through for those whose process is gone. */
const superviseSeconds = 5;
/** Jobs added at once. */
const maxJobsAtOnce = 200;

export type JobLog = {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};
/**
 * Is told what the job is about, the id in its key (empty in queues that have jobs without), and when to end: `stopping`
 * when no more is to be begun, `lost` when the job is no longer this process's.
 */
export type JobHandler = (
  key: string,
  stop: { readonly stopping: AbortSignal; readonly lost: AbortSignal },
) => Promise<void>;

export type JobRunner = {
  /** Queues a job for each key; where one waits or runs already, that one stands for it. */
  add(queue: JobQueueName, keys: readonly string[]): Promise<void>;
  /** Takes no more, lets what runs end for so long, gives the rest back. */
  stop(timeoutMs: number): Promise<void>;
};

export async function startJobs(
  connections: Connections,
  handlers: Readonly<Record<JobQueueName, JobHandler>>,
  log?: JobLog,
): Promise<JobRunner> {
  const stopping = new AbortController();
  const boss = new PgBoss(optionsOn(connections));
  boss.on('error', (error) => log?.error({ err: error }, 'jobs: an error of the queue'));
  boss.on('warning', (warning) => log?.warn({ warning }, 'jobs: a warning of the queue'));
  await boss.start();
  try {
    await boss.createQueue(deadJobs, { retentionSeconds: keepDeadSeconds });
    for (const name of jobQueueNames) await open(boss, name, logged(handlers[name], name), stopping.signal);
  } catch (error) {
    await boss.stop({ graceful: false });
    throw error;
  }
  /** Pg-boss writes down why a job failed; who runs the server looks at the log. */
  function logged(handler: JobHandler, queue: JobQueueName): JobHandler {
    return async (key, stop) => {
      try {
        await handler(key, stop);
      } catch (error) {
        log?.error({ err: error, queue, key }, 'a job failed');
        throw error;
      }
    };
  }

  return {
    async add(queue, keys) {
      const jobs = keys.slice(0, maxJobsAtOnce).map((key) => ({ data: { key }, singletonKey: key }));
      if (jobs.length > 0) await boss.insert(queue, jobs);
    },
    async stop(timeoutMs) {
      stopping.abort();
      await boss.stop({ graceful: true, timeout: timeoutMs });
    },
  };
}

async function open(
  boss: PgBoss,
  name: JobQueueName,
  handler: JobHandler,
  stopping: AbortSignal,
): Promise<void> {
  const queue: JobQueue = jobQueues[name];
  const options: QueueOptions = {
    expireInSeconds: queue.expireSeconds,
    heartbeatSeconds: queue.heartbeatSeconds,
    retryLimit: queue.retryLimit,
    retryDelay: queue.retryDelaySeconds,
    retryBackoff: true,
    retryDelayMax: queue.maxRetryDelaySeconds,
    retentionSeconds: keepWaitingSeconds,
    deleteAfterSeconds: keepFinishedSeconds,
  };
  const deadLetter = queue.retryLimit > 0 ? { deadLetter: deadJobs } : {};
  await boss.createQueue(name, { ...options, ...deadLetter, policy: queue.policy });
  // A queue that was there keeps its policy and takes everything else from the list.
  await boss.updateQueue(name, { ...options, ...deadLetter });
  if (queue.cron !== undefined) await boss.schedule(name, queue.cron, { key: '' });
  await boss.work<{ readonly key: string }>(
    name,
    { localConcurrency: queue.concurrency, pollingIntervalSeconds: queue.pollSeconds },
    async ([job]) => {
      if (job) await handler(job.data?.key ?? '', { stopping, lost: job.signal });
    },
  );
}

function optionsOn(connections: Connections): ConstructorOptions {
  return {
    schema: jobSchema,
    migrate: false,
    // Only the owner of an index may make it anew.
    reindex: false,
    monitorVacuum: false,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    db: {
      async executeSql(text, values) {
        const result: unknown = await connections.query({ text, ...(values ? { values } : {}) });
        // Several statements in one text have several results.
        const results = (Array.isArray(result) ? result : [result]) as { rows: unknown[] }[];
        return { rows: results.flatMap(({ rows }) => rows) };
      },
    },
  };
}
