/**
 * Many rows of metadata: recordings are made or brought up to date by their external id, and identifiers asserted. A
 * recording may come before its audio, which is registered under the same external id later.
 *
 * Rows are merged in batches, each in a transaction of its own: two at once, while the next is read. A batch that says
 * something of a recording waits for the earlier one that does so too, so that the later row has the last word. What a
 * batch was told to be merged is durable; a load that breaks off is sent again, and what was merged is unchanged. A row
 * that is refused ends nothing; a row that says what is at odds with other assertions is merged and told.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Static, Type } from 'typebox';
import { v7 as uuidv7 } from 'uuid';
import type { Scoped } from '../context.ts';
import { errorCodes, findErrorCode, RegistryError } from '../errors.ts';
import { identifierSchemes } from '../rules/identifiers.ts';
import type { MergedBatch, MetadataBatch, StagedIdentifier, StagedMetadata } from '../store/metadata-load.ts';
import type { GivenRow } from './metadata-rows.ts';
import { readIdentifier } from './read-identifier.ts';
import { validateExternalId, validateMetadata } from './recording-metadata.ts';

/** A transaction of half a second, which is how long a registration of the same recording may wait for it. */
const batchRows = 5_000;
/** Each takes a connection, and a processor of Postgres' while there is one. */
const mergesAtOnce = 2;
/** How often a batch is merged in all while the database is away or too slow: the same again does no harm. */
const batchAttempts = 5;
const retryDelayMs = 1000;
/** Ever, withdrawn ones too, as for single assertions. */
const maxAssertionsPerRecording = 500;

const whole = (description: string) => Type.Integer({ minimum: 0, description });

export const LoadCounts = Type.Object({
  rows: whole('Rows that are done with.'),
  new_recordings: whole('Recordings that were made.'),
  changed_recordings: whole('Recordings of which something new was said.'),
  unchanged_recordings: whole('Recordings of which nothing new was said.'),
  new_identifiers: whole('Identifiers that were asserted.'),
  unchanged_identifiers: whole('Identifiers that the party had asserted before.'),
  conflicts: whole('Rows that are at odds with other assertions.'),
  refused: whole('Rows that were refused.'),
});
export type LoadCounts = Static<typeof LoadCounts>;

const line = Type.Integer({ description: 'The line of the row, from 1; of several lines the last.' });

export const LoadAnswer = Type.Union([
  Type.Object({
    type: Type.Literal('refused'),
    line,
    error: Type.Object({ code: Type.Enum([...errorCodes]), message: Type.String() }),
  }),
  Type.Object({
    type: Type.Literal('conflict'),
    line,
    kind: Type.Enum(['several_values', 'asserted_elsewhere']),
    recording_id: Type.String({ format: 'uuid' }),
    external_id: Type.String(),
    scheme: Type.Literal('isrc'),
    values: Type.Array(Type.String()),
    other_parties: whole('How many other parties assert it; not which.'),
  }),
  Type.Object({
    type: Type.Enum(['progress', 'done'], {
      description: 'progress: all of these are durable. done: the last line.',
    }),
    ...LoadCounts.properties,
  }),
]);
export type LoadAnswer = Static<typeof LoadAnswer>;

export type MetadataLoad = {
  /** Whose recordings. */
  readonly partyId: string;
  readonly delivery?: string | undefined;
  /** Makes no recording: rows of unknown ones are refused. */
  readonly onlyExisting?: boolean | undefined;
};

/** Passes METADATA_INVALID of the header on, and STORE_UNAVAILABLE: what was told by then is merged. */
export async function* loadMetadata(
  context: Scoped,
  load: MetadataLoad,
  rows: AsyncIterable<GivenRow>,
): AsyncGenerator<LoadAnswer> {
  const counts = noCounts();
  /** The oldest first: what they answer is told in the order of the rows. */
  const merging: { readonly batch: Batch; readonly answers: Promise<LoadAnswer[]> }[] = [];
  let batch = new Batch();
  const merge = async (next: Batch): Promise<LoadAnswer[]> => {
    const answers = await mergeBatch(context, load, next, counts);
    return [...answers, { type: 'progress', ...counts }];
  };
  async function* begin(next: Batch): AsyncGenerator<LoadAnswer> {
    while (merging.length === mergesAtOnce || merging.some((one) => one.batch.saysOfSame(next)))
      yield* await (merging.shift() as (typeof merging)[number]).answers;
    const answers = merge(next);
    // Whoever waits for it hears of a rejection; until then it must not end the process.
    answers.catch(() => undefined);
    merging.push({ batch: next, answers });
  }
  try {
    for await (const row of rows) {
      batch.add(row);
      if (batch.rowCount < batchRows) continue;
      yield* begin(batch);
      batch = new Batch();
    }
    if (batch.rowCount > 0) yield* begin(batch);
    for (let next = merging.shift(); next !== undefined; next = merging.shift()) yield* await next.answers;
    yield { type: 'done', ...counts };
  } finally {
    await Promise.allSettled(merging.map((one) => one.answers));
  }
}

