/**
 * The past submissions that a retroscan scans again, in the order of their positions: those that the bank names, or, in a
 * thorough one, every one that is kept. The bank holds only the salient peaks of each, so it does not name an upload that
 * the reference is buried in; a scan has all its peaks.
 */
import { readSegmentHeader } from '../../workers/index/segment.ts';
import type { Hint, SharedSegment } from '../../workers/protocol.ts';
import type { Context } from '../context.ts';
import type { SubmissionBank } from './submission-bank.ts';

/** Postings of the bank that one look goes through: 2,500 h. More are looked through one part after the other. */
const maxPostingsAtOnce = 2 ** 26;
/** Submissions that are listed at once. */
const pageSize = 500;

/** A submission to be scanned; or none, where up to this position there is nothing more to scan. */
export type SubmissionToReplay = {
  readonly position: number;
  readonly submissionId?: string;
  /** Where the bank says that it holds the reference. */
  readonly hint?: Hint;
};

/** Positions after the one and up to the other. */
export type Span = { readonly after: number; readonly until: number };

/** @param look runs one look at a part of the bank */
export async function* submissionsNamed(
  { workers }: Context,
  bank: SubmissionBank,
  { after, until }: Span,
  reference: Uint8Array,
  look: <T>(act: () => Promise<T>) => Promise<T>,
): AsyncGenerator<SubmissionToReplay> {
  for (const { segments, highestPosition } of partsAfter(bank.segments(), after)) {
    const named = await look(() => workers.replay({ reference, segments }));
    yield* named.filter(({ position }) => position > after && position <= until);
    yield { position: Math.min(until, highestPosition) };
  }
}

export async function* submissionsKept(
  { store }: Context,
  { after, until }: Span,
): AsyncGenerator<SubmissionToReplay> {
  for (let last = after; last < until; ) {
    const page = await store.listKeptSubmissions({ after: last, until, limit: pageSize });
    yield* page;
    last = page.at(-1)?.position ?? until;
  }
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
