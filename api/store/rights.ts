/** Saying whose rights are whose, and withdrawing it, with the conflicts that follow in the same transaction. */
import type { RowOf } from './columns.ts';
import type { Connections } from './connections.ts';
import { type ConflictsOf, settleConflicts } from './ownership-conflict.ts';
import { requestRetroscan } from './retroscan.ts';
import {
  type assertedColumns,
  countRightsAssertions,
  findRegistrant,
  findRightsAssertion,
  insertRightsAssertion,
  lockRights,
  readClock,
  withdrawRightsAssertion,
} from './rights-assertion.ts';

export type NewRightsAssertion = Omit<RowOf<typeof assertedColumns>, 'registrantId' | 'recordedAt'>;
export type RightsLimits = { readonly maxInForce: number; readonly maxOfParty: number };

/** Nothing is done but where the outcome is `asserted`. */
export const assertRights = (
  connections: Connections,
  {
    limits,
    conflictsOf,
    ...assertion
  }: NewRightsAssertion & { readonly limits: RightsLimits; readonly conflictsOf: ConflictsOf },
): Promise<'asserted' | 'unchanged' | 'too_many' | 'no_recording'> =>
  connections.transaction(async (on) => {
    await lockRights(on, assertion.recordingId);
    const registrantId = await findRegistrant(on, assertion);
    if (registrantId === undefined) return 'no_recording';
    const { totalCount, partyCount } = await countRightsAssertions.get(on, assertion);
    if (totalCount >= limits.maxInForce || partyCount >= limits.maxOfParty) return 'too_many';
    const now = await readClock(on);
    const isNew = await insertRightsAssertion.find(on, { ...assertion, registrantId, recordedAt: now });
    if (isNew === undefined) return 'unchanged';
    const { recordingId } = assertion;
    await settleConflicts(on, { recordingId, registrantId, now, because: 'superseded', conflictsOf });
    await requestRetroscan(on, { recordingId, cause: 'rights', now });
    return 'asserted';
  });

/** By who said it or in whose name it was said. Withdrawing again changes nothing. */
export const withdrawRights = (
  connections: Connections,
  which: {
    readonly rightsAssertionId: string;
    readonly recordingId: string;
    readonly withdrawnBy: string;
    /** In whose name, where the caller acts for another. */
    readonly onBehalfOf: string | undefined;
    readonly isOperator: boolean;
    readonly conflictsOf: ConflictsOf;
  },
): Promise<'withdrawn' | 'not_found' | 'not_theirs'> =>
  connections.transaction(async (on) => {
    const { recordingId, conflictsOf } = which;
    await lockRights(on, recordingId);
    const registrantId = await findRegistrant(on, { recordingId, scanId: undefined });
    const found = await findRightsAssertion.find(on, which);
    if (registrantId === undefined || found === undefined) return 'not_found';
    const isTheirs =
      found.assertedBy === which.withdrawnBy || found.partyId === (which.onBehalfOf ?? which.withdrawnBy);
    if (!isTheirs && !which.isOperator) return 'not_theirs';
    const now = await readClock(on);
    const isNew = await withdrawRightsAssertion.find(on, { ...which, withdrawnAt: now });
    if (isNew)
      await settleConflicts(on, { recordingId, registrantId, now, because: 'withdrawal', conflictsOf });
    return 'withdrawn';
  });