const noCounts = (): LoadCounts => ({
  rows: 0,
  new_recordings: 0,
  changed_recordings: 0,
  unchanged_recordings: 0,
  new_identifiers: 0,
  unchanged_identifiers: 0,
  conflicts: 0,
  refused: 0,
});

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Each recording once: what a later row says of it is laid over what an earlier one said. */
class Batch {
  rowCount = 0;
  readonly recordings = new Map<string, Writable<StagedMetadata>>();
  readonly identifiers = new Map<string, StagedIdentifier>();
  readonly refused: LoadAnswer[] = [];

  add(row: GivenRow): void {
    this.rowCount += 1;
    try {
      if (row.unreadable !== undefined) throw new RegistryError('METADATA_INVALID', row.unreadable);
      this.#take(row.line, row.fields);
    } catch (error) {
      const code = findErrorCode(error);
      if (code === undefined) throw error;
      const { message } = error as Error;
      this.refused.push({ type: 'refused', line: row.line, error: { code, message } });
    }
  }

  saysOfSame(other: Batch): boolean {
    for (const externalId of other.recordings.keys()) if (this.recordings.has(externalId)) return true;
    return false;
  }

  #take(line: number, fields: Readonly<Record<string, string>>): void {
    const externalId = validateExternalId(fields['external_id'] ?? '');
    const { title, artist, label, release_date: releaseDate, version } = fields;
    const said = validateMetadata(
      definedOf({ title, artist, label, releaseDate, version }) as Parameters<typeof validateMetadata>[0],
    );
    const identifiers = identifierSchemes.flatMap((scheme) => {
      const given = fields[scheme];
      return given === undefined ? [] : [{ scheme, value: readIdentifier(scheme, given) }];
    });
    const recording = this.recordings.get(externalId);
    if (recording) Object.assign(recording, said);
    else this.recordings.set(externalId, { line, recordingId: uuidv7(), externalId, ...said });
    for (const { scheme, value } of identifiers) {
      const identifierAssertionId = uuidv7();
      const asserted = { line, identifierAssertionId, externalId, scheme, value };
      this.identifiers.set(`${scheme} ${value} ${externalId}`, asserted);
    }
  }
}

const definedOf = (values: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

async function mergeBatch(
  context: Scoped,
  { partyId, delivery, onlyExisting = false }: MetadataLoad,
  batch: Batch,
  counts: LoadCounts,
): Promise<LoadAnswer[]> {
  const merged = await mergeAgain(context, {
    partyId,
    assertedBy: partyId,
    delivery,
    recordings: [...batch.recordings.values()],
    identifiers: [...batch.identifiers.values()],
    onlyExisting,
    maxAssertionsPerRecording,
  });
  const refused = [...batch.refused, ...refusedOf(merged)];
  const conflicts = merged.conflicts.flatMap(conflictsOf);
  counts.rows += batch.rowCount;
  counts.new_recordings += merged.newRecordings;
  counts.changed_recordings += merged.changedRecordings;
  counts.unchanged_recordings += merged.unchangedRecordings;
  counts.new_identifiers += merged.newIdentifiers;
  counts.unchanged_identifiers += merged.unchangedIdentifiers;
  counts.conflicts += merged.conflicts.length;
  counts.refused += refused.length;
  return [...refused, ...conflicts];
}

async function mergeAgain(context: Scoped, batch: MetadataBatch): Promise<MergedBatch> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await context.store.mergeMetadata(batch);
    } catch (error) {
      if (findErrorCode(error) !== 'STORE_UNAVAILABLE' || attempt === batchAttempts) throw error;
      context.log.warn({ err: error, attempt }, 'a batch of metadata is merged again');
      await sleep(retryDelayMs * 2 ** (attempt - 1));
    }
  }
}

function refusedOf({ unknownLines, tooManyLines }: MergedBatch): LoadAnswer[] {
  const refuse = (code: 'RECORDING_NOT_FOUND' | 'LIMIT_REACHED', message: string) => (line: number) =>
    ({ type: 'refused', line, error: { code, message } }) as const;
  const unknown = refuse('RECORDING_NOT_FOUND', 'There is no recording of yours with this external_id.');
  const tooMany = refuse(
    'LIMIT_REACHED',
    `Expected at most ${maxAssertionsPerRecording} assertions about one recording, withdrawn ones too.`,
  );
  return [...unknownLines.map(unknown), ...tooManyLines.map(tooMany)];
}

function conflictsOf(row: MergedBatch['conflicts'][number]): LoadAnswer[] {
  const { line, recordingId: recording_id, externalId: external_id, value, allValues, otherParties } = row;
  const common = { type: 'conflict', line, recording_id, external_id, scheme: 'isrc' } as const;
  const answers: LoadAnswer[] = [];
  if (allValues.length > 1)
    answers.push({ ...common, kind: 'several_values', values: [...allValues], other_parties: 0 });
  if (otherParties > 0)
    answers.push({ ...common, kind: 'asserted_elsewhere', values: [value], other_parties: otherParties });
  return answers;
}
