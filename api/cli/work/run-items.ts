/**
 * The frame of every long command: goes through a list of items on all worker threads, shows how far it is, reports
 * an item that fails with its code and goes on, stops cleanly on Ctrl-C, and says at the end what came of it.
 */
import { type ExitStatus, exitStatus } from '../exit-status.ts';
import { describeFailure, type Failure, isAboutEverything } from '../failure.ts';
import type { WorkItem, WorkList } from '../input/items.ts';
import { counted, duration, timesRealTime, whole } from '../output/quantities.ts';
import type { Interruption } from './interruption.ts';
import { openProgress, type Progress } from './progress.ts';
import { workThrough } from './work-through.ts';

/** Finished results that may wait for an earlier item. */
const maxWaitingResults = 64;
/** Failures listed by name; beyond it they are only counted. */
const maxFailuresShown = 1000;

export type ItemResult<Value> = { readonly item: WorkItem } & (
  | { readonly value: Value; readonly failure?: never }
  | { readonly failure: Failure; readonly value?: never }
);

export type ItemValue = {
  /** Audio that was listened to for this item; 0 where nothing had to be. */
  readonly audioMs: number;
};

export type ItemRun<Value extends ItemValue> = {
  /** `registering`; the bar and the plain lines begin with it. */
  readonly doing: string;
  readonly list: WorkList;
  readonly maxInFlight: number;
  readonly interruption: Interruption;
  readonly work: (item: WorkItem) => Promise<Value>;
  /** Called in the order of the list. `failure` has been reported already. */
  readonly onResult: (result: ItemResult<Value>, progress: Progress) => void | Promise<void>;
};

export type ItemRunOutcome = {
  readonly doneCount: number;
  readonly failedCount: number;
  readonly audioMs: number;
  readonly elapsedMs: number;
  readonly wasInterrupted: boolean;
  /** Why the rest of the list was not tried: the database or the server went away. */
  readonly ended?: Failure;
};

export async function runItems<Value extends ItemValue>(run: ItemRun<Value>): Promise<ItemRunOutcome> {
  const progress = openProgress({ doing: run.doing, itemCount: run.list.count });
  for (const warning of run.list.warnings) progress.note(warning);
  const { signal: interrupted } = run.interruption;
  interrupted.addEventListener('abort', progress.stepAside);
  const stop = new AbortController();
  let ended: Failure | undefined;
  let [doneCount, failedCount] = [0, 0];
  const { maxInFlight } = run;
  const work = async (item: WorkItem): Promise<ItemResult<Value>> => {
    try {
      const value = await run.work(item);
      progress.itemDone(value.audioMs);
      return { item, value };
    } catch (error) {
      const failure = describeFailure(error);
      if (isAboutEverything(failure)) {
        ended ??= failure;
        stop.abort();
      }
      progress.itemDone(0);
      return { item, failure };
    }
  };
  try {
    const bounds = { maxInFlight, maxAhead: maxInFlight + maxWaitingResults };
    const signal = AbortSignal.any([interrupted, stop.signal]);
    for await (const result of workThrough(run.list.items(), work, { ...bounds, signal })) {
      doneCount += 1;
      if (result.failure) {
        failedCount += 1;
        if (failedCount <= maxFailuresShown) progress.note(failureLine(result.item, result.failure));
      }
      await run.onResult(result, progress);
    }
  } finally {
    progress.stop();
    interrupted.removeEventListener('abort', progress.stepAside);
  }
  const { audioMs, elapsedMs } = progress;
  const wasInterrupted = interrupted.aborted && doneCount < run.list.count;
  return { doneCount, failedCount, audioMs, elapsedMs, wasInterrupted, ...(ended ? { ended } : {}) };
}

function failureLine(item: WorkItem, { code, message }: Failure): string {
  return `✗ ${item.externalId}: ${code}: ${message} (${item.path})`;
}

/** `12 h 4 min of audio in 2 min 3 s (353 × real time)`. */
export function speedLine({ audioMs, elapsedMs }: ItemRunOutcome): string {
  if (audioMs === 0) return `in ${duration(elapsedMs)}`;
  return `${duration(audioMs)} of audio in ${duration(elapsedMs)} (${timesRealTime(audioMs, elapsedMs)})`;
}

export const againGoesOn = 'Run the same command again to go on from here.';

/** Why a run ended before its list did, and `howToGoOn`; empty for a run that came to its end. */
export function unfinishedLines(outcome: ItemRunOutcome, list: WorkList, howToGoOn = againGoesOn): string[] {
  const left = `${whole(list.count - outcome.doneCount)} of ${counted(list.count, 'item')} to go`;
  if (outcome.ended) {
    return [`Stopped with ${left}: ${outcome.ended.code}: ${outcome.ended.message}`, howToGoOn];
  }
  return outcome.wasInterrupted ? [`Interrupted with ${left}. ${howToGoOn}`] : [];
}

export function statusOf(outcome: ItemRunOutcome): ExitStatus {
  if (outcome.ended) return exitStatus.couldNotStart;
  if (outcome.wasInterrupted) return exitStatus.interrupted;
  return outcome.failedCount > 0 ? exitStatus.someFailed : exitStatus.fine;
}
