/**
 * Every queue of jobs there is, in one list: what is not here cannot be queued, and what is here must have a handler
 * (api/registry/run-jobs.ts) or the types do not fit. Jobs are for finding work that stands in our own tables; a job
 * that is lost or runs twice costs nothing but time.
 */

export type JobQueue = {
  /**
   * `exclusive`: of the same key one at a time in all processes, whether it waits or runs; `standard`: any number.
   */
  readonly policy: 'exclusive' | 'standard';
  /** How many run at once in one process. */
  readonly concurrency: number;
  /** How often one process looks for waiting jobs. */
  readonly pollSeconds: number;
  /** How long a job may take before it is taken for lost and given to another. */
  readonly expireSeconds: number;
  /** Without a sign of life for this long its process is taken for dead. */
  readonly heartbeatSeconds: number;
  /** Further attempts after the first, each after twice the time; then it is a dead job. */
  readonly retryLimit: number;
  readonly retryDelaySeconds: number;
  readonly maxRetryDelaySeconds: number;
  /** When the queue gets a job by itself, as cron has it, in UTC. */
  readonly cron?: string;
};

/** What is over or was never begun is deleted after this long. */
export const keepFinishedSeconds = 3600;
export const keepWaitingSeconds = 24 * 3600;

/** Where jobs end that failed at every attempt: counted and kept for a look, worked on by nobody. */
export const deadJobs = 'dead-jobs';
export const keepDeadSeconds = 14 * 24 * 3600;

/** Pg-boss takes no shorter one: after a process was killed its jobs wait for so long, and up to 5 s more. */
const heartbeatSeconds = 10;

export const jobQueues = {
  /**
   * One job for each webhook to which something is due; its key is the webhook. Not tried again: what is still due gets
   * another job within a second, where a retry would keep that webhook waiting, after some deaths for minutes.
   */
  'deliver-webhooks': {
    policy: 'exclusive',
    concurrency: 8,
    pollSeconds: 1,
    expireSeconds: 300,
    heartbeatSeconds,
    retryLimit: 0,
    retryDelaySeconds: 1,
    maxRetryDelaySeconds: 1,
  },
  /** Claims and disputes whose deadline has passed. A job is for all of them. */
  'expire-claims': {
    policy: 'exclusive',
    concurrency: 1,
    pollSeconds: 1,
    expireSeconds: 600,
    heartbeatSeconds,
    retryLimit: 5,
    retryDelaySeconds: 5,
    maxRetryDelaySeconds: 300,
  },
  /**
   * New references looked for in past submissions: one job at a time, which takes one retroscan after the other for some
   * minutes. Not tried again: what is still to be done gets another job within a second.
   */
  retroscan: {
    policy: 'exclusive',
    concurrency: 1,
    pollSeconds: 1,
    expireSeconds: 900,
    heartbeatSeconds,
    retryLimit: 0,
    retryDelaySeconds: 1,
    maxRetryDelaySeconds: 1,
  },
  /** Fingerprints of submissions that are over their time. */
  'forget-submissions': {
    policy: 'exclusive',
    concurrency: 1,
    pollSeconds: 30,
    expireSeconds: 600,
    heartbeatSeconds,
    retryLimit: 5,
    retryDelaySeconds: 5,
    maxRetryDelaySeconds: 300,
    cron: '41 * * * *',
  },
  /** Events that are over their time. */
  'forget-events': {
    policy: 'exclusive',
    concurrency: 1,
    pollSeconds: 30,
    expireSeconds: 600,
    heartbeatSeconds,
    retryLimit: 5,
    retryDelaySeconds: 5,
    maxRetryDelaySeconds: 300,
    cron: '23 * * * *',
  },
} as const satisfies Record<string, JobQueue>;

export type JobQueueName = keyof typeof jobQueues;
export const jobQueueNames = Object.keys(jobQueues) as JobQueueName[];
