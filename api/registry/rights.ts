/**
 * Whose a recording is said to be. Whoever registered a recording speaks of its rights, and whoever found it in a scan
 * of its own; each for itself, or an administrator for the party whose mandate it has. An assertion is withdrawn and
 * never changed, so that what was believed at any instant can be told.
 */
import { createHash } from 'node:crypto';
import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { isCalendarDay } from '../rules/calendar-day.ts';
import { effectiveOn, maxAssertions } from '../rules/effective-rights.ts';
import { type AssertedContent, readRightsAssertion } from '../rules/rights-assertion.ts';
import { type AsOf, assertedView, mineView, type RightsRecord, rights } from '../rules/rights-record.ts';
import { formatShare } from '../rules/share.ts';
import { describeTerritories, nowhere } from '../rules/territory.ts';
import type { RightsRows } from '../store/ownership-conflict.ts';
import { type Caller, isOperator } from './caller.ts';
import { noRecording } from './get-recording.ts';
import { findConflicts, rightsRecordOf, territoriesOf, writtenScope } from './recorded-rights.ts';
import {
  describeAssertion,
  type OwnershipView,
  type RightsView,
  type RightsViewName,
} from './rights-view.ts';

/** So that one party cannot use a recording up for the others. One assertion takes as many territories as there are. */
const maxAssertionsOfParty = 20;

type Asserting = Pick<Caller, 'partyId' | 'onBehalfOf' | 'scopes'>;

/**
 * Saying the same again changes nothing. Throws RECORDING_NOT_FOUND, RIGHTS_ASSERTION_INVALID, SHARE_INVALID,
 * TERRITORY_INVALID, OUTSIDE_MANDATE, LIMIT_REACHED.
 */
export async function assertRights(
  context: Scoped,
  caller: Asserting,
  said: {
    readonly recordingId: string;
    /** A scan of the caller's that named the recording, where another party registered it. */
    readonly scanId?: string | undefined;
    readonly document: unknown;
  },
): Promise<{ readonly isNew: boolean; readonly view: RightsView }> {
  const { recordingId, scanId, document } = said;
  const content = readRightsAssertion(document);
  await getRegistrant(context, { recordingId, scanId });
  if (caller.onBehalfOf !== undefined && !isOperator(caller))
    await checkMandateTerritories(context, recordingId, content);
  const partyId = caller.onBehalfOf ?? caller.partyId;
  const scope = writtenScope(content.territories);
  const outcome = await context.store.assertRights({
    rightsAssertionId: uuidv7(),
    partyId,
    recordingId,
    assertedBy: caller.partyId,
    scanId,
    assertedRight: content.right,
    sharePpm: content.sharePpm,
    territoriesInclude: scope.include,
    territoriesExclude: scope.exclude,
    validFrom: content.period.from ?? undefined,
    validTo: content.period.to ?? undefined,
    basis: content.basis,
    evidence: content.evidence ?? undefined,
    contentSha256: digestOf(content),
    limits: { maxInForce: maxAssertions, maxOfParty: maxAssertionsOfParty },
    conflictsOf: findConflicts,
  });
  if (outcome === 'no_recording') throw noRecording(recordingId);
  if (outcome === 'too_many') {
    throw new RegistryError(
      'LIMIT_REACHED',
      `Expected at most ${maxAssertions} rights assertions about one recording that are not withdrawn, and ` +
        `${maxAssertionsOfParty} of one party: withdraw some first.`,
    );
  }
  const view = await showRights(context, { partyId, recordingId, view: 'asserted' });
  return { isNew: outcome === 'asserted', view };
}

/** By who said it, in whose name it was said, or an operator. Throws RECORDING_NOT_FOUND, RIGHTS_NOT_FOUND, RIGHTS_NOT_YOURS. */
export async function withdrawRights(
  context: Scoped,
  caller: Pick<Caller, 'partyId' | 'onBehalfOf' | 'scopes'>,
  which: { readonly recordingId: string; readonly rightsAssertionId: string },
): Promise<RightsView> {
  const { recordingId, rightsAssertionId } = which;
  await getRegistrant(context, { recordingId, scanId: undefined });
  const outcome = isUuid(rightsAssertionId)
    ? await context.store.withdrawRights({
        ...which,
        withdrawnBy: caller.partyId,
        onBehalfOf: caller.onBehalfOf,
        isOperator: isOperator(caller),
        conflictsOf: findConflicts,
      })
    : 'not_found';
  if (outcome === 'not_theirs') {
    throw new RegistryError(
      'RIGHTS_NOT_YOURS',
      'A rights assertion is withdrawn by who made it, by the party whose right it says it is, or by an operator.',
    );
  }
  if (outcome === 'not_found') {
    throw new RegistryError(
      'RIGHTS_NOT_FOUND',
      `There is no rights assertion ${JSON.stringify(rightsAssertionId.slice(0, 60))} of yours about this recording.`,
    );
  }
  const partyId = caller.onBehalfOf ?? caller.partyId;
  return showRights(context, { partyId, recordingId, view: 'asserted' });
}

