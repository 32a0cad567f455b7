import { integer, nullable, type RowOf, text, uuid, uuids } from './columns.ts';
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

const insertStatement = statement('insert-excluded-interval', { parameters: inserted });
const listStatement = statement('list-excluded-intervals', {
  parameters: { reference_ids: nullable(uuids) },
  columns: listed,
});

export const insertExcludedInterval = async (
  on: Queryable,
  interval: RowOf<typeof inserted>,
): Promise<void> => {
  await insertStatement.all(on, interval);
};

/** Of all references where none are named. */
export const listExcludedIntervals = (
  on: Queryable,
  referenceIds?: readonly string[],
): Promise<ExcludedIntervalRow[]> => listStatement.all(on, { referenceIds });
