/** Retroscans: what is to be looked for in past submissions, how far that is, and what came of it. */
import { v7 as uuidv7 } from 'uuid';
import {
  bigint,
  boolean,
  bytea,
  computed,
  integer,
  nullable,
  oneOf,
  type RowOf,
  text,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import { type Queryable, statement } from './statement.ts';

export const retroscanCauses = ['reference', 'recording', 'rights', 'widened', 'request'] as const;
export type RetroscanCause = (typeof retroscanCauses)[number];
export const retroscanStates = ['waiting', 'running', 'done', 'failed'] as const;
export type RetroscanState = (typeof retroscanStates)[number];

const found = {
  retroscan_id: uuid,
  party_id: uuid,
  reference_id: uuid,
  cause: oneOf(...retroscanCauses),
  is_thorough: boolean,
  state: oneOf(...retroscanStates),
  feed_position: nullable(bigint),
  begin_position: bigint,
  checked_position: bigint,
  until_position: bigint,
  scanned_count: integer,
  match_count: integer,
  claim_count: integer,
  failure_count: integer,
  failure: nullable(text),
  requested_at: timestamptz,
  started_at: nullable(timestamptz),
  ended_at: nullable(timestamptz),
};
export type RetroscanRow = RowOf<typeof found>;

const advanced = {
  retroscan_id: uuid,
  checked_position: bigint,
  scanned_count: integer,
  match_count: integer,
  claim_count: integer,
};
const failed = { retroscan_id: uuid, failure: text, max_failures: integer, now: timestamptz };

/** Retroscans with nothing to look through that are ended together. */
const maxEndedAtOnce = 1000;
/** References of one recording that are looked for at the most. */
const maxReferences = 8;

const requestStatement = statement('request-retroscan', {
  parameters: {
    ids: uuids,
    recording_id: uuid,
    cause: oneOf(...retroscanCauses),
    now: timestamptz,
    is_thorough: boolean,
  },
  columns: { requested_count: computed(bigint) },
});
const requestFirstStatement = statement('request-first-retroscans', {
  parameters: { ids: uuids, recording_ids: uuids, cause: oneOf(...retroscanCauses), now: timestamptz },
  columns: { requested_count: computed(bigint) },
});
const lockHeadStatement = statement('lock-submission-head', {
  parameters: {},
  columns: { position: bigint },
});
const endIdleStatement = statement('end-idle-retroscans', {
  parameters: { until_position: bigint, now: timestamptz, limit: bigint },
});
const startStatement = statement('start-retroscan', {
  parameters: { until_position: bigint, now: timestamptz, is_thorough: boolean },
  columns: found,
});
const advanceStatement = statement('advance-retroscan', { parameters: advanced });
const finishStatement = statement('finish-retroscan', {
  parameters: { retroscan_id: uuid, now: timestamptz },
  columns: found,
});
const failStatement = statement('fail-retroscan', { parameters: failed });
const extendStatement = statement('extend-retroscans', {
  parameters: { limit: bigint },
  columns: { submission_id: uuid },
});
const toDoStatement = statement('has-retroscan-to-do', {
  parameters: {},
  columns: { is_there: computed(boolean) },
});
const findStatement = statement('find-retroscan', {
  parameters: { retroscan_id: uuid, party_id: nullable(uuid) },
  columns: found,
});
const listStatement = statement('list-retroscans', {
  parameters: {
    party_id: nullable(uuid),
    state: nullable(oneOf(...retroscanStates)),
    reference_id: nullable(uuid),
    after_retroscan_id: nullable(uuid),
    limit: bigint,
  },
  columns: found,
});
const countStatement = statement('count-retroscans', {
  parameters: { party_id: nullable(uuid) },
  columns: { state: oneOf(...retroscanStates), retroscan_count: computed(bigint) },
});
const countThoroughStatement = statement('count-thorough-retroscans', {
  parameters: { party_id: uuid },
  columns: { retroscan_count: computed(bigint) },
});
const activeFingerprintStatement = statement('find-active-fingerprint', {
  parameters: { reference_id: uuid },
  columns: { reference_id: uuid, constellation: bytea },
});

/**
 * In the transaction that makes it worth while. A reference that one waits for already needs no second: that one becomes
 * thorough where this is asked for, and stays so. Hands ids, of which those that were needed have a retroscan.
 */
export async function requestRetroscan(
  on: Queryable,
  {
    isThorough = false,
    ...request
  }: {
    readonly recordingId: string;
    readonly cause: RetroscanCause;
    readonly isThorough?: boolean;
    readonly now: Date;
  },
): Promise<readonly string[]> {
  const ids = Array.from({ length: maxReferences }, () => uuidv7());
  await requestStatement.get(on, { ids, isThorough, ...request });
  return ids;
}

/** In the transaction that has made the recordings, of which each has one reference. */
export async function requestFirstRetroscans(
  on: Queryable,
  request: {
    readonly recordingIds: readonly string[];
    readonly cause: RetroscanCause;
    readonly now: Date;
  },
): Promise<void> {
  await requestFirstStatement.all(on, { ids: request.recordingIds.map(() => uuidv7()), ...request });
}

/**
 * Within a transaction: what is being kept meanwhile is waited for, so that nothing comes behind what is looked through.
 * A thorough one first, or a quick one, as it is asked for; the other where there is none.
 */
export async function startRetroscan(
  on: Queryable,
  { isThoroughFirst, now }: { readonly isThoroughFirst: boolean; readonly now: Date },
): Promise<RetroscanRow | undefined> {
  const { position: untilPosition } = await lockHeadStatement.get(on, {});
  await endIdleStatement.all(on, { untilPosition, now, limit: maxEndedAtOnce });
  const start = (isThorough: boolean) => startStatement.find(on, { untilPosition, now, isThorough });
  return (await start(isThoroughFirst)) ?? (await start(!isThoroughFirst));
}

export const advanceRetroscan = async (on: Queryable, step: RowOf<typeof advanced>): Promise<void> => {
  await advanceStatement.all(on, step);
};

/** Undefined where there is more to look through by now. */
export const finishRetroscan = (
  on: Queryable,
  which: { readonly retroscanId: string; readonly now: Date },
): Promise<RetroscanRow | undefined> => finishStatement.find(on, which);

export const failRetroscan = async (on: Queryable, why: RowOf<typeof failed>): Promise<void> => {
  await failStatement.all(on, why);
};

/** Hands how many submissions were looked at. */
export const extendRetroscans = async (on: Queryable, limit: number): Promise<number> =>
  (await extendStatement.all(on, { limit })).length;

export const hasRetroscanToDo = async (on: Queryable): Promise<boolean> =>
  (await toDoStatement.get(on, {})).isThere;

export const findRetroscan = (
  on: Queryable,
  which: { readonly retroscanId: string; readonly partyId: string | undefined },
): Promise<RetroscanRow | undefined> => findStatement.find(on, which);

/** In the order they were asked for. */
export const listRetroscans = (
  on: Queryable,
  page: {
    readonly partyId: string | undefined;
    readonly state: RetroscanState | undefined;
    readonly referenceId: string | undefined;
    readonly afterRetroscanId: string | undefined;
    readonly limit: number;
  },
): Promise<RetroscanRow[]> => listStatement.all(on, page);

/** By state; a state that none is in is left out. */
export const countRetroscans = async (
  on: Queryable,
  partyId: string | undefined,
): Promise<ReadonlyMap<RetroscanState, number>> =>
  new Map((await countStatement.all(on, { partyId })).map((row) => [row.state, row.retroscanCount]));

/** Of those that have not ended. */
export const countThoroughRetroscans = async (on: Queryable, partyId: string): Promise<number> =>
  (await countThoroughStatement.get(on, { partyId })).retroscanCount;

/** A fingerprint file's bytes at reference density; undefined where the reference is not active. */
export const findActiveFingerprint = async (
  on: Queryable,
  referenceId: string,
): Promise<Uint8Array | undefined> =>
  (await activeFingerprintStatement.find(on, { referenceId }))?.constellation;
