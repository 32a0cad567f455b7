import { bigint, integer, jsonb, nullable, type RowOf, text, timestamptz, uuid } from './columns.ts';
import { type Queryable, statement } from './statement.ts';

const kept = {
  scan_id: uuid,
  party_id: uuid,
  external_id: nullable(text),
  index_position: bigint,
  duration_ms: integer,
  answer: jsonb,
};
const found = { ...kept, created_at: timestamptz };

export type ScanRow = RowOf<typeof found>;

const insertStatement = statement('insert-scan', { parameters: kept });
const findStatement = statement('find-scan', {
  parameters: { scan_id: uuid, party_id: nullable(uuid) },
  columns: found,
});

export const insertScan = async (on: Queryable, scan: RowOf<typeof kept>): Promise<void> => {
  await insertStatement.all(on, scan);
};

export const findScan = (
  on: Queryable,
  which: { readonly scanId: string; readonly partyId?: string | undefined },
): Promise<ScanRow | undefined> => findStatement.find(on, { scanId: which.scanId, partyId: which.partyId });
