/**
 * The review queue: potential claims, what is most at stake first (`claim-stake.ts`). A reviewer takes claims for a
 * while, in which no other reviewer is given them or may decide them; a lease that ends by itself needs nobody to
 * clean up after a reviewer who went home. The claimant itself is never shut out of its own claim.
 */
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { Action } from '../rules/policy-document.ts';
import type { ReviewReason } from '../rules/review-thresholds.ts';
import type { ClaimRow } from '../store/claim.ts';
import type { Caller } from './caller.ts';
import { partyInView } from './caller.ts';
import { type ClaimView, describeClaim } from './claim-view.ts';
import { getClaimRow, refuseOtherSide } from './claims.ts';
import { type Page, pageOf, readCursor } from './page.ts';

/** How long a reviewer keeps what was taken, in seconds: where it is not said, and at the most. */
export const defaultLeaseSeconds = 15 * 60;
export const maxLeaseSeconds = 4 * 3600;
/** Taken by one request. */
export const maxTaken = 50;

export type ReviewFilter = {
  readonly review?: ReviewReason | undefined;
  readonly action?: Action | undefined;
  readonly recordingId?: string | undefined;
  readonly platform?: string | undefined;
};

/** With `isFree`, without what somebody has taken. Throws CURSOR_INVALID. */
export async function listReviews(
  context: Scoped,
  caller: Caller,
  ask: ReviewFilter & { readonly isFree: boolean; readonly limit: number; readonly cursor?: string },
  now = context.clock.now(),
): Promise<Page<ClaimView>> {
  const { isFree, limit, cursor } = ask;
  const rows = await context.store.listReviewQueue({
    ...filterOf(caller, ask),
    freeAt: isFree ? now : undefined,
    afterClaimId: readCursor(cursor),
    limit: limit + 1,
  });
  return pageOf(rows, limit, describeClaim, (row) => row.claimId);
}

type LeaseAsked = { readonly leaseSeconds?: number | undefined };

/** The claims with most at stake that nobody has taken; none is an answer too. */
export async function takeReviews(
  context: Scoped,
  caller: Caller,
  ask: ReviewFilter & LeaseAsked & { readonly count: number },
  now = context.clock.now(),
): Promise<ClaimView[]> {
  const limit = Math.min(ask.count, maxTaken);
  const lease = leaseOf(caller, ask, now);
  const rows = await context.store.takeReviews({ ...filterOf(caller, ask), ...lease, limit });
  return rows.sort(byStake).map(describeClaim);
}

/** One claim, or the same one for longer. Throws CLAIM_NOT_FOUND, CLAIM_TAKEN, EVENT_NOT_ALLOWED. */
export async function takeReview(
  context: Scoped,
  caller: Caller,
  ask: LeaseAsked & { readonly claimId: string },
  now = context.clock.now(),
): Promise<ClaimView> {
  const { claimId } = ask;
  const seen = await getClaimRow(context, { partyId: partyInView(caller), claimId });
  refuseOtherSide(seen, caller);
  const row = await context.store.takeClaim({ claimId, ...leaseOf(caller, ask, now) });
  if (row) return describeClaim(row);
  if (seen.state !== 'potential') {
    throw new RegistryError('EVENT_NOT_ALLOWED', `Expected a potential claim; this one is ${seen.state}.`);
  }
  throw new RegistryError('CLAIM_TAKEN', 'Another reviewer has taken this claim.');
}

/** Gives a claim back that the caller has taken; one that it has not stays as it is. Throws CLAIM_NOT_FOUND. */
export async function returnReview(
  context: Scoped,
  caller: Caller,
  { claimId }: { readonly claimId: string },
): Promise<ClaimView> {
  const which = { partyId: partyInView(caller), claimId };
  refuseOtherSide(await getClaimRow(context, which), caller);
  await context.store.returnClaim({ claimId, leasedBy: caller.apiKeyId });
  return describeClaim(await getClaimRow(context, which));
}

function filterOf(caller: Caller, { review, action, recordingId, platform }: ReviewFilter) {
  return { partyId: partyInView(caller), review, action, recordingId, platform };
}

function leaseOf({ apiKeyId }: Caller, { leaseSeconds = defaultLeaseSeconds }: LeaseAsked, now: Date) {
  const seconds = Math.min(leaseSeconds, maxLeaseSeconds);
  return { now, leasedBy: apiKeyId, leasedUntil: new Date(now.getTime() + seconds * 1000) };
}

function byStake(a: ClaimRow, b: ClaimRow): number {
  return b.stake - a.stake || (a.claimId < b.claimId ? -1 : 1);
}
