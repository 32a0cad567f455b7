/**
 * Ownership conflicts and the decisions on them. A conflict is written down by the service, in the transaction of the
 * change that makes or ends it: it is no tenant's to write.
 */
import { type AssertedRight, rights } from '../rules/rights-record.ts';
import {
  bigint,
  boolean,
  bytea,
  computed,
  integer,
  jsonb,
  nullable,
  oneOf,
  type RowOf,
  text,
  texts,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import type { Connections } from './connections.ts';
import { appendEvent } from './event.ts';
import { requestRetroscan } from './retroscan.ts';
import { listRightsAssertions, lockRights, type RightsAssertionRow, readClock } from './rights-assertion.ts';
import { type Queryable, statement } from './statement.ts';

export const conflictResolutions = ['withdrawal', 'decision', 'superseded'] as const;
export type ConflictResolution = (typeof conflictResolutions)[number];

const decidedRight = oneOf<AssertedRight>(...rights, 'AllRights');
const inserted = {
  ownership_decision_id: uuid,
  party_id: uuid,
  recording_id: uuid,
  ownership_conflict_id: uuid,
  decided_by: uuid,
  decided_right: decidedRight,
  territories_include: texts,
  territories_exclude: texts,
  valid_from: nullable(text),
  valid_to: nullable(text),
  upheld: uuids,
  set_aside: uuids,
  reason: text,
  recorded_at: timestamptz,
};
const insertDecision = statement('insert-ownership-decision', { parameters: inserted });
const decided = {
  ownership_decision_id: computed(uuid),
  recording_id: computed(uuid),
  ownership_conflict_id: computed(uuid),
  decided_by: computed(uuid),
  decided_by_name: computed(text),
  decided_right: computed(decidedRight),
  territories_include: computed(texts),
  territories_exclude: computed(texts),
  valid_from: computed<string | undefined>(text),
  valid_to: computed<string | undefined>(text),
  upheld: computed(uuids),
  set_aside: computed(uuids),
  reason: computed(text),
  recorded_at: computed(timestamptz),
};
export type OwnershipDecisionRow = RowOf<typeof decided>;
const listDecisionsStatement = statement('list-ownership-decisions', {
  parameters: { recording_ids: uuids, scan_id: nullable(uuid) },
  columns: decided,
});

const kept = {
  ownership_conflict_id: uuid,
  party_id: uuid,
  party_name: computed(text),
  recording_id: uuid,
  side_ids: uuids,
  reviewer_id: nullable(uuid),
  reviewer_name: computed<string | undefined>(text),
  sum_ppm: integer,
  details: jsonb,
  opened_at: timestamptz,
  resolved_at: nullable(timestamptz),
  resolution: nullable(oneOf(...conflictResolutions)),
};
export type OwnershipConflictRow = RowOf<typeof kept>;
const findStatement = statement('find-ownership-conflict', {
  parameters: { ownership_conflict_id: uuid },
  columns: kept,
});
const listStatement = statement('list-ownership-conflicts', {
  parameters: {
    recording_id: nullable(uuid),
    is_open: nullable(boolean),
    after_conflict_id: nullable(uuid),
    limit: bigint,
  },
  columns: kept,
});
const setReviewerStatement = statement('set-conflict-reviewer', {
  parameters: { ownership_conflict_id: uuid, reviewer_id: uuid },
  columns: { ownership_conflict_id: uuid },
});
const becomeService = statement('become-service', { parameters: {}, columns: { role: computed(text) } });
const knownStatement = statement('list-recording-conflicts', {
  parameters: { recording_id: uuid },
  columns: {
    ownership_conflict_id: uuid,
    conflict_sha256: bytea,
    side_ids: uuids,
    resolved_at: nullable(timestamptz),
  },
});
const upsertStatement = statement('upsert-ownership-conflict', {
  parameters: {
    ownership_conflict_id: uuid,
    party_id: uuid,
    recording_id: uuid,
    conflict_sha256: bytea,
    side_ids: uuids,
    sum_ppm: integer,
    details: jsonb,
    opened_at: timestamptz,
  },
  columns: { ownership_conflict_id: uuid },
});
const resolveStatement = statement('resolve-ownership-conflict', {
  parameters: { ownership_conflict_id: uuid, resolution: nullable(text), resolved_at: nullable(timestamptz) },
});

type Contention = { readonly conflictSha256: Uint8Array };

export type FoundConflict = {
  /** Taken where the conflict is new. */
  readonly ownershipConflictId: string;
  readonly conflictSha256: Uint8Array;
  readonly sideIds: readonly string[];
  readonly sumPpm: number;
  readonly details: unknown;
};
export type RightsRows = {
  readonly assertions: readonly RightsAssertionRow[];
  readonly decisions: readonly OwnershipDecisionRow[];
};
/** What is in conflict in all that was said about one recording, at an instant. */
export type ConflictsOf = (said: RightsRows, now: Date) => readonly FoundConflict[];

/** The conflicts of a recording as they follow from what is said now. The transaction is the service's from here on. */
export async function settleConflicts(
  on: Queryable,
  change: {
    readonly recordingId: string;
    readonly registrantId: string;
    readonly now: Date;
    /** How what is over has ended. */
    readonly because: ConflictResolution;
    readonly conflictsOf: ConflictsOf;
  },
): Promise<void> {
  const { recordingId, registrantId, now, because } = change;
  await becomeService.get(on, {});
  const which = { recordingIds: [recordingId], scanId: undefined };
  const assertions = await listRightsAssertions(on, which);
  const decisions = await listDecisionsStatement.all(on, which);
  const found = change.conflictsOf({ assertions, decisions }, now);
  const open = (await knownStatement.all(on, { recordingId })).filter((one) => one.resolvedAt === undefined);
  const isSame = (one: Contention, other: Contention) =>
    Buffer.compare(one.conflictSha256, other.conflictSha256) === 0;
  const tell = async (
    type: 'ownership_conflict.opened' | 'ownership_conflict.resolved',
    { ownershipConflictId, sideIds }: Pick<FoundConflict, 'ownershipConflictId' | 'sideIds'>,
    told: Readonly<Record<string, unknown>>,
  ) => {
    const payload = { ownership_conflict_id: ownershipConflictId, recording_id: recordingId, ...told };
    for (const partyId of new Set([registrantId, ...sideIds]))
      await appendEvent(on, { partyId, type, payload, createdAt: now });
  };
  for (const conflict of open.filter((one) => !found.some((other) => isSame(one, other)))) {
    const { ownershipConflictId } = conflict;
    await resolveStatement.all(on, { ownershipConflictId, resolution: because, resolvedAt: now });
    await tell('ownership_conflict.resolved', conflict, { resolution: because });
  }
  for (const conflict of found) {
    const kept = await upsertStatement.get(on, {
      ...conflict,
      partyId: registrantId,
      recordingId,
      openedAt: now,
    });
    if (open.some((one) => isSame(one, conflict))) continue;
    await tell('ownership_conflict.opened', { ...conflict, ...kept }, { side_ids: conflict.sideIds });
  }
}

/** Oldest first. */
export const listOwnershipDecisions = (
  on: Queryable,
  which: { readonly recordingIds: readonly string[]; readonly scanId: string | undefined },
): Promise<OwnershipDecisionRow[]> => listDecisionsStatement.all(on, which);

/** Undefined also where the caller is none of its sides. */
export const findOwnershipConflict = (
  on: Queryable,
  ownershipConflictId: string,
): Promise<OwnershipConflictRow | undefined> => findStatement.find(on, { ownershipConflictId });

export const listOwnershipConflicts = (
  on: Queryable,
  page: {
    readonly recordingId: string | undefined;
    readonly isOpen: boolean | undefined;
    readonly afterConflictId: string | undefined;
    readonly limit: number;
  },
): Promise<OwnershipConflictRow[]> => listStatement.all(on, page);

/** False where there is no such conflict or the reviewer is a side of it. */
export const setConflictReviewer = async (
  on: Queryable,
  which: { readonly ownershipConflictId: string; readonly reviewerId: string },
): Promise<boolean> => (await setReviewerStatement.find(on, which)) !== undefined;

export type NewOwnershipDecision = Omit<RowOf<typeof inserted>, 'partyId' | 'recordingId' | 'recordedAt'>;

/** `check` throws where the decision does not resolve what it is about; nothing is written then. */
export const decideConflict = (
  connections: Connections,
  {
    check,
    conflictsOf,
    ...decision
  }: NewOwnershipDecision & {
    readonly check: (said: RightsRows, now: Date) => void;
    readonly conflictsOf: ConflictsOf;
  },
): Promise<void> =>
  connections.transaction(async (on) => {
    const conflict = await findStatement.get(on, decision);
    const { recordingId, partyId } = conflict;
    await lockRights(on, recordingId);
    const now = await readClock(on);
    const which = { recordingIds: [recordingId], scanId: undefined };
    const assertions = await listRightsAssertions(on, which);
    const decisions = await listDecisionsStatement.all(on, which);
    check({ assertions, decisions }, now);
    await insertDecision.all(on, { ...decision, partyId, recordingId, recordedAt: now });
    await settleConflicts(on, { recordingId, registrantId: partyId, now, because: 'decision', conflictsOf });
    // Who is upheld may have been set aside while uploads came.
    if (decision.upheld.length > 0) await requestRetroscan(on, { recordingId, cause: 'rights', now });
  });
