/** Which span of a reference leaves it when a claim is released, and how that is kept. */
import { v7 as uuidv7 } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { EventDetail } from '../rules/state-machine.ts';
import type { ClaimRow } from '../store/claim.ts';
import type { TransactionStore } from '../store/store.ts';
import { type Caller, isOperator } from './caller.ts';
import type { SegmentView } from './scan-answer.ts';

/** In milliseconds of the reference. */
export type NamedInterval = { readonly start_ms: number; readonly end_ms: number };
type ExcludedInterval = NonNullable<EventDetail['excludedInterval']>;

/**
 * The span that was named; without, that of the only segment. A reference is its owner's: of another party's nothing is
 * cut away. Throws EVENT_INVALID, EVENT_NOT_ALLOWED, EVENT_ROLE_FORBIDDEN.
 */
export async function excludedIntervalOf(
  { store }: Scoped,
  caller: Caller,
  row: ClaimRow,
  named: NamedInterval | undefined,
): Promise<ExcludedInterval> {
  const segments = row.segments as readonly SegmentView[];
  const [only, ...more] = segments;
  if (named === undefined && (only === undefined || more.length > 0)) {
    throw new RegistryError(
      'EVENT_INVALID',
      `Expected an excluded_interval: the match has ${segments.length} segments, and which of them is meant has to be said.`,
    );
  }
  const { referenceId, referencePartyId } = row;
  if (referencePartyId !== (caller.onBehalfOf ?? caller.partyId) && !isOperator(caller)) {
    throw new RegistryError(
      'EVENT_ROLE_FORBIDDEN',
      'Expected a reference of the claimant: this one is another party’s. Release the claim without excluding.',
    );
  }
  const [reference] = await store.listMatchedReferences([referenceId]);
  if (!reference) {
    throw new RegistryError(
      'EVENT_NOT_ALLOWED',
      'The reference is no longer registered, so there is nothing to exclude: release the claim without.',
    );
  }
  const startMs = named?.start_ms ?? (only as SegmentView).reference_start_ms;
  const endMs = named?.end_ms ?? (only as SegmentView).reference_end_ms;
  const interval = {
    referenceId,
    startMs: Math.max(0, startMs),
    endMs: Math.min(endMs, reference.durationMs),
  };
  if (interval.startMs < interval.endMs) return interval;
  throw new RegistryError(
    'EVENT_INVALID',
    `Expected an excluded_interval that begins before it ends, within the ${reference.durationMs} ms of the reference; received ${startMs} to ${endMs}.`,
  );
}

/** As the last act of its transaction: every index hears of it by the change feed. */
export async function keepExcluded(
  on: TransactionStore,
  row: ClaimRow,
  { referenceId, startMs, endMs }: ExcludedInterval,
  excludedBy: string,
  reason: string,
): Promise<void> {
  await on.insertExcludedInterval({
    excludedIntervalId: uuidv7(),
    partyId: row.referencePartyId,
    referenceId,
    startMs,
    endMs,
    claimId: row.claimId,
    reason,
    excludedBy,
  });
  await on.appendToFeed('exclude', referenceId);
}
