/**
 * The main thread's side of the workers: a bounded line in front of a fixed number of threads. What asks to be
 * fingerprinted or matched is refused at once when the line is full; the index's own work is never refused,
 * because only one follower asks for it, one task at a time.
 */
import { Piscina } from 'piscina';
import { WorkerError } from './errors.ts';
import type {
  FingerprintedAudio,
  FingerprintTask,
  MatchAnswer,
  MatchTask,
  NewReference,
  Reply,
  SharedSegment,
  Task,
  TaskResult,
} from './protocol.ts';

export type Workers = {
  readonly threadCount: number;
  /** Tasks that wait for a thread. */
  queued(): number;
  /** @throws WorkerError AUDIO_*, POOL_FULL */
  fingerprint(task: Omit<FingerprintTask, 'kind'>): Promise<FingerprintedAudio>;
  /** @throws WorkerError FINGERPRINT_*, POOL_FULL */
  match(task: Omit<MatchTask, 'kind'>): Promise<MatchAnswer>;
  buildSegment(references: readonly NewReference[]): Promise<SharedArrayBuffer>;
  mergeSegments(segments: readonly SharedSegment[]): Promise<SharedArrayBuffer>;
  /** Finishes what runs, then ends the threads. */
  close(): Promise<void>;
};

/** What a task may take beyond the audio's own wall limit before its thread is ended and replaced. */
const graceMs = 30_000;
/** Wall time a search may take: a four-hour upload against a large index, with room. */
const maxMatchMs = 10 * 60_000;
/** JavaScript heap of one thread; samples, WASM and the index lie outside it. */
const maxThreadHeapMb = 1024;

export function openWorkers(options: { readonly threadCount: number; readonly maxQueued: number }): Workers {
  const pool = new Piscina<Task, Reply>({
    filename: new URL('./thread.ts', import.meta.url).href,
    minThreads: 1,
    maxThreads: options.threadCount,
    idleTimeout: 60_000,
    resourceLimits: { maxOldGenerationSizeMb: maxThreadHeapMb },
    recordTiming: false,
  });

  async function run<T extends Task>(task: T, maxMs?: number): Promise<TaskResult<T>> {
    if (maxMs !== undefined && pool.queueSize >= options.maxQueued) {
      throw new WorkerError(
        'POOL_FULL',
        `All ${options.threadCount} threads are busy and ${pool.queueSize} tasks wait.`,
      );
    }
    const deadline = maxMs === undefined ? undefined : new AbortController();
    // The clock runs from the start, waiting included: a bounded line makes the wait bounded too.
    const timer = deadline && setTimeout(() => deadline.abort(), maxMs);
    try {
      const reply = await pool.run(task, deadline ? { signal: deadline.signal } : {});
      if (!reply.ok) throw new WorkerError(reply.code, reply.message);
      return reply.result as TaskResult<T>;
    } catch (error) {
      if (!deadline?.signal.aborted || error instanceof WorkerError) throw error;
      throw new WorkerError('AUDIO_TIMEOUT', `No answer within ${maxMs} ms; the work was ended.`, {
        cause: error,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    threadCount: options.threadCount,
    queued: () => pool.queueSize,
    fingerprint: (task) =>
      run({ kind: 'fingerprint', ...task }, (task.limits.maxWallMs + graceMs) * (1 + options.maxQueued)),
    match: (task) => run({ kind: 'match', ...task }, maxMatchMs),
    buildSegment: (references) => run({ kind: 'build', references }),
    mergeSegments: (segments) => run({ kind: 'merge', segments }),
    close: () => pool.close({ force: false }),
  };
}
