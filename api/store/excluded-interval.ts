import { appendToFeed } from './change-feed.ts';
import {
  bigint,
  computed,
  integer,
  nullable,
  type RowOf,
  text,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import type { Connections } from './connections.ts';
import { requestRetroscan } from './retroscan.ts';
import { type Queryable, statement } from './statement.ts';

const inserted = {
  excluded_interval_id: uuid,
  party_id: uuid,
  reference_id: uuid,
  start_ms: integer,
  end_ms: integer,
  claim_id: uuid,
  reason: text,
  excluded_by: uuid,
};
const listed = { reference_id: uuid, start_ms: integer, end_ms: integer };
export type ExcludedIntervalRow = RowOf<typeof listed>;

const shown = {
  excluded_interval_id: uuid,
  ...listed,
  claim_id: uuid,
  reason: text,
  excluded_by_name: computed(text),
  created_at: timestamptz,
  lifted_by_name: computed<string | undefined>(text),
  lifted_at: nullable(timestamptz),
  lift_reason: nullable(text),
};
export type ExclusionRow = RowOf<typeof shown>;

const insertStatement = statement('insert-excluded-interval', { parameters: inserted });
const listStatement = statement('list-excluded-intervals', {
  parameters: { reference_ids: nullable(uuids) },
  columns: listed,
});
const ofRecordingStatement = statement('list-recording-exclusions', {
  parameters: { recording_id: uuid, after_excluded_interval_id: nullable(uuid), limit: bigint },
  columns: shown,
});
const findStatement = statement('find-recording-exclusion', {
  parameters: { excluded_interval_id: uuid, recording_id: uuid },
  columns: shown,
});
const liftStatement = statement('lift-excluded-interval', {
  parameters: { excluded_interval_id: uuid, lifted_by: uuid, lifted_at: timestamptz, lift_reason: text },
  columns: { reference_id: uuid },
});

export const insertExcludedInterval = async (
  on: Queryable,
  interval: RowOf<typeof inserted>,
): Promise<void> => {
  await insertStatement.all(on, interval);
};

/** Those that are not put back; of all references where none are named. */
export const listExcludedIntervals = (
  on: Queryable,
  referenceIds?: readonly string[],
): Promise<ExcludedIntervalRow[]> => listStatement.all(on, { referenceIds });

/** Those that were put back too, in the order of their exclusion. */
export const listRecordingExclusions = (
  on: Queryable,
  page: {
    readonly recordingId: string;
    readonly afterExcludedIntervalId: string | undefined;
    readonly limit: number;
  },
): Promise<ExclusionRow[]> => ofRecordingStatement.all(on, page);

/**
 * Puts a span back, and has what it would have matched meanwhile looked for. Putting it back again changes nothing.
 * Undefined where nothing of this recording's is excluded under this id.
 */
export const liftExclusion = (
  connections: Connections,
  which: {
    readonly excludedIntervalId: string;
    readonly recordingId: string;
    readonly liftedBy: string;
    readonly liftedAt: Date;
    readonly liftReason: string;
  },
): Promise<ExclusionRow | undefined> =>
  connections.transaction(async (on) => {
    if ((await findStatement.find(on, which)) === undefined) return undefined;
    const lifted = await liftStatement.find(on, which);
    const row = await findStatement.get(on, which);
    if (lifted === undefined) return row;
    const { recordingId, liftedAt: now } = which;
    await requestRetroscan(on, { recordingId, cause: 'widened', now });
    // Last: it holds the feed's lock until the commit.
    await appendToFeed(on, 'exclude', lifted.referenceId);
    return row;
  });
