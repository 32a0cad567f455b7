/**
 * A batch of metadata, in one transaction: copied into temporary tables, then merged into recordings and identifier
 * assertions under the session's policies. The same batch again changes nothing.
 *
 * What a batch costs and how large it should be: bench/results/metadata.md.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { IdentifierScheme } from '../rules/identifiers.ts';
import { bigint, computed, nullable, text, texts, uuid } from './columns.ts';
import type { Connections, Transaction } from './connections.ts';
import { statement } from './statement.ts';
import { TransactionCollided } from './store-unavailable.ts';

/** What a row says of a recording; each recording once in a batch. */
export type StagedMetadata = {
  readonly line: number;
  /** For the recording, where there is none yet. */
  readonly recordingId: string;
  readonly externalId: string;
  readonly title?: string | undefined;
  readonly artist?: string | undefined;
  readonly label?: string | undefined;
  readonly releaseDate?: string | undefined;
  readonly version?: string | undefined;
};

export type StagedIdentifier = {
  readonly line: number;
  readonly identifierAssertionId: string;
  /** Of a recording of the same batch. */
  readonly externalId: string;
  readonly scheme: IdentifierScheme;
  readonly value: string;
};

export type MetadataBatch = {
  /** Whose recordings. */
  readonly partyId: string;
  readonly assertedBy: string;
  readonly delivery?: string | undefined;
  readonly recordings: readonly StagedMetadata[];
  readonly identifiers: readonly StagedIdentifier[];
  /** Makes no recording: rows of unknown ones are refused. */
  readonly onlyExisting: boolean;
  readonly maxAssertionsPerRecording: number;
};

export type MergedBatch = {
  readonly newRecordings: number;
  readonly changedRecordings: number;
  readonly unchangedRecordings: number;
  readonly newIdentifiers: number;
  readonly unchangedIdentifiers: number;
  readonly unknownLines: readonly number[];
  readonly tooManyLines: readonly number[];
  readonly conflicts: readonly StagedConflict[];
};

const count = { count: computed(bigint) };
const lines = { line: computed(bigint) };
const stageMetadata = statement('stage-metadata', { parameters: {} });
const stageIdentifiers = statement('stage-identifiers', { parameters: {} });
const analyzeStaged = statement('analyze-staged', { parameters: {} });
const matchStaged = statement('match-staged-metadata', { parameters: { party_id: uuid }, columns: count });
const refuseUnknown = statement('refuse-staged-unknown', { parameters: {}, columns: lines });
const insertRecordings = statement('insert-staged-recordings', {
  parameters: { party_id: uuid },
  columns: count,
});
const updateRecordings = statement('update-staged-recordings', {
  parameters: { party_id: uuid },
  columns: count,
});
const refuseIdentifiers = statement('refuse-staged-identifiers', {
  parameters: { max_assertions: bigint },
  columns: { line: bigint },
});
const insertIdentifiers = statement('insert-staged-identifiers', {
  parameters: { party_id: uuid, asserted_by: uuid, delivery: nullable(text) },
  columns: count,
});
const conflict = {
  line: bigint,
  external_id: text,
  recording_id: computed(uuid),
  value: text,
  all_values: computed(texts),
  other_parties: computed(bigint),
};
const listConflicts = statement('list-staged-conflicts', {
  parameters: { party_id: uuid },
  columns: conflict,
});
type StagedConflict = Awaited<ReturnType<typeof listConflicts.get>>;

export const mergeMetadata = (connections: Connections, batch: MetadataBatch): Promise<MergedBatch> =>
  connections.transaction((on) => merge(on, batch));

async function merge(on: Transaction, batch: MetadataBatch): Promise<MergedBatch> {
  const { partyId, assertedBy, delivery } = batch;
  await stage(on, batch);
  const known = (await matchStaged.get(on, { partyId })).count;
  const unknownLines = batch.onlyExisting ? await refuseUnknown.all(on, {}) : [];
  const newRecordings = batch.onlyExisting ? 0 : (await insertRecordings.get(on, { partyId })).count;
  if (!batch.onlyExisting && known + newRecordings !== batch.recordings.length)
    throw new TransactionCollided('a recording was made while metadata of it was merged');
  const changedRecordings = known === 0 ? 0 : (await updateRecordings.get(on, { partyId })).count;
  const maxAssertions = batch.maxAssertionsPerRecording;
  const tooManyLines = known === 0 ? [] : await refuseIdentifiers.all(on, { maxAssertions });
  const newIdentifiers = (await insertIdentifiers.get(on, { partyId, assertedBy, delivery })).count;
  const conflicts = await listConflicts.all(on, { partyId });
  const unknownCount = batch.onlyExisting ? batch.recordings.length - known : 0;
  const unsaid = new Set([...unknownLines, ...tooManyLines].map(({ line }) => line));
  const said = batch.identifiers.filter(({ line }) => !unsaid.has(line)).length;
  return {
    newRecordings,
    changedRecordings,
    unchangedRecordings: batch.recordings.length - newRecordings - changedRecordings - unknownCount,
    newIdentifiers,
    unchangedIdentifiers: Math.max(0, said - newIdentifiers),
    unknownLines: unknownLines.map(({ line }) => line),
    tooManyLines: tooManyLines.map(({ line }) => line),
    conflicts,
  };
}

async function stage(on: Transaction, { recordings, identifiers }: MetadataBatch): Promise<void> {
  await stageMetadata.all(on, {});
  await stageIdentifiers.all(on, {});
  await copy(
    on,
    'copy staged_metadata (line, recording_id, external_id, title, artist, label, release_date, version) from stdin',
    recordings,
    (row) => [
      row.line,
      row.recordingId,
      row.externalId,
      row.title,
      row.artist,
      row.label,
      row.releaseDate,
      row.version,
    ],
  );
  await copy(
    on,
    'copy staged_identifier (line, identifier_assertion_id, external_id, scheme, value) from stdin',
    identifiers,
    (row) => [row.line, row.identifierAssertionId, row.externalId, row.scheme, row.value],
  );
  await analyzeStaged.all(on, {});
}

type CopiedValue = string | number | undefined;
const rowsPerPiece = 500;

/** In COPY's text format: tabs between values, `\N` for none. */
async function copy<Row>(
  on: Transaction,
  into: string,
  rows: readonly Row[],
  valuesOf: (row: Row) => readonly CopiedValue[],
): Promise<void> {
  if (rows.length === 0) return;
  function* pieces() {
    for (let at = 0; at < rows.length; at += rowsPerPiece) {
      const piece = rows.slice(at, at + rowsPerPiece);
      yield piece.map((row) => `${valuesOf(row).map(copied).join('\t')}\n`).join('');
    }
  }
  await pipeline(Readable.from(pieces()), on.query(copyFrom(into)));
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function copied(value: CopiedValue): string {
  if (value === undefined) return '\\N';
  return typeof value === 'number'
    ? String(value)
    : value.replace(/[\\\t\n\r]/g, (found) => escapes[found] as string);
}
