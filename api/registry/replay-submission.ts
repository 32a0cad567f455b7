/** One past submission and one reference: scanned, judged and kept as if it were submitted now. */
import type { Hint, SharedSegment } from '../../workers/protocol.ts';
import type { Context, Scoped } from '../context.ts';
import type { Store, TransactionStore } from '../store/store.ts';
import type { ReplayedSubmissionRow } from '../store/submission-fingerprint.ts';
import { withoutExcluded } from './excluded-spans.ts';
import { keptAfter } from './forget-submissions.ts';
import type { JudgedMatch, UploadFound } from './judge-match.ts';
import { judgeUpload } from './judge-upload.ts';
import { appendEvent } from './registry-events.ts';
import { findRecordings } from './scan-upload.ts';

/** A reference as an index of its own, and the frames of the one that it stands in: what chance is measured against. */
export type ReplayedReference = { readonly segment: SharedSegment; readonly indexFrames: number };

export type Replay = {
  readonly retroscanId: string;
  readonly submissionId: string;
  readonly position: number;
  /** Where the bank says that it holds the reference. */
  readonly hint: Hint;
  readonly reference: ReplayedReference;
};

/** Throws POOL_FULL, TOO_MANY_ASSERTIONS. */
export async function replaySubmission(
  context: Scoped<Context>,
  { retroscanId, submissionId, position, hint, reference }: Replay,
  { findReplayedSubmission }: Pick<Store, 'findReplayedSubmission'>,
): Promise<void> {
  const past = await findReplayedSubmission({ submissionId, keptAfter: keptAfter(context) });
  // Over its time, since the bank took it in.
  if (past === undefined) return;
  const { segment, indexFrames } = reference;
  // As a submission is searched.
  const transforms = 'all';
  const { durationMs, matches } = await context.workers.match({
    segments: [segment],
    fingerprint: past.bytes,
    transforms,
    indexFrames,
    hint,
  });
  const found = await findRecordings(context, withoutExcluded(matches, context.index.excluded()));
  const on = uploadOf(context, past, durationMs);
  const judged = await judgeUpload(context, found, on);
  await context.store.transaction(async (transaction) => {
    const counts = await keepReplayed(transaction, submissionId, judged);
    const step = { retroscanId, checkedPosition: position, scannedCount: 1, ...counts };
    await transaction.advanceRetroscan(step);
  });
}

function uploadOf({ clock, config }: Scoped, past: ReplayedSubmissionRow, durationMs: number): UploadFound {
  return {
    submissionId: past.submissionId,
    reporterId: past.partyId,
    upload: {
      platform: past.platform,
      external_id: past.externalId,
      url: past.url ?? null,
      account: past.account ?? null,
      title: past.title ?? null,
      content_type: past.contentType ?? null,
      duration_ms: durationMs,
    },
    at: clock.now(),
    days: config.deadlineDays,
    isPast: true,
  };
}

/** A claim that a party has on a recording in the submission, whatever became of it, stays the only one. */
async function keepReplayed(
  on: TransactionStore,
  submissionId: string,
  judged: readonly JudgedMatch[],
): Promise<{ readonly matchCount: number; readonly claimCount: number }> {
  if (judged.length === 0) return { matchCount: 0, claimCount: 0 };
  const known = await on.listSubmissionMatches([submissionId]);
  const raised = await on.listClaimsOfSubmissions([submissionId]);
  let [matchCount, claimCount] = [0, 0];
  for (const { match, claims } of judged) {
    const ofRecording = raised.filter(({ recordingId }) => recordingId === match.recordingId);
    const fresh = claims.filter(({ row }) => !ofRecording.some(({ partyId }) => partyId === row.partyId));
    const isKnown = known.some(({ recordingId }) => recordingId === match.recordingId);
    if (isKnown && fresh.length === 0) continue;
    if (await on.keepReplayedMatch(match)) matchCount += 1;
    for (const { row, entry } of fresh) {
      if (!(await on.insertClaim(row))) continue;
      await appendEvent(on, { of: 'claim', claim: row, entry });
      claimCount += 1;
    }
  }
  return { matchCount, claimCount };
}
