/**
 * A catalog into the tables of an empty registry, by COPY: what as many registrations leave there, in a fraction of
 * the time. Each batch is a transaction with everything of its recordings, feed entries included.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { decodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { catalogRegistryId, referenceIdOf, type ScaleCatalog } from './catalog.ts';

/** Recordings in one transaction, some 32 MB of constellations. */
const batchRecordings = 4096;
/** COPY does not write a table whose row-level security holds for the owner too. */
const guarded = ['recording', 'reference', 'recording_reference', 'fingerprint'];

/** The registry takes the id that a follower of the catalog itself goes by, so that it can open the index made of it. */
export async function loadCatalog(
  databaseUrl: string,
  {
    partyId,
    catalog,
    onLoaded,
  }: { partyId: string; catalog: ScaleCatalog; onLoaded: (count: number) => void },
): Promise<void> {
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    for (const table of guarded) await database.query(`alter table ${table} no force row level security`);
    for (let from = 0; from < catalog.recordings; from += batchRecordings) {
      const to = Math.min(from + batchRecordings, catalog.recordings);
      await database.query('begin');
      await loadBatch(database, partyId, catalog, from, to);
      await database.query('commit');
      onLoaded(to - from);
    }
    for (const table of guarded) await database.query(`alter table ${table} force row level security`);
    await database.query('vacuum (analyze)');
  } finally {
    await database.end();
  }
}

async function loadBatch(
  database: pg.Client,
  partyId: string,
  catalog: ScaleCatalog,
  from: number,
  to: number,
): Promise<void> {
  const all = Array.from({ length: to - from }, (_, k) => {
    const index = from + k;
    const bytes = catalog.fingerprintOf(index);
    const { parameterVersion, audioSha256, durationMs, constellation } = decodeFingerprint(bytes);
    return {
      id: referenceIdOf(index),
      position: index + 1,
      sha256: bytea(audioSha256),
      fingerprint: [parameterVersion, durationMs, constellation.frames.length, bytea(bytes)] as const,
    };
  });
  type One = (typeof all)[number];
  const copy = (table: string, columns: string, row: (one: One) => readonly (string | number)[]) =>
    pipeline(
      Readable.from(all.map((one) => `${row(one).join('\t')}\n`)),
      database.query(copyFrom(`copy ${table} (${columns}) from stdin`)),
    );
  await copy('recording', 'recording_id, party_id, external_id, title', ({ id, position }) => [
    id,
    partyId,
    `recording-${position}`,
    'Recording',
  ]);
  await copy('reference', 'reference_id, party_id, audio_sha256, eligibility, status', ({ id, sha256 }) => [
    id,
    partyId,
    sha256,
    'claim_eligible',
    'active',
  ]);
  await copy('recording_reference', 'party_id, recording_id, reference_id', ({ id }) => [partyId, id, id]);
  await copy(
    'fingerprint',
    'reference_id, party_id, algorithm, audio_sha256, descriptors, parameter_version, duration_ms, peak_count, constellation',
    ({ id, sha256, fingerprint }) => [id, partyId, 'earmark-peaks', sha256, bytea([]), ...fingerprint],
  );
  await copy('change_feed', 'position, kind, reference_id', ({ id, position }) => [position, 'register', id]);
  await database.query('update feed_head set position = $1, registry_id = $2', [to, catalogRegistryId]);
}

/** As COPY's text format has it. */
function bytea(bytes: Uint8Array | readonly number[]): string {
  return `\\\\x${Buffer.from(bytes).toString('hex')}`;
}
