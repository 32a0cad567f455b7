/** Disputes and appeals: what the uploader's side does, by the key of the platform that reported the upload. */
import { type Static, Type } from 'typebox';
import { validate as isUuid } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { type DisputeState, disputeStates } from '../rules/dispute-machine.ts';
import { type Actor, type DisputeReason, disputeReasons } from '../rules/state-machine.ts';
import type { ClaimRow } from '../store/claim.ts';
import type { DisputeRow } from '../store/dispute.ts';
import { answerOnce } from './answer-once.ts';
import { type Caller, isOperator, partyInView } from './caller.ts';
import { changeClaim, type Happening, lockClaim, noClaim } from './change-claim.ts';
import { nullable, type UploadView } from './claim-view.ts';
import { actorFor, getClaimRow, refuseOtherSide } from './claims.ts';
import { describeEvent, EventView } from './event-history.ts';
import { type Page, pageOf, readCursor } from './page.ts';

const uuid = Type.String({ format: 'uuid' });

const DisputeFields = {
  dispute_id: uuid,
  claim_id: uuid,
  party_id: Type.String({ format: 'uuid', description: 'The claimant.' }),
  reporter_id: Type.String({ format: 'uuid', description: 'Who speaks for the uploader.' }),
  dispute_reason: Type.Enum([...disputeReasons]),
  state: Type.Enum([...disputeStates]),
  entered_at: Type.String({ format: 'date-time' }),
  deadline_at: nullable(Type.String({ format: 'date-time' }), 'Until when the claimant has to answer.'),
  version: Type.Integer({ description: 'Entries of its history.', examples: [1] }),
};
export const DisputeView = Type.Object(DisputeFields);
export type DisputeView = Static<typeof DisputeView>;

export const DisputeWithHistory = Type.Object({
  ...DisputeFields,
  history: Type.Array(EventView, { description: 'What both sides did and said, first entry first.' }),
});
export type DisputeWithHistory = Static<typeof DisputeWithHistory>;

/** What the uploader's side does once there is a dispute. */
export const uploaderEvents = ['state', 'appeal', 'withdraw_dispute', 'withdraw_appeal'] as const;
type UploaderEvent = (typeof uploaderEvents)[number];

/** Throws CURSOR_INVALID. */
export async function listDisputes(
  context: Scoped,
  ask: {
    readonly partyId: string | undefined;
    readonly state?: DisputeState | undefined;
    readonly claimId?: string | undefined;
    readonly limit: number;
    readonly cursor?: string;
  },
): Promise<Page<DisputeView>> {
  const { partyId, state, claimId, limit, cursor } = ask;
  const page = { partyId, state, claimId, afterDisputeId: readCursor(cursor), limit: limit + 1 };
  return pageOf(await context.store.listDisputes(page), limit, describe, (row) => row.disputeId);
}

type OneDispute = { readonly partyId: string | undefined; readonly disputeId: string };

/** Throws DISPUTE_NOT_FOUND. */
export async function getDispute(context: Scoped, which: OneDispute): Promise<DisputeWithHistory> {
  const row = await getDisputeRow(context, which);
  const history = await context.store.listDisputeEvents(row.disputeId);
  return { ...describe(row), history: history.map(describeEvent) };
}

export type OpenedDispute = {
  readonly claimId: string;
  readonly disputeReason: DisputeReason;
  readonly statement: string;
  /** Appeals at once, where the claim blocks: the claimant then has the time of an appeal to answer. */
  readonly isEscalated: boolean;
  /** The account that disputes; without it the platform does so by itself. */
  readonly account?: string | undefined;
  readonly expectedVersion?: number | undefined;
  readonly idempotencyKey?: string | undefined;
};

/**
 * Throws CLAIM_NOT_FOUND, ACCOUNT_NOT_THE_UPLOADER, VERSION_CONFLICT, IDEMPOTENCY_KEY_REUSED, EVENT_INVALID,
 * EVENT_NOT_ALLOWED, EVENT_ROLE_FORBIDDEN.
 */
export async function openDispute(
  context: Scoped,
  caller: Caller,
  opened: OpenedDispute,
  now = context.clock.now(),
): Promise<DisputeWithHistory> {
  const { claimId, disputeReason, statement, isEscalated, account } = opened;
  const type = isEscalated ? 'escalate' : 'dispute';
  return act(context, caller, {
    claimId,
    happening: (row) => ({
      type,
      actor: uploaderOf(row, caller, account),
      reason: `Disputed: ${disputeReason}.`,
      detail: { disputeReason, statement },
      at: now,
    }),
    expectedVersion: opened.expectedVersion,
    key: opened.idempotencyKey,
    request: [claimId, type, disputeReason, statement, account ?? null],
  });
}