/** Throws RECORDING_NOT_FOUND, REQUEST_INVALID, TOO_MANY_ASSERTIONS. */
export async function showRights(
  context: Scoped,
  ask: {
    /** Whose the view *mine* is. */
    readonly partyId: string;
    readonly recordingId: string;
    readonly scanId?: string | undefined;
    readonly view: RightsViewName;
    /** The day of which it speaks; today, in UTC, where it is not said. */
    readonly validOn?: string | undefined;
    /** As it was believed then; now, where it is not said. */
    readonly believedAt?: Date | undefined;
  },
): Promise<RightsView> {
  const { partyId, recordingId, scanId, view } = ask;
  const asOf = readAsOf(context.clock.now(), ask.validOn, ask.believedAt);
  await getRegistrant(context, { recordingId, scanId });
  const said = await listSaid(context, { recordingIds: [recordingId], scanId });
  const record = rightsRecordOf(said);
  const told = {
    recording_id: recordingId,
    view,
    valid_on: asOf.day,
    believed_at: new Date(asOf.recordedAtMs).toISOString(),
  };
  if (view === 'effective') return { ...told, effective: effectiveView(record, asOf, namesIn(said)) };
  const shown = view === 'mine' ? mineView(record, asOf, partyId) : assertedView(record, asOf);
  const ids = new Set(shown.map(({ assertionId }) => assertionId));
  const rows = said.assertions.filter((row) => ids.has(row.rightsAssertionId));
  // What was withdrawn later had not been, at the instant that is asked for.
  const then = (at: Date | undefined) => (at && at.getTime() <= asOf.recordedAtMs ? at : undefined);
  return {
    ...told,
    assertions: rows.map((row) => describeAssertion({ ...row, withdrawnAt: then(row.withdrawnAt) })),
  };
}

/** Who registered the recording. Throws RECORDING_NOT_FOUND, also where the caller may not speak of its rights. */
export async function getRegistrant(
  context: Scoped,
  { recordingId, scanId }: { readonly recordingId: string; readonly scanId: string | undefined },
): Promise<string> {
  const registrantId = isUuid(recordingId)
    ? await context.store.findRegistrant({ recordingId, scanId })
    : undefined;
  if (registrantId !== undefined) return registrantId;
  throw noRecording(recordingId);
}

export async function listSaid(
  { store }: Pick<Scoped, 'store'>,
  which: { readonly recordingIds: readonly string[]; readonly scanId: string | undefined },
): Promise<RightsRows> {
  const [assertions, decisions] = await Promise.all([
    store.listRightsAssertions(which),
    store.listOwnershipDecisions(which),
  ]);
  return { assertions, decisions };
}

function readAsOf(now: Date, validOn: string | undefined, believedAt: Date | undefined): AsOf {
  const day = validOn ?? now.toISOString().slice(0, 10);
  if (!isCalendarDay(day)) throw invalid('valid_on', 'a day such as 2026-03-03', day);
  // What will be believed is not known: the answer would change.
  if (believedAt !== undefined && believedAt > now) {
    throw invalid('believed_at', 'an instant that has passed', believedAt.toISOString());
  }
  return { day, recordedAtMs: (believedAt ?? now).getTime() };
}

function effectiveView(
  record: RightsRecord,
  asOf: AsOf,
  names: ReadonlyMap<string, string>,
): OwnershipView[] {
  return rights.flatMap((right) =>
    effectiveOn(record, right, asOf).map(({ territories, status, sumPpm, owners }) => ({
      right,
      territories: writtenScope(territories),
      status,
      share: formatShare(sumPpm),
      owners: owners.map(({ partyId, sharePpm, assertionIds }) => ({
        party_id: partyId,
        party: names.get(partyId) ?? partyId,
        share: formatShare(sharePpm),
        rights_assertion_ids: [...assertionIds],
      })),
    })),
  );
}

export const namesIn = ({ assertions }: RightsRows): ReadonlyMap<string, string> =>
  new Map(assertions.map(({ partyId, partyName }) => [partyId, partyName]));

async function checkMandateTerritories(
  { store }: Scoped,
  recordingId: string,
  { territories }: AssertedContent,
): Promise<void> {
  const mandates = await store.listMandateTerritories(recordingId);
  const allowed = mandates.map(territoriesOf).reduce((all, set) => all | set, nowhere);
  const outside = territories & ~allowed;
  if (outside === nowhere) return;
  throw new RegistryError(
    'OUTSIDE_MANDATE',
    `Expected territories of the mandate, ${describeTerritories(allowed)}; received besides ${describeTerritories(outside)}.`,
  );
}

function digestOf({ right, sharePpm, territories, period, basis }: AssertedContent): Uint8Array {
  const { include, exclude } = writtenScope(territories);
  const said = [right, sharePpm, include, exclude, period.from, period.to, basis];
  return createHash('sha256').update(JSON.stringify(said)).digest();
}

function invalid(where: string, expected: string, received: string): RegistryError {
  return new RegistryError(
    'REQUEST_INVALID',
    `${where}: expected ${expected}; received ${received.slice(0, 60)}`,
  );
}
