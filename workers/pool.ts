/**
 * The main thread's side of the workers: a bounded line in front of a fixed number of threads. What asks to be
 * fingerprinted, matched or explained is refused at once when the line is full. The index's own work stands in no line
 * (`index-threads.ts`): one follower asks for it, a task at a time.
 */
import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import { WorkerError } from './errors.ts';
import type { SegmentBytes } from './index/segment.ts';
import { openIndexThreads } from './index-threads.ts';
import type { MatchExplanation } from './match/explanation.ts';
import {
  batchFiles,
  type ExplainTask,
  type FingerprintBatchTask,
  type FingerprintedAudio,
  type FingerprintReply,
  type FingerprintTask,
  type MatchAnswer,
  type MatchTask,
  type NewReference,
  type PastUpload,
  type ReplayTask,
  type Reply,
  type SharedSegment,
  type Task,
  type TaskResult,
} from './protocol.ts';

export type Workers = {
  readonly threadCount: number;
  /** Tasks that wait for a thread. */
  queued(): number;
  /** @throws WorkerError AUDIO_*, POOL_FULL */
  fingerprint(task: Omit<FingerprintTask, 'kind'>): Promise<FingerprintedAudio>;
  /**
   * The same for a folder's files, of which a thread takes several at once (`fingerprint-batch.ts`). The caller bounds
   * how many wait.
   * @throws WorkerError AUDIO_*
   */
  fingerprintInBulk(task: Omit<FingerprintTask, 'kind'>): Promise<FingerprintedAudio>;
  /** @throws WorkerError FINGERPRINT_*, POOL_FULL */
  match(task: Omit<MatchTask, 'kind'>): Promise<MatchAnswer>;
  /** In the order of their positions. @throws WorkerError FINGERPRINT_*, POOL_FULL */
  replay(task: Omit<ReplayTask, 'kind'>): Promise<readonly PastUpload[]>;
  /** @throws WorkerError FINGERPRINT_*, POOL_FULL */
  explain(task: Omit<ExplainTask, 'kind'>): Promise<MatchExplanation>;
  buildSegment(references: readonly NewReference[]): Promise<SegmentBytes>;
  mergeSegments(segments: readonly SharedSegment[]): Promise<SegmentBytes>;
  /** Into a file; what comes back are the bytes that stay in memory. */
  mergeSegmentsToFile(segments: readonly SharedSegment[], path: string): Promise<SharedArrayBuffer>;
  /** Finishes what runs, then ends the threads. */
  close(): Promise<void>;
};

/** What a task may take beyond the audio's own wall limit before its thread is ended and replaced. */
const graceMs = 30_000;
/** Wall time a search may take: a four-hour upload against a large index, with room. */
const maxMatchMs = 10 * 60_000;
/** Long enough for the first files of a folder to be found unregistered. */
const gatherMs = 20;
/** JavaScript heap of one thread; samples, WASM and the index lie outside it. */
const maxThreadHeapMb = 1024;

/**
 * V8's wrappers around what WebAssembly calls are compiled anew after so many calls, and the code they had before is
 * freed: in two threads at once that ends the process ("Check failed: jit_page.has_value()" in
 * `WasmImportWrapperCache::Free`, Node 24.21; once in some 8,000 threads that strip types, which is Node's own
 * WebAssembly). By this many calls none is ever compiled anew; decoding takes no longer.
 */
const wrapperCallsBeforeCompiling = 2 ** 31 - 1;

