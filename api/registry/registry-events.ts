/**
 * What happened, written down in the transaction in which it happened: the entry of the history that belongs to it.
 * Whoever changes a claim or a dispute calls this, so that there is one place to hear of everything.
 */
import type { ClaimEntry } from '../rules/claim-machine.ts';
import type { DisputeEntry } from '../rules/dispute-machine.ts';
import type { TransactionStore } from '../store/store.ts';
import { rowOfEntry, type Sides } from './event-history.ts';

export type RegistryEvent =
  | { readonly of: 'claim'; readonly claimId: string; readonly sides: Sides; readonly entry: ClaimEntry }
  | {
      readonly of: 'dispute';
      readonly disputeId: string;
      readonly claimId: string;
      readonly sides: Sides;
      readonly entry: DisputeEntry;
    };

export async function appendEvent(transaction: TransactionStore, event: RegistryEvent): Promise<void> {
  const row = rowOfEntry(event.sides, event.entry);
  if (event.of === 'claim') await transaction.insertClaimEvent({ claimId: event.claimId, ...row });
  else await transaction.insertDisputeEvent({ disputeId: event.disputeId, ...row });
}
