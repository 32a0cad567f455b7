/**
 * Retroscans: past submissions looked through for a new reference, one retroscan at a time in all processes and with
 * rests in between. Those that may hold it, or all of them where the retroscan is thorough (`submissions-to-replay.ts`),
 * are scanned again, for this reference, by the fingerprint that was kept, and judged as if they were submitted now. What
 * follows is kept with how far the retroscan is, so that one that is broken off goes on where it was.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkerError } from '../../workers/errors.ts';
import { type Context, type Scoped, under } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { RetroscanRow } from '../store/retroscan.ts';
import { StoreUnavailable } from '../store/store-unavailable.ts';
import type { JudgedMatch } from './judge-match.ts';
import { keepReplayed, type ReplayedReference, replaySubmission } from './replay-submission.ts';
import { describeRetroscan, type RetroscanView } from './retroscan-view.ts';
import { catchUp } from './scan-upload.ts';
import type { SubmissionBank } from './submission-bank.ts';
import { type SubmissionToReplay, submissionsKept, submissionsNamed } from './submissions-to-replay.ts';

/**
 * How long a thorough retroscan works until a quick one that waits is run, and then works on: about what a quick one takes
 * among 100,000 submissions, so that neither a delivery nor a thorough one holds the other up for longer than twice its time.
 */
const thoroughTurnMs = 3_000;
/**
 * Submissions that are scanned, where nothing follows from any, before that is noted: a transaction for each would be for
 * nothing. As many are scanned once more after a kill.
 */
const maxUnnoted = 100;
/** Attempts that come no further before a retroscan has failed. */
const maxFailures = 5;
/** Before what passes (a full line, a database that is away) is tried again. */
const passingPauseMs = 1_000;
const maxFailureCharacters = 300;

export type RetroscanWork = {
  readonly bank: () => Promise<SubmissionBank>;
  /** When to begin nothing more. */
  readonly isOver: () => boolean;
  readonly stopping: AbortSignal;
  readonly onProgress?: (retroscan: RetroscanView) => void;
};

/** Until none is left, or it is over. Throws what the database throws. */
export async function runRetroscans(context: Context, work: RetroscanWork): Promise<void> {
  const { clock, log, store } = context;
  const own = under(context, { role: 'service' });
  let wasThorough: boolean | undefined;
  while (!work.isOver()) {
    const next = { isThoroughFirst: wasThorough === false, now: clock.now() };
    const row = await own.store.transaction((on) => on.startRetroscan(next));
    if (row === undefined) return;
    const { retroscanId } = row;
    wasThorough = row.isThorough;
    try {
      await runRetroscan(context, row, wasThorough ? forATurn(work) : work);
    } catch (error) {
      if (!isPassing(error)) {
        log.error({ err: error, retroscanId }, 'a retroscan came no further');
        await store.failRetroscan({ retroscanId, failure: reasonOf(error), maxFailures, now: clock.now() });
      }
      await rest(passingPauseMs, work.stopping);
    }
  }
}

function forATurn(work: RetroscanWork): RetroscanWork {
  const endsAtMs = performance.now() + thoroughTurnMs;
  return { ...work, isOver: () => work.isOver() || performance.now() > endsAtMs };
}

async function runRetroscan(context: Context, row: RetroscanRow, work: RetroscanWork): Promise<void> {
  const { clock, config, store } = context;
  const { retroscanId, referenceId, checkedPosition, untilPosition } = row;
  const fingerprint = await store.findActiveFingerprint(referenceId);
  if (fingerprint === undefined) {
    const failure = 'The reference is not active any more.';
    await store.failRetroscan({ retroscanId, failure, maxFailures: 1, now: clock.now() });
    return;
  }
  const own = under(context, { role: 'service' });
  if (checkedPosition < untilPosition) {
    const span = { after: checkedPosition, until: untilPosition };
    const paced: Paced = (act) => pacedBy(config.retroscanPercent, work.stopping, act);
    const submissions = row.isThorough
      ? submissionsKept(context, span)
      : submissionsNamed(context, await openedBank(context, work), span, fingerprint, paced);
    // What is excluded from the reference is known to the index by then, too.
    await catchUp(own);
    const reference = await referenceOf(context, referenceId, fingerprint);
    if (!(await replayAll(context, { row, reference, submissions, paced }, work))) return;
  }
  await finish(own, row);
}