export function openWorkers(options: { readonly threadCount: number; readonly maxQueued: number }): Workers {
  setFlagsFromString(`--wasm-wrapper-tiering-budget=${wrapperCallsBeforeCompiling}`);
  const pool = new Piscina<Task, Reply>({
    filename: new URL('./thread.ts', import.meta.url).href,
    minThreads: 1,
    maxThreads: options.threadCount,
    idleTimeout: 60_000,
    resourceLimits: { maxOldGenerationSizeMb: maxThreadHeapMb },
    recordTiming: false,
    // The pipes of a batch are closed by their sockets, of which Node's list of open files would not know.
    trackUnmanagedFds: false,
  });
  const indexThreads = openIndexThreads(maxThreadHeapMb);

  const line: (() => void)[] = [];
  /** With their tasks: the files of segments that a task reads stay open for as long as the task is known. */
  const running = new Map<Promise<unknown>, Task>();
  let busy = 0;

  /** Resolves when a thread is free for the caller, in the order of asking. */
  function enter(): Promise<void> {
    if (busy < options.threadCount) {
      busy++;
      return Promise.resolve();
    }
    return new Promise((resolve) => line.push(resolve));
  }

  function leave(): void {
    const next = line.shift();
    if (next) next();
    else busy--;
  }

  function run<T extends Task>(task: T, maxMs?: number): Promise<TaskResult<T>> {
    const result = runInTurn(task, maxMs);
    running.set(result, task);
    const forget = () => void running.delete(result);
    result.then(forget, forget);
    return result;
  }

  async function runInTurn<T extends Task>(task: T, maxMs?: number): Promise<TaskResult<T>> {
    if (maxMs !== undefined && line.length >= options.maxQueued) {
      throw new WorkerError(
        'POOL_FULL',
        `All ${options.threadCount} threads are busy and ${line.length} tasks wait.`,
      );
    }
    await enter();
    // From here on a thread is the task's own: its clock does not run while it waits in line.
    const deadline = new AbortController();
    const timer = maxMs === undefined ? undefined : setTimeout(() => deadline.abort(), maxMs);
    try {
      const reply = await pool.run(task, { signal: deadline.signal });
      if (!reply.ok) throw new WorkerError(reply.code, reply.message);
      return reply.result as TaskResult<T>;
    } catch (error) {
      if (!deadline.signal.aborted || error instanceof WorkerError) throw error;
      throw new WorkerError('AUDIO_TIMEOUT', `No answer within ${maxMs} ms; the work was ended.`, {
        cause: error,
      });
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  const bulk = openBulk(options.threadCount, (task) =>
    run(task, task.paths.length * task.limits.maxWallMs + graceMs),
  );

  return {
    threadCount: options.threadCount,
    fingerprintInBulk: bulk,
    queued: () => line.length,
    fingerprint: (task) => run({ kind: 'fingerprint', ...task }, task.limits.maxWallMs + graceMs),
    match: (task) => run({ kind: 'match', ...task }, maxMatchMs),
    replay: (task) => run({ kind: 'replay', ...task }, maxMatchMs),
    explain: (task) => run({ kind: 'explain', ...task }, maxMatchMs),
    buildSegment: indexThreads.buildSegment,
    mergeSegments: indexThreads.mergeSegments,
    mergeSegmentsToFile: indexThreads.mergeSegmentsToFile,
    close: async () => {
      await Promise.allSettled(running.keys());
      await Promise.all([pool.close({ force: false }), indexThreads.close()]);
    },
  };
}

type WaitingFile = {
  readonly task: Omit<FingerprintTask, 'kind'>;
  readonly resolve: (made: FingerprintedAudio) => void;
  readonly reject: (reason: unknown) => void;
};

/** Gathers single files into batches, one for each thread at a time. Decoder, limits and windows are those of the first. */
function openBulk(
  threadCount: number,
  run: (task: FingerprintBatchTask) => Promise<readonly FingerprintReply[]>,
): Workers['fingerprintInBulk'] {
  const waiting: WaitingFile[] = [];
  let runningBatches = 0;
  let isGathering = false;

  const gather = () => {
    if (isGathering) return;
    isGathering = true;
    setTimeout(() => {
      isGathering = false;
      while (waiting.length > 0 && runningBatches < threadCount) {
        const share = Math.ceil(waiting.length / (threadCount - runningBatches));
        void runBatch(waiting.splice(0, Math.min(batchFiles, share)));
      }
    }, gatherMs);
  };

  async function runBatch(files: readonly WaitingFile[]): Promise<void> {
    const [first] = files as [WaitingFile];
    runningBatches++;
    try {
      const paths = files.map(({ task }) => task.path);
      const replies = await run({ kind: 'fingerprint-batch', ...first.task, paths });
      for (const [i, { resolve, reject }] of files.entries()) {
        const reply = replies[i] as FingerprintReply;
        if (reply.ok) resolve(reply.result);
        else reject(new WorkerError(reply.code, reply.message));
      }
    } catch (error) {
      for (const { reject } of files) reject(error);
    } finally {
      runningBatches--;
      if (waiting.length > 0) gather();
    }
  }

  return (task) =>
    new Promise((resolve, reject) => {
      waiting.push({ task, resolve, reject });
      if (runningBatches < threadCount) gather();
    });
}
