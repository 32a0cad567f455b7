/**
 * Retroscans: past submissions looked through for a new reference, one retroscan at a time in all processes and with
 * rests in between. The bank names the submissions that may hold it (`find-past-uploads.ts`); each of them is scanned
 * again, for this reference, by the fingerprint that was kept, and judged as if it were submitted now. What follows is
 * kept with how far the retroscan is, so that one that is broken off goes on where it was.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkerError } from '../../workers/errors.ts';
import { readSegmentHeader } from '../../workers/index/segment.ts';
import type { SharedSegment } from '../../workers/protocol.ts';
import { type Context, type Scoped, under } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { RetroscanRow } from '../store/retroscan.ts';
import { StoreUnavailable } from '../store/store-unavailable.ts';
import { type ReplayedReference, replaySubmission } from './replay-submission.ts';
import { describeRetroscan, type RetroscanView } from './retroscan-view.ts';
import { catchUp } from './scan-upload.ts';
import type { SubmissionBank } from './submission-bank.ts';

/** Postings of the bank that one look goes through: 2,500 h. More are looked through one part after the other. */
const maxPostingsAtOnce = 2 ** 26;
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
  while (!work.isOver()) {
    const row = await own.store.transaction((on) => on.startRetroscan(clock.now()));
    if (row === undefined) return;
    const { retroscanId } = row;
    try {
      await runRetroscan(context, row, work);
    } catch (error) {
      if (!isPassing(error)) {
        log.error({ err: error, retroscanId }, 'a retroscan came no further');
        await store.failRetroscan({ retroscanId, failure: reasonOf(error), maxFailures, now: clock.now() });
      }
      await rest(passingPauseMs, work.stopping);
    }
  }
}

async function runRetroscan(context: Context, row: RetroscanRow, work: RetroscanWork): Promise<void> {
  const { clock, config, store, workers } = context;
  const { retroscanId, referenceId, untilPosition } = row;
  const fingerprint = await store.findActiveFingerprint(referenceId);
  if (fingerprint === undefined) {
    const failure = 'The reference is not active any more.';
    await store.failRetroscan({ retroscanId, failure, maxFailures: 1, now: clock.now() });
    return;
  }
  const own = under(context, { role: 'service' });
  let { checkedPosition } = row;
  const tell = (position: number) => {
    checkedPosition = Math.max(checkedPosition, position);
    work.onProgress?.(describeRetroscan({ ...row, checkedPosition }));
  };
  if (checkedPosition < untilPosition) {
    const bank = await openedBank(context, work);
    // What is excluded from the reference is known to the index by then, too.
    await catchUp(own);
    const reference = await referenceOf(context, referenceId, fingerprint);
    const paced = <T>(act: () => Promise<T>) => pacedBy(config.retroscanPercent, work.stopping, act);
    for (const part of partsAfter(bank.segments(), checkedPosition)) {
      const named = await paced(() => workers.replay({ reference: fingerprint, segments: part.segments }));
      for (const { submissionId, position, hint } of named) {
        if (position <= checkedPosition || position > untilPosition) continue;
        if (work.isOver()) return;
        await paced(() =>
          replaySubmission(own, { retroscanId, submissionId, position, hint, reference }, store),
        );
        tell(position);
      }
      await advance(own, retroscanId, Math.min(untilPosition, part.highestPosition));
      tell(Math.min(untilPosition, part.highestPosition));
      if (work.isOver()) return;
    }
    // What is not in the bank is not kept any longer.
    await advance(own, retroscanId, untilPosition);
    tell(untilPosition);
  }
  await finish(own, row);
}

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

type Part = { readonly segments: readonly SharedSegment[]; readonly highestPosition: number };

/** What of the bank was not looked through, in the order of positions. */
function partsAfter(bank: readonly SharedSegment[], checkedPosition: number): Part[] {
  const parts: { segments: SharedSegment[]; postingCount: number; highestPosition: number }[] = [];
  for (const segment of bank) {
    const { highestPosition, postingCount } = readSegmentHeader(segment.bytes);
    if (highestPosition <= checkedPosition) continue;
    const last = parts.at(-1);
    if (last === undefined || last.postingCount + postingCount > maxPostingsAtOnce) {
      parts.push({ segments: [segment], postingCount, highestPosition });
    } else {
      last.segments.push(segment);
      last.postingCount += postingCount;
      last.highestPosition = highestPosition;
    }
  }
  return parts;
}

const advance = ({ store }: Scoped, retroscanId: string, checkedPosition: number): Promise<void> =>
  store.transaction((on) =>
    on.advanceRetroscan({ retroscanId, checkedPosition, scannedCount: 0, matchCount: 0, claimCount: 0 }),
  );

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
