/** Retroscans as they are, and asking for one. What runs them: run-retroscans.ts. */
import { validate as isUuid } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { type RetroscanState, retroscanStates } from '../store/retroscan.ts';
import { getRecording } from './get-recording.ts';
import { type Page, pageOf, readCursor } from './page.ts';
import { describeRetroscan, type RetroscanView } from './retroscan-view.ts';

/** Thorough ones of a party that have not ended: each takes hours where there are many submissions, and all parties' are in one line. */
export const maxThoroughOfParty = 20;

export type RetroscanFilter = {
  /** Whose reference it must be of; `undefined`: anybody's. */
  readonly partyId: string | undefined;
  readonly state?: RetroscanState | undefined;
  readonly referenceId?: string | undefined;
  readonly limit: number;
  readonly cursor?: string;
};

/** In the order they were asked for. Throws CURSOR_INVALID. */
export async function listRetroscans(context: Scoped, filter: RetroscanFilter): Promise<Page<RetroscanView>> {
  const { partyId, state, referenceId, limit, cursor } = filter;
  const rows = await context.store.listRetroscans({
    partyId,
    state,
    referenceId,
    afterRetroscanId: readCursor(cursor),
    limit: limit + 1,
  });
  return pageOf(rows, limit, describeRetroscan, (row) => row.retroscanId);
}

/** How many are in each state. `partyId` undefined: of all parties' references. */
export async function countRetroscans(
  context: Scoped,
  partyId: string | undefined,
): Promise<Record<RetroscanState, number>> {
  const counts = await context.store.countRetroscans(partyId);
  const countOf = (state: RetroscanState) => [state, counts.get(state) ?? 0];
  return Object.fromEntries(retroscanStates.map(countOf)) as Record<RetroscanState, number>;
}

/** Throws RETROSCAN_NOT_FOUND. */
export async function getRetroscan(
  context: Scoped,
  { partyId, retroscanId }: { readonly partyId: string | undefined; readonly retroscanId: string },
): Promise<RetroscanView> {
  const row = isUuid(retroscanId) ? await context.store.findRetroscan({ retroscanId, partyId }) : undefined;
  if (row) return describeRetroscan(row);
  throw new RegistryError(
    'RETROSCAN_NOT_FOUND',
    `There is no retroscan ${JSON.stringify(retroscanId.slice(0, 60))} of yours.`,
  );
}

/**
 * Has a recording of the caller's looked for in past submissions again. Answers the retroscans that will: new ones, or
 * those that wait anyway, thorough by then where it is asked for. `partyId` undefined: of anybody's, as many as are wanted. Throws
 * RECORDING_NOT_FOUND, LIMIT_REACHED.
 */
export async function requestRetroscan(
  context: Scoped,
  {
    partyId,
    recordingId,
    isThorough,
  }: { readonly partyId: string | undefined; readonly recordingId: string; readonly isThorough: boolean },
): Promise<RetroscanView[]> {
  const { references } = await getRecording(context, { partyId, recordingId });
  const { store, clock } = context;
  if (isThorough && partyId !== undefined) {
    const unfinished = await store.countThoroughRetroscans(partyId);
    if (unfinished >= maxThoroughOfParty)
      throw new RegistryError(
        'LIMIT_REACHED',
        `Expected at most ${maxThoroughOfParty} thorough retroscans of one party that have not ended: wait until one has.`,
      );
  }
  const ids = await store.requestRetroscan({ recordingId, cause: 'request', isThorough, now: clock.now() });
  const asked: RetroscanView[] = [];
  for (const { reference_id: referenceId } of references) {
    const page = { partyId, referenceId, afterRetroscanId: undefined, limit: 1 };
    const waiting = await store.listRetroscans({ ...page, state: 'waiting' });
    asked.push(...waiting.map(describeRetroscan));
  }
  // One that has begun since then waits no more.
  for (const retroscanId of ids) {
    if (asked.some((one) => one.retroscan_id === retroscanId)) continue;
    const row = await store.findRetroscan({ retroscanId, partyId });
    if (row) asked.push(describeRetroscan(row));
  }
  return asked;
}
