/** One past submission and one reference: scanned and judged as if it were submitted now, and what follows kept. */
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
import { isOfThisVersion } from './submission-bank.ts';

/** A reference as an index of its own, and the frames of the one that it stands in: what chance is measured against. */
export type ReplayedReference = { readonly segment: SharedSegment; readonly indexFrames: number };

export type Replay = {
  readonly submissionId: string;
  /** Where the bank says that it holds the reference; undefined where it was not asked. */
  readonly hint: Hint | undefined;
  readonly reference: ReplayedReference;
};

/**
 * Hands what follows; undefined where the submission cannot be scanned: it is over its time, or an earlier build made its
 * fingerprint. Throws POOL_FULL, TOO_MANY_ASSERTIONS.
 */
export async function replaySubmission(
  context: Scoped<Context>,
  { submissionId, hint, reference }: Replay,
  { findReplayedSubmission }: Pick<Store, 'findReplayedSubmission'>,
): Promise<readonly JudgedMatch[] | undefined> {
  const past = await findReplayedSubmission({ submissionId, keptAfter: keptAfter(context) });
  if (past === undefined || !isOfThisVersion(past.bytes)) return undefined;
  const { segment, indexFrames } = reference;
  // As a submission is searched.
  const transforms = 'all';
  const { durationMs, matches } = await context.workers.match({
    segments: [segment],
    fingerprint: past.bytes,
    transforms,
    indexFrames,
    ...(hint === undefined ? {} : { hint }),
  });
  const found = await findRecordings(context, withoutExcluded(matches, context.index.excluded()));
  return await judgeUpload(context, found, uploadOf(context, past, durationMs));
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
export async function keepReplayed(
  on: TransactionStore,
  submissionId: string,
  judged: readonly JudgedMatch[],
): Promise<{ readonly matchCount: number; readonly claimCount: number }> {
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
