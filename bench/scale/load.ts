/**
 * A catalog into the tables of an empty registry, by COPY: what as many registrations leave there, in a fraction of
 * the time. Threads make the recordings; each batch of them is a transaction.
 */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Piscina } from 'piscina';
import { inParallel } from '../measure/command.ts';
import { catalogRegistryId } from './catalog.ts';
import { type ScaleTask, threadCount } from './child.ts';

/** Tables in the order in which they refer to each other, with the columns that the rows have. */
const columns = {
  recording: 'recording_id, party_id, external_id, title',
  reference: 'reference_id, party_id, audio_sha256, eligibility, status',
  recording_reference: 'party_id, recording_id, reference_id',
  fingerprint:
    'reference_id, party_id, algorithm, audio_sha256, descriptors, parameter_version, duration_ms, peak_count, constellation',
  change_feed: 'position, kind, reference_id',
} as const;
export type Table = keyof typeof columns;
export type RowsTask = { readonly partyId: string; readonly from: number; readonly to: number };

/** Recordings in one transaction, some 8 MB of constellations. */
const batchRecordings = 1024;
/** COPY does not write a table whose row-level security holds for the owner too. */
const guarded = ['recording', 'reference', 'recording_reference', 'fingerprint'];

/** The registry takes the id that a follower of the catalog itself goes by, so that it can open the index made of it. */
export async function loadCatalog(
  databaseUrl: string,
  { task, partyId, onLoaded }: { task: ScaleTask; partyId: string; onLoaded: (count: number) => void },
): Promise<void> {
  const filename = join(import.meta.dirname, 'load-rows.ts');
  const threads = new Piscina<RowsTask, Record<Table, Uint8Array>>({
    filename,
    workerData: task,
    maxThreads: threadCount,
  });
  const pool = new pg.Pool({ connectionString: databaseUrl, max: threadCount });
  try {
    for (const table of guarded) await pool.query(`alter table ${table} no force row level security`);
    const begins = Array.from(
      { length: Math.ceil(task.recordings / batchRecordings) },
      (_, i) => i * batchRecordings,
    );
    await inParallel(begins, 2 * threadCount, async (from) => {
      const to = Math.min(from + batchRecordings, task.recordings);
      await copyRows(pool, await threads.run({ partyId, from, to }, { name: 'rowsOf' }));
      onLoaded(to - from);
    });
    await pool.query('update feed_head set position = $1, registry_id = $2', [
      task.recordings,
      catalogRegistryId,
    ]);
    for (const table of guarded) await pool.query(`alter table ${table} force row level security`);
    await pool.query('vacuum (analyze)');
  } finally {
    await pool.end();
    await threads.destroy();
  }
}

async function copyRows(pool: pg.Pool, rows: Record<Table, Uint8Array>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    for (const table of Object.keys(columns) as Table[]) {
      const copy = client.query(copyFrom(`copy ${table} (${columns[table]}) from stdin`));
      await pipeline(Readable.from([rows[table]]), copy);
    }
    await client.query('commit');
  } finally {
    client.release();
  }
}
