/**
 * Ends the claims whose deadline has passed, and their disputes with them. Who calls it, and how often, is the
 * scheduler's to say: it may come late, twice, or in several processes at once. Each claim is a transaction of its own
 * and looked at again under its lock, so nothing is ended twice, and one that cannot be ended keeps no other waiting.
 */
import { type StoreContext, under } from '../context.ts';
import { changeClaim, lockClaim } from './change-claim.ts';

/** Claims ended by one call; a scheduler that gets as many calls again. */
const maxExpiredAtOnce = 500;

const system = { role: 'system', partyId: null, onBehalfOf: null } as const;

export type Expired = {
  readonly expiredCount: number;
  /** Whether others may be due. */
  readonly hasMore: boolean;
};

export async function expireDue(
  context: StoreContext,
  now: Date,
  limit = maxExpiredAtOnce,
): Promise<Expired> {
  const scoped = under(context, { role: 'service' });
  const claimIds = await scoped.store.listDueClaims({ now, limit });
  let expiredCount = 0;
  for (const claimId of claimIds) {
    try {
      const isExpired = await scoped.store.transaction(async (on) => {
        const row = await lockClaim(on, claimId);
        if (row.deadlineAt === undefined || row.deadlineAt > now) return false;
        const reason = `Nobody answered until ${row.deadlineAt.toISOString()}.`;
        const happening = { type: 'expire', actor: system, reason, at: now } as const;
        await changeClaim(on, row, happening, context.config.deadlineDays);
        return true;
      });
      if (isExpired) expiredCount += 1;
    } catch (error) {
      context.log.error({ err: error, claimId }, 'a claim that is over its deadline could not be ended');
    }
  }
  return { expiredCount, hasMore: claimIds.length === limit };
}

/** Until nothing is due by the clock, or nothing that is due can be ended. */
export async function expireAllDue(context: StoreContext, stopping: AbortSignal): Promise<void> {
  for (let hasMore = true; hasMore && !stopping.aborted; ) {
    const expired = await expireDue(context, context.clock.now());
    hasMore = expired.hasMore && expired.expiredCount > 0;
  }
}
