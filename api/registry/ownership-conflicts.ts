/**
 * Ownership conflicts: found when something is asserted, seen by all sides, ended by a withdrawal or a decision. Decided
 * by an operator, or by a party that an operator asked to and that is no side of it.
 */
import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { isCalendarDay } from '../rules/calendar-day.ts';
import { checkDecision } from '../rules/ownership-decision.ts';
import { type AssertedRight, rights } from '../rules/rights-record.ts';
import { resolveTerritories, type TerritoryScope } from '../rules/territory.ts';
import type { OwnershipConflictRow } from '../store/ownership-conflict.ts';
import { type Caller, isOperator } from './caller.ts';
import {
  type ConflictDetails,
  describeConflict,
  type OwnershipConflictView,
} from './ownership-conflict-view.ts';
import { type Page, pageOf, readCursor } from './page.ts';
import { findConflicts, rightsRecordOf, territoriesOf, writtenScope } from './recorded-rights.ts';

/** In the order they were found in. Throws CURSOR_INVALID. */
export async function listConflicts(
  context: Scoped,
  ask: {
    readonly recordingId?: string | undefined;
    readonly state?: 'open' | 'resolved' | undefined;
    readonly limit: number;
    readonly cursor?: string;
  },
): Promise<Page<OwnershipConflictView>> {
  const { recordingId, state, limit, cursor } = ask;
  const rows = await context.store.listOwnershipConflicts({
    recordingId,
    isOpen: state === undefined ? undefined : state === 'open',
    afterConflictId: readCursor(cursor),
    limit: limit + 1,
  });
  const describe = await describer(context, rows);
  return pageOf(rows, limit, describe, (row) => row.ownershipConflictId);
}

/** Throws CONFLICT_NOT_FOUND, also where the caller is none of its sides. */
export async function getConflict(context: Scoped, conflictId: string): Promise<OwnershipConflictView> {
  const row = await getRow(context, conflictId);
  return (await describer(context, [row]))(row);
}

/** Throws CONFLICT_NOT_FOUND, REVIEWER_INVALID. */
export async function setReviewer(
  context: Scoped,
  { conflictId, reviewerId }: { readonly conflictId: string; readonly reviewerId: string },
): Promise<OwnershipConflictView> {
  await getRow(context, conflictId);
  const isReviewer = await context.store.partyHasRole({ partyId: reviewerId, role: 'reviewer' });
  const isSet =
    isReviewer && (await context.store.setConflictReviewer({ ownershipConflictId: conflictId, reviewerId }));
  if (isSet) return getConflict(context, conflictId);
  throw new RegistryError(
    'REVIEWER_INVALID',
    'reviewer: expected a party with the role reviewer that is no side of the conflict and did not register the recording.',
  );
}

export type Decision = {
  /** The conflict's, where it is of one right or of all; else it must be said. */
  readonly right?: AssertedRight | undefined;
  /** Everywhere the conflict is, where it is not said. */
  readonly territories?: TerritoryScope | undefined;
  /** Always, where it is not said. */
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly upheld: readonly string[];
  readonly setAside: readonly string[];
  readonly reason: string;
};

/** Throws CONFLICT_NOT_FOUND, DECISION_NOT_YOURS, DECISION_INVALID, TERRITORY_INVALID. */
export async function decideConflict(
  context: Scoped,
  caller: Pick<Caller, 'partyId' | 'scopes'>,
  { conflictId, ...decision }: Decision & { readonly conflictId: string },
): Promise<OwnershipConflictView> {
  const row = await getRow(context, conflictId);
  if (!isOperator(caller) && row.reviewerId !== caller.partyId) {
    throw new RegistryError(
      'DECISION_NOT_YOURS',
      'A conflict is decided by an operator, or by the reviewer whom an operator asked to.',
    );
  }
  const details = row.details as ConflictDetails;
  const decisionId = uuidv7();
  const right = decision.right ?? rightOf(details);
  const territories = decision.territories
    ? resolveTerritories(decision.territories)
    : details.extents
        .map((extent) =>
          territoriesOf({
            territoriesInclude: extent.territories.include,
            territoriesExclude: extent.territories.exclude,
          }),
        )
        .reduce((all, set) => all | set);
  const period = { from: readDay(decision.from), to: readDay(decision.to) };
  const { upheld, setAside, reason } = decision;
  const scope = writtenScope(territories);
  await context.store.decideConflict({
    ownershipDecisionId: decisionId,
    ownershipConflictId: conflictId,
    decidedBy: caller.partyId,
    decidedRight: right,
    territoriesInclude: scope.include,
    territoriesExclude: scope.exclude,
    validFrom: period.from ?? undefined,
    validTo: period.to ?? undefined,
    upheld,
    setAside,
    reason,
    check: (said, now) =>
      checkDecision(
        {
          decisionId,
          right,
          territories,
          period,
          upheld,
          setAside,
          recordedAtMs: now.getTime(),
          withdrawnAtMs: null,
        },
        rightsRecordOf(said),
      ),
    conflictsOf: findConflicts,
  });
  return getConflict(context, conflictId);
}

async function getRow({ store }: Scoped, conflictId: string): Promise<OwnershipConflictRow> {
  const row = isUuid(conflictId) ? await store.findOwnershipConflict(conflictId) : undefined;
  if (row) return row;
  throw new RegistryError(
    'CONFLICT_NOT_FOUND',
    `There is no ownership conflict ${JSON.stringify(conflictId.slice(0, 60))} of yours.`,
  );
}

async function describer({ store }: Scoped, rows: readonly OwnershipConflictRow[]) {
  const recordingIds = [...new Set(rows.map((row) => row.recordingId))];
  const [decisions, names] = await Promise.all([
    store.listOwnershipDecisions({ recordingIds, scanId: undefined }),
    store.listPartyNames([...new Set(rows.flatMap((row) => row.sideIds))]),
  ]);
  return (row: OwnershipConflictRow) => describeConflict(row, decisions, names);
}

function rightOf({ rights: contended }: ConflictDetails): AssertedRight {
  const [only, ...others] = contended;
  if (contended.length === rights.length) return 'AllRights';
  if (only !== undefined && others.length === 0) return only;
  throw invalid(`one right of ${contended.join(', ')}`, 'none');
}

function readDay(day: string | null | undefined): string | null {
  if (day == null || isCalendarDay(day)) return day ?? null;
  throw invalid('a day of the calendar', day);
}

function invalid(expected: string, received: string): RegistryError {
  return new RegistryError(
    'DECISION_INVALID',
    `decision: expected ${expected}; received ${received.slice(0, 60)}`,
  );
}
