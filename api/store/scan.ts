import { bigint, bytea, integer, jsonb, nullable, type RowOf, text, timestamptz, uuid } from './columns.ts';
import type { Connections } from './connections.ts';
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
const insertFingerprintStatement = statement('insert-scan-fingerprint', {
  parameters: { scan_id: uuid, party_id: uuid, bytes: bytea },
});
const findFingerprintStatement = statement('find-scan-fingerprint', {
  parameters: { scan_id: uuid, days_kept: integer },
  columns: { bytes: bytea },
});
const deleteExpiredStatement = statement('delete-expired-scan-fingerprints', {
  parameters: { days_kept: integer },
});

export type NewScan = RowOf<typeof kept> & {
  /** The fingerprint file's bytes. */
  readonly fingerprint: Uint8Array;
  /** How long they are kept; 0: not at all. */
  readonly fingerprintDays: number;
};

/** The scan, and what it was made of, in one transaction. */
export const insertScan = (connections: Connections, scan: NewScan): Promise<void> =>
  connections.transaction((on) => writeScan(on, scan));

/** The same within a transaction of the caller's. */
export const writeScan = async (on: Queryable, scan: NewScan): Promise<void> => {
  const { fingerprint: bytes, fingerprintDays: daysKept, ...row } = scan;
  await insertStatement.all(on, row);
  if (daysKept > 0)
    await insertFingerprintStatement.all(on, { scanId: row.scanId, partyId: row.partyId, bytes });
};

/** Takes some fingerprints away that are over their time, of whichever party: for the service. */
export const forgetScanFingerprints = async (on: Queryable, daysKept: number): Promise<void> => {
  await deleteExpiredStatement.all(on, { daysKept });
};

export const findScan = (
  on: Queryable,
  which: { readonly scanId: string; readonly partyId?: string | undefined },
): Promise<ScanRow | undefined> => findStatement.find(on, { scanId: which.scanId, partyId: which.partyId });

/** Undefined once it is over its time, whether it is deleted already or not. */
export const findScanFingerprint = async (
  on: Queryable,
  which: { readonly scanId: string; readonly daysKept: number },
): Promise<Uint8Array | undefined> => (await findFingerprintStatement.find(on, which))?.bytes;
