/**
 * Changes a claim, and its dispute with it, in one transaction: the claim's row is locked, its history replayed and
 * compared with what the row says, the rules step it, and the entries are appended. Two changes at once come one after
 * the other; whoever acts on an old version is told.
 */
import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import {
  type Claim,
  type ClaimEvent,
  type ClaimEventType,
  claimEvents,
  replayClaim,
  stepClaim,
} from '../rules/claim-machine.ts';
import {
  type Dispute,
  type DisputeEntry,
  type DisputeEventType,
  disputeEvents,
  replayDispute,
  stepDispute,
} from '../rules/dispute-machine.ts';
import type { Action } from '../rules/policy-document.ts';
import type { Actor, EventDetail, MachineEvent } from '../rules/state-machine.ts';
import type { ClaimRow } from '../store/claim.ts';
import type { DisputeRow } from '../store/dispute.ts';
import type { TransactionStore } from '../store/store.ts';
import { entryOfRow } from './event-history.ts';
import { derivedOf } from './judge-match.ts';
import { appendEvent } from './registry-events.ts';

/** What happens to a claim, a dispute or both: events of the same name move both. */
export type Happening = {
  readonly type: ClaimEventType | DisputeEventType;
  readonly actor: Actor;
  readonly reason: string;
  readonly detail?: EventDetail;
  readonly at: Date;
};

type Days = Scoped['config']['deadlineDays'];

/** The claim, locked to the end of the transaction. Throws CLAIM_NOT_FOUND, VERSION_CONFLICT. */
export async function lockClaim(
  on: TransactionStore,
  claimId: string,
  expectedVersion?: number,
): Promise<ClaimRow> {
  const row = isUuid(claimId) ? await on.lockClaim(claimId) : undefined;
  if (!row) throw noClaim(claimId);
  if (expectedVersion === undefined || expectedVersion === row.version) return row;
  throw new RegistryError(
    'VERSION_CONFLICT',
    `Expected to change version ${expectedVersion} of the claim; it has version ${row.version} by now.`,
  );
}

/** Throws EVENT_INVALID, EVENT_NOT_ALLOWED, EVENT_ROLE_FORBIDDEN, EVENT_TOO_EARLY. Nothing is changed then. */
export async function changeClaim(
  on: TransactionStore,
  row: ClaimRow,
  happening: Happening,
  days: Days,
): Promise<void> {
  const claim = replayed(row, replayClaim((await on.listClaimEvents(row.claimId)).map((e) => entryOfRow(e))));
  const open = isOfDispute(happening.type) ? await findOpenDispute(on, row.claimId) : undefined;
  const { type, actor, reason, detail, at } = happening;
  // Clocks of several processes may differ by a little, and a history only goes forward.
  const lastAtMs = Math.max(claim.lastAtMs, open?.dispute.lastAtMs ?? 0);
  const event = { actor, reason, atMs: Math.max(at.getTime(), lastAtMs), ...(detail ? { detail } : {}) };
  if (isOfClaim(type)) await changeOne(on, row, claim, { ...event, type }, days);
  if (isOfDispute(type)) await changeDispute(on, row, open, { ...event, type }, days);
}

async function changeOne(
  on: TransactionStore,
  row: ClaimRow,
  claim: Claim,
  event: ClaimEvent,
  days: Days,
): Promise<void> {
  const { subject, entry } = stepClaim(claim, event, days);
  await on.updateClaim({ claimId: row.claimId, ...derivedOf(subject) });
  await appendEvent(on, { of: 'claim', claim: row, entry });
}

type OpenDispute = { readonly row: DisputeRow; readonly dispute: Dispute };

async function changeDispute(
  on: TransactionStore,
  claimRow: ClaimRow,
  open: OpenDispute | undefined,
  event: MachineEvent<DisputeEventType>,
  days: Days,
): Promise<void> {
  const opens = event.type === 'dispute' || event.type === 'escalate';
  if (!open && !opens) return;
  const terms = { claimantPartyId: claimRow.partyId, action: claimRow.action as Action };
  const told = opens ? { ...event, detail: { ...event.detail, ...terms } } : event;
  const { subject, entry } = stepDispute(open?.dispute ?? null, told, days);
  const disputeId = open?.row.disputeId ?? uuidv7();
  if (open) await on.updateDispute({ disputeId, ...derivedOf(subject) });
  else {
    await on.insertDispute({
      disputeId,
      claimId: claimRow.claimId,
      partyId: claimRow.partyId,
      reporterId: claimRow.reporterId,
      disputeReason: subject.memory.disputeReason,
      ...derivedOf(subject),
    });
  }
  await append(on, claimRow, disputeId, entry);
}

function append(on: TransactionStore, claim: ClaimRow, disputeId: string, entry: DisputeEntry) {
  return appendEvent(on, { of: 'dispute', disputeId, claim, entry });
}

async function findOpenDispute(on: TransactionStore, claimId: string): Promise<OpenDispute | undefined> {
  const row = await on.findDisputeOfClaim(claimId);
  if (!row) return undefined;
  const history = (await on.listDisputeEvents(row.disputeId)).map((e) => entryOfRow(e));
  return { row, dispute: replayed(row, replayDispute(history as DisputeEntry[])) };
}

/** The history is the truth; a row that says otherwise is our own bug, and nothing is built upon it. */
function replayed<
  S extends { readonly state: string; readonly entryCount: number; readonly deadlineAtMs: number | null },
>(
  row: { readonly state: string; readonly version: number; readonly deadlineAt: Date | undefined },
  subject: S | null,
): S {
  const isEqual =
    subject?.state === row.state &&
    subject.entryCount === row.version &&
    subject.deadlineAtMs === (row.deadlineAt?.getTime() ?? null);
  if (isEqual) return subject;
  throw new Error(`a row says ${row.state} at version ${row.version}, its history ${subject?.state}`);
}

const isOfClaim = (type: Happening['type']): type is ClaimEventType =>
  (claimEvents as readonly string[]).includes(type);
const isOfDispute = (type: Happening['type']): type is DisputeEventType =>
  (disputeEvents as readonly string[]).includes(type);

/** The same whether it does not exist or is another party's. */
export function noClaim(claimId: string): RegistryError {
  return new RegistryError(
    'CLAIM_NOT_FOUND',
    `There is no claim ${JSON.stringify(claimId.slice(0, 60))} of yours.`,
  );
}