type Paced = <T>(act: () => Promise<T>) => Promise<T>;

/** Hands whether it came to the end; what is over before stops after a submission. */
async function replayAll(
  context: Context,
  {
    row,
    reference,
    submissions,
    paced,
  }: {
    readonly row: RetroscanRow;
    readonly reference: ReplayedReference;
    readonly submissions: AsyncIterable<SubmissionToReplay>;
    readonly paced: Paced;
  },
  work: RetroscanWork,
): Promise<boolean> {
  const own = under(context, { role: 'service' });
  let { checkedPosition } = row;
  let scannedCount = 0;
  const note = async (submissionId?: string, judged: readonly JudgedMatch[] = []) => {
    const step = { retroscanId: row.retroscanId, checkedPosition, scannedCount };
    await own.store.transaction(async (on) => {
      const counts = submissionId === undefined ? nothing : await keepReplayed(on, submissionId, judged);
      await on.advanceRetroscan({ ...step, ...counts });
    });
    scannedCount = 0;
  };
  const replay = async ({ submissionId, hint }: SubmissionToReplay) => {
    if (submissionId === undefined) return note();
    const judged = await replaySubmission(own, { submissionId, hint, reference }, context.store);
    if (judged !== undefined) scannedCount += 1;
    if (judged !== undefined && judged.length > 0) await note(submissionId, judged);
    else if (scannedCount >= maxUnnoted) await note();
  };
  for await (const submission of submissions) {
    checkedPosition = submission.position;
    await paced(() => replay(submission));
    work.onProgress?.(describeRetroscan({ ...row, checkedPosition }));
    if (!work.isOver()) continue;
    await note();
    return false;
  }
  // What comes after the last one is not kept any longer.
  checkedPosition = row.untilPosition;
  await note();
  work.onProgress?.(describeRetroscan({ ...row, checkedPosition }));
  return true;
}

const nothing = { matchCount: 0, claimCount: 0 };

async function openedBank({ store }: Context, work: RetroscanWork): Promise<SubmissionBank> {
  const bank = await work.bank();
  await bank.catchUp();
  bank.forgetBefore((await store.submissionHead()).oldestPosition);
  return bank;
}

/** The reference as an index of its own, and how large the one is that it stands in. */
async function referenceOf(
  { index, workers }: Context,
  referenceId: string,
  fingerprint: Uint8Array,
): Promise<ReplayedReference> {
  const made = await workers.buildSegment([{ referenceId, position: 1, fingerprint }]);
  const segment = { segmentId: randomUUID(), ...made, tombstones: new SharedArrayBuffer(1) };
  return { segment, indexFrames: index.frames() };
}

/** Not where it was extended meanwhile: then it is taken again. */
async function finish({ store, clock }: Scoped, { retroscanId }: RetroscanRow): Promise<void> {
  await store.transaction(async (on) => {
    const done = await on.finishRetroscan({ retroscanId, now: clock.now() });
    // Where nothing was submitted before there is nothing to tell.
    if (done === undefined || done.untilPosition === done.beginPosition) return;
    await on.appendEvent({
      partyId: done.partyId,
      type: 'retroscan.finished',
      payload: describeRetroscan(done),
      createdAt: clock.now(),
    });
  });
}

/** Rests after an act for as long as it may not keep a thread busy. Who runs them though a server would not (0) does so at once. */
async function pacedBy<T>(percent: number, stopping: AbortSignal, act: () => Promise<T>): Promise<T> {
  if (percent === 0) return act();
  const begunMs = performance.now();
  const result = await act();
  await rest(((performance.now() - begunMs) * (100 - percent)) / percent, stopping);
  return result;
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof StoreUnavailable ||
    (error instanceof WorkerError && error.code === 'POOL_FULL') ||
    (error instanceof RegistryError && error.code === 'INDEX_NOT_READY')
  );
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, maxFailureCharacters);
}