export type UploaderAct = {
  readonly disputeId: string;
  readonly type: UploaderEvent;
  readonly reason: string;
  readonly statement?: string | undefined;
  readonly account?: string | undefined;
  readonly expectedVersion?: number | undefined;
  readonly idempotencyKey?: string | undefined;
};

/** Throws as `openDispute`, and DISPUTE_NOT_FOUND. */
export async function actOnDispute(
  context: Scoped,
  caller: Caller,
  { disputeId, type, reason, statement, account, expectedVersion, idempotencyKey: key }: UploaderAct,
  now = context.clock.now(),
): Promise<DisputeWithHistory> {
  const { claimId } = await getDisputeRow(context, { partyId: partyInView(caller), disputeId });
  return act(context, caller, {
    claimId,
    disputeId,
    happening: (row) => ({
      type,
      actor: uploaderOf(row, caller, account),
      reason,
      detail: statement === undefined ? {} : { statement },
      at: now,
    }),
    expectedVersion,
    key,
    request: [disputeId, type, reason, statement ?? null, account ?? null],
  });
}

/** The claimant says its side. Throws as `actOnDispute`. */
export async function counterState(
  context: Scoped,
  caller: Caller,
  said: {
    readonly disputeId: string;
    readonly statement: string;
    readonly idempotencyKey?: string | undefined;
  },
  now = context.clock.now(),
): Promise<DisputeWithHistory> {
  const { disputeId, statement, idempotencyKey: key } = said;
  const { claimId } = await getDisputeRow(context, { partyId: partyInView(caller), disputeId });
  return act(context, caller, {
    claimId,
    disputeId,
    side: 'claimant',
    happening: () => ({
      type: 'counter_state',
      actor: actorFor(caller, 'claimant'),
      reason: 'A counter-statement.',
      detail: { statement },
      at: now,
    }),
    expectedVersion: undefined,
    key,
    request: [disputeId, 'counter_state', statement],
  });
}

async function act(
  context: Scoped,
  caller: Caller,
  asked: {
    readonly claimId: string;
    /** The dispute that must be the one that is open; undefined: one is opened. */
    readonly disputeId?: string;
    readonly happening: (row: ClaimRow) => Happening;
    readonly expectedVersion: number | undefined;
    readonly key: string | undefined;
    readonly request: readonly unknown[];
    /** Who has to be asking; the uploader's where it is not said. */
    readonly side?: 'claimant';
  },
): Promise<DisputeWithHistory> {
  const { claimId, key, request } = asked;
  const seen = await getClaimRow(context, { partyId: partyInView(caller), claimId });
  if (asked.side === 'claimant') refuseOtherSide(seen, caller);
  else if (seen.reporterId !== caller.partyId && !isOperator(caller)) throw noClaim(claimId);
  const disputeId = await context.store.transaction((on) =>
    answerOnce(on, { partyId: caller.partyId, key, request }, async () => {
      const row = await lockClaim(on, claimId, asked.expectedVersion);
      const before = await on.findDisputeOfClaim(claimId);
      if (asked.disputeId !== undefined && before?.disputeId !== asked.disputeId) {
        throw new RegistryError('EVENT_NOT_ALLOWED', 'Expected a dispute that is not over; this one is.');
      }
      await changeClaim(on, row, asked.happening(row), context.config.deadlineDays);
      const after = asked.disputeId ?? (await on.findDisputeOfClaim(claimId))?.disputeId;
      return after as string;
    }),
  );
  if (key !== undefined) await context.store.forgetIdempotencyKeys();
  return getDispute(context, { partyId: partyInView(caller), disputeId });
}

/** The uploader, where the account is named that uploaded it; else its platform. */
function uploaderOf(row: ClaimRow, { partyId }: Caller, account: string | undefined): Actor {
  const uploader = (row.upload as UploadView).account;
  if (account === undefined) return { role: 'platform', partyId, onBehalfOf: null };
  if (uploader === null || uploader === account) return { role: 'uploader', partyId, onBehalfOf: null };
  throw new RegistryError(
    'ACCOUNT_NOT_THE_UPLOADER',
    'Expected the account that the upload was reported with; received another one.',
  );
}

async function getDisputeRow(context: Scoped, { partyId, disputeId }: OneDispute): Promise<DisputeRow> {
  const row = isUuid(disputeId) ? await context.store.findDispute({ disputeId, partyId }) : undefined;
  if (row) return row;
  throw new RegistryError(
    'DISPUTE_NOT_FOUND',
    `There is no dispute ${JSON.stringify(disputeId.slice(0, 60))} of yours.`,
  );
}

function describe(row: DisputeRow): DisputeView {
  return {
    dispute_id: row.disputeId,
    claim_id: row.claimId,
    party_id: row.partyId,
    reporter_id: row.reporterId,
    dispute_reason: row.disputeReason,
    state: row.state,
    entered_at: row.enteredAt.toISOString(),
    deadline_at: row.deadlineAt?.toISOString() ?? null,
    version: row.version,
  };
}
