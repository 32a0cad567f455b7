/** A thread of `load.ts`: makes recordings of the catalog and the rows that they are in Postgres, as COPY's text format has them. */

import { workerData } from 'piscina';
import { decodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { readFingerprints } from '../in-process/query-folder.ts';
import { openCatalog, referenceIdOf } from './catalog.ts';
import type { ScaleTask } from './child.ts';
import type { RowsTask, Table } from './load.ts';

const { references, recordings, seed } = workerData as ScaleTask;
const catalog = openCatalog(readFingerprints(references), recordings, seed);

export function rowsOf({ partyId, from, to }: RowsTask): Record<Table, Uint8Array> {
  const rows: Record<Table, string[]> = {
    recording: [],
    reference: [],
    recording_reference: [],
    fingerprint: [],
    change_feed: [],
  };
  const add = (table: Table, ...values: (string | number)[]) => rows[table].push(`${values.join('\t')}\n`);
  for (let index = from; index < to; index++) {
    const bytes = catalog.fingerprintOf(index);
    const { parameterVersion, audioSha256, durationMs, constellation } = decodeFingerprint(bytes);
    const id = referenceIdOf(index);
    const sha256 = bytea(audioSha256);
    const peakCount = constellation.frames.length;
    add('recording', id, partyId, `recording-${index}`, 'Recording');
    add('reference', id, partyId, sha256, 'claim_eligible', 'active');
    add('recording_reference', partyId, id, id);
    add(
      'fingerprint',
      id,
      partyId,
      'earmark-peaks',
      sha256,
      bytea(),
      parameterVersion,
      durationMs,
      peakCount,
      bytea(bytes),
    );
    add('change_feed', index + 1, 'register', id);
  }
  const text = (table: Table) => Buffer.from(rows[table].join(''));
  return {
    recording: text('recording'),
    reference: text('reference'),
    recording_reference: text('recording_reference'),
    fingerprint: text('fingerprint'),
    change_feed: text('change_feed'),
  };
}

function bytea(bytes: Uint8Array = new Uint8Array(0)): string {
  return `\\\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}
