/** Claims as they are and were, and what their claimant does with them. */
import { validate as isUuid } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { ClaimState } from '../rules/claim-machine.ts';
import type { Action } from '../rules/policy-document.ts';
import type { Actor } from '../rules/state-machine.ts';
import { nowhere, resolveTerritories } from '../rules/territory.ts';
import type { ClaimRow } from '../store/claim.ts';
import { answerOnce } from './answer-once.ts';
import { type Caller, isOperator, partyInView } from './caller.ts';
import { changeClaim, type Happening, lockClaim, noClaim } from './change-claim.ts';
import { type ClaimView, describeClaim, type TerritoriesView } from './claim-view.ts';
import { describeEvent, type EventView } from './event-history.ts';
import { excludedIntervalOf, keepExcluded, type NamedInterval } from './exclude-interval.ts';
import { openOwnedRecordings } from './owned-recordings.ts';
import { type Page, pageOf, readCursor } from './page.ts';

/** What a claimant, a reviewer or an operator does; the machine says which of them, and when. */
export const claimantEvents = [
  'confirm',
  'release',
  'release_and_exclude',
  'reinstate',
  'take_down',
  'route',
] as const;
export type ClaimantEvent = (typeof claimantEvents)[number];

export type ClaimFilter = {
  /** One of whose sides it must be; `undefined`: anybody's. */
  readonly partyId: string | undefined;
  readonly state?: ClaimState | undefined;
  readonly action?: Action | undefined;
  readonly recordingId?: string | undefined;
  readonly submissionId?: string | undefined;
  readonly limit: number;
  readonly cursor?: string;
};

/** Of either side, in the order they were raised in. Throws CURSOR_INVALID. */
export async function listClaims(context: Scoped, filter: ClaimFilter): Promise<Page<ClaimView>> {
  const { limit, cursor, partyId, state, action, recordingId, submissionId } = filter;
  const asked = { partyId, state, action, recordingId, submissionId };
  const rows = await context.store.listClaims({
    ...asked,
    afterClaimId: readCursor(cursor),
    limit: limit + 1,
  });
  return pageOf(rows, limit, describeClaim, (row) => row.claimId);
}

type OneClaim = { readonly partyId: string | undefined; readonly claimId: string };

/** Throws CLAIM_NOT_FOUND. */
export async function getClaim(context: Scoped, which: OneClaim): Promise<ClaimView> {
  return describeClaim(await getClaimRow(context, which));
}

/** Every entry, first one first. Throws CLAIM_NOT_FOUND. */
export async function getClaimHistory(context: Scoped, which: OneClaim): Promise<EventView[]> {
  const { claimId } = await getClaimRow(context, which);
  return (await context.store.listClaimEvents(claimId)).map(describeEvent);
}

export async function getClaimRow(context: Scoped, { partyId, claimId }: OneClaim): Promise<ClaimRow> {
  const row = isUuid(claimId) ? await context.store.findClaim({ claimId, partyId }) : undefined;
  if (!row) throw noClaim(claimId);
  return row;
}

export type ClaimantAct = {
  readonly claimId: string;
  readonly type: ClaimantEvent;
  readonly reason: string;
  readonly noticeId?: string | undefined;
  readonly excludedInterval?: NamedInterval | undefined;
  readonly expectedVersion?: number | undefined;
  readonly idempotencyKey?: string | undefined;
};

/** In which capacity somebody acts on a claim of the claimant's side. */
export type Capacity = 'claimant' | 'reviewer';

/**
 * Throws CLAIM_NOT_FOUND, CLAIM_TAKEN, VERSION_CONFLICT, IDEMPOTENCY_KEY_REUSED, EVENT_INVALID, EVENT_NOT_ALLOWED,
 * EVENT_ROLE_FORBIDDEN, TOO_MANY_ASSERTIONS.
 */
export async function actOnClaim(
  context: Scoped,
  caller: Caller,
  capacity: Capacity,
  act: ClaimantAct,
  now = context.clock.now(),
): Promise<ClaimView> {
  const { claimId, type, reason, noticeId, idempotencyKey: key } = act;
  const seen = await getClaimRow(context, { partyId: partyInView(caller), claimId });
  refuseOtherSide(seen, caller);
  const ownershipConflicted = type === 'confirm' ? await isConflicted(context, seen) : undefined;
  const excludedInterval =
    type === 'release_and_exclude'
      ? await excludedIntervalOf(context, caller, seen, act.excludedInterval)
      : undefined;
  const happening: Happening = {
    type,
    actor: actorFor(caller, capacity),
    reason,
    at: now,
    detail: {
      ...(noticeId === undefined ? {} : { noticeId }),
      ...(excludedInterval === undefined ? {} : { excludedInterval }),
      ...(ownershipConflicted === undefined ? {} : { ownershipConflicted }),
    },
  };
  const request = [claimId, capacity, type, reason, noticeId ?? null, act.excludedInterval ?? null];
  const view = await context.store.transaction((on) =>
    answerOnce(on, { partyId: caller.partyId, key, request }, async () => {
      const row = await lockClaim(on, claimId, act.expectedVersion);
      if (capacity === 'reviewer') refuseTaken(row, caller, now);
      await changeClaim(on, row, happening, context.config.deadlineDays);
      const changed = describeClaim(await lockClaim(on, claimId));
      // Last: it holds the feed's lock until the commit.
      if (excludedInterval) await keepExcluded(on, row, excludedInterval, caller.partyId, reason);
      return changed;
    }),
  );
  if (key !== undefined) await context.store.forgetIdempotencyKeys();
  return view;
}

/** Who only reported the upload sees the claim and cannot act for its claimant: as if there were none. */
export function refuseOtherSide(row: ClaimRow, caller: Caller): void {
  const claimant = caller.onBehalfOf ?? caller.partyId;
  if (row.partyId !== claimant && !isOperator(caller)) throw noClaim(row.claimId);
}

function refuseTaken({ leasedBy, leasedUntil }: ClaimRow, caller: Caller, now: Date): void {
  if (leasedBy === undefined || leasedBy === caller.apiKeyId) return;
  if (leasedUntil === undefined || leasedUntil <= now) return;
  throw new RegistryError(
    'CLAIM_TAKEN',
    `Another reviewer has taken this claim until ${leasedUntil.toISOString()}.`,
  );
}

export function actorFor(caller: Caller, capacity: Capacity): Actor {
  const { partyId, onBehalfOf = null } = caller;
  if (capacity === 'reviewer') return { role: 'reviewer', partyId, onBehalfOf };
  if (isOperator(caller)) return { role: 'operator', partyId, onBehalfOf };
  return { role: onBehalfOf === null ? 'rightsholder' : 'administrator', partyId, onBehalfOf };
}

/** Whether ownership is in conflict anywhere the claim is for. */
async function isConflicted(context: Scoped, row: ClaimRow): Promise<boolean> {
  const { recordingId } = row;
  const recordings = openOwnedRecordings({ ...context, store: context.ownStore });
  await recordings.load([recordingId]);
  const claimed = resolveTerritories(row.territories as TerritoriesView);
  return (recordings.find(recordingId)?.ownerships ?? []).some(
    ({ status, territories }) => status === 'conflicted' && (territories & claimed) !== nowhere,
  );
}
