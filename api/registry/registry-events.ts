/**
 * What happened, written down in the transaction in which it happened: the entry of the history that belongs to it, and
 * the event that both sides hear of. Whoever changes a claim or a dispute calls this, so that nothing happens unheard.
 */
import type { ClaimEntry, ClaimEventType } from '../rules/claim-machine.ts';
import type { DisputeEntry, DisputeEventType } from '../rules/dispute-machine.ts';
import type { ClaimSides } from '../store/claim.ts';
import type { RegistryEventType } from '../store/event.ts';
import type { TransactionStore } from '../store/store.ts';
import { describeEvent, rowOfEntry } from './event-history.ts';

export type RegistryEvent =
  | { readonly of: 'claim'; readonly claim: ClaimSides; readonly entry: ClaimEntry }
  | {
      readonly of: 'dispute';
      readonly disputeId: string;
      readonly claim: ClaimSides;
      readonly entry: DisputeEntry;
    };

export async function appendEvent(on: TransactionStore, event: RegistryEvent): Promise<void> {
  const { claim, entry } = event;
  const { claimId, partyId, reporterId } = claim;
  const row = rowOfEntry(claim, entry);
  if (event.of === 'claim') await on.insertClaimEvent({ claimId, ...row });
  else await on.insertDisputeEvent({ disputeId: event.disputeId, ...row });
  const type = event.of === 'claim' ? claimHappened[event.entry.type] : disputeHappened[event.entry.type];
  const payload = {
    ...(event.of === 'dispute' ? { dispute_id: event.disputeId } : {}),
    claim_id: claimId,
    party_id: partyId,
    reporter_id: reporterId,
    submission_id: claim.submissionId,
    recording_id: claim.recordingId,
    ...describeEvent(row),
  };
  for (const hearing of new Set([partyId, reporterId])) {
    await on.appendEvent({ partyId: hearing, type, payload, createdAt: row.at });
  }
}

const claimHappened = {
  raise: 'claim.raised',
  route: 'claim.routed',
  confirm: 'claim.confirmed',
  dispute: 'claim.disputed',
  withdraw_dispute: 'claim.dispute_withdrawn',
  reinstate: 'claim.reinstated',
  escalate: 'claim.escalated',
  appeal: 'claim.appealed',
  withdraw_appeal: 'claim.appeal_withdrawn',
  release: 'claim.released',
  release_and_exclude: 'claim.released_and_excluded',
  take_down: 'claim.taken_down',
  expire: 'claim.expired',
} as const satisfies Record<ClaimEventType, RegistryEventType>;

const disputeHappened = {
  dispute: 'dispute.opened',
  escalate: 'dispute.escalated',
  state: 'dispute.stated',
  counter_state: 'dispute.counter_stated',
  reinstate: 'dispute.rejected',
  appeal: 'dispute.appealed',
  release: 'dispute.upheld',
  release_and_exclude: 'dispute.upheld_and_excluded',
  take_down: 'dispute.overruled',
  expire: 'dispute.lapsed',
  withdraw_dispute: 'dispute.withdrawn',
  withdraw_appeal: 'dispute.appeal_withdrawn',
} as const satisfies Record<DisputeEventType, RegistryEventType>;
