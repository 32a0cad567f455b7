import {
  bigint,
  bytea,
  computed,
  integer,
  nullable,
  nullableTexts,
  type RowOf,
  text,
  texts,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import type { Connections } from './connections.ts';
import { type IdentifierAssertionRow, listIdentifierAssertions } from './identifier-assertion.ts';
import { listReferences, type ReferenceRow } from './reference.ts';
import { type Queryable, statement } from './statement.ts';

const metadata = {
  title: nullable(text),
  artist: nullable(text),
  label: nullable(text),
  release_date: nullable(text),
  version: nullable(text),
};
const listed = {
  recording_id: uuid,
  party_id: uuid,
  party_name: text,
  external_id: text,
  ...metadata,
  created_at: timestamptz,
  updated_at: timestamptz,
};
const maybe = computed<string | undefined>(text);
const matched = {
  reference_id: computed(uuid),
  recording_id: computed(uuid),
  party_id: computed(uuid),
  external_id: computed(text),
  title: maybe,
  artist: maybe,
  label: maybe,
  release_date: maybe,
  version: maybe,
  isrcs: computed(texts),
};
const scanned = { recording_id: computed(uuid), external_id: computed(text), title: maybe, artist: maybe };
const registered = {
  recording_id: uuid,
  reference_id: uuid,
  audio_sha256: bytea,
  parameter_version: integer,
};

/** A recording with what is asserted about it and what it is matched by. */
export type RecordingRow = RowOf<typeof listed> & {
  readonly identifierAssertions: readonly IdentifierAssertionRow[];
  readonly references: readonly ReferenceRow[];
};
export type MatchedRecordingRow = RowOf<typeof matched>;
/** As much of a recording as a scan reveals. */
export type ScannedRecordingRow = RowOf<typeof scanned>;
export type RegisteredAudio = RowOf<typeof registered>;

export type RecordingFilter = {
  /** Whose recordings; everybody's when undefined. */
  readonly partyId?: string | undefined;
  /** The last recording already seen. */
  readonly afterRecordingId?: string | undefined;
  readonly isrc?: string | undefined;
  readonly externalId?: string | undefined;
  /** Somewhere in the title, in upper or lower case. */
  readonly title?: string | undefined;
  readonly limit: number;
};

export const insertRecordings = statement('insert-recordings', {
  parameters: {
    recording_ids: uuids,
    party_ids: uuids,
    external_ids: texts,
    titles: nullableTexts,
    artists: nullableTexts,
    labels: nullableTexts,
    release_dates: nullableTexts,
    versions: nullableTexts,
  },
  columns: { recording_id: uuid },
});
export const lockRecordingByExternalId = statement('lock-recording-by-external-id', {
  parameters: { party_id: uuid, external_id: text },
  columns: { recording_id: uuid },
});
export const lockRecording = statement('lock-recording', {
  parameters: { recording_id: uuid, party_id: nullable(uuid) },
  columns: { recording_id: uuid },
});
export const updateRecordingMetadata = statement('update-recording-metadata', {
  parameters: { recording_id: uuid, ...metadata },
  columns: { recording_id: uuid },
});
export const deleteRecording = statement('delete-recording', { parameters: { recording_id: uuid } });

const listStatement = statement('list-recordings', {
  parameters: {
    party_id: nullable(uuid),
    after_recording_id: nullable(uuid),
    isrc: nullable(text),
    external_id: nullable(text),
    title_pattern: nullable(text),
    limit: bigint,
  },
  columns: listed,
});
export const listFoundRecordings = statement('list-found-recordings', {
  parameters: { recording_ids: uuids },
  columns: listed,
});
const findStatement = statement('find-recording', {
  parameters: { recording_id: uuid, party_id: nullable(uuid) },
  columns: listed,
});
const registeredStatement = statement('find-registered-audio', {
  parameters: { party_id: uuid, external_id: text },
  columns: registered,
});
const matchedStatement = statement('list-matched-recordings', {
  parameters: { reference_ids: uuids },
  columns: matched,
});
const scannedStatement = statement('find-scanned-recording', {
  parameters: { scan_id: uuid, recording_id: uuid },
  columns: scanned,
});
const countStatement = statement('count-registry', {
  parameters: {},
  columns: {
    recording_count: computed(bigint),
    reference_count: computed(bigint),
    duration_ms: computed(bigint),
  },
});

export async function withParts(
  on: Queryable,
  rows: readonly RowOf<typeof listed>[],
): Promise<RecordingRow[]> {
  if (rows.length === 0) return [];
  const recordingIds = rows.map((row) => row.recordingId);
  const assertions = await listIdentifierAssertions.all(on, { recordingIds });
  const references = await listReferences.all(on, { recordingIds });
  const assertionsOf = Map.groupBy(assertions, (row) => row.recordingId);
  const referencesOf = Map.groupBy(references, (row) => row.recordingId);
  return rows.map((row) => ({
    ...row,
    identifierAssertions: assertionsOf.get(row.recordingId) ?? [],
    references: referencesOf.get(row.recordingId) ?? [],
  }));
}

/** In order of id, which is the order they were made in. */
export function listRecordings(connections: Connections, filter: RecordingFilter): Promise<RecordingRow[]> {
  const titlePattern =
    filter.title === undefined ? undefined : `%${filter.title.replace(/[\\%_]/g, '\\$&')}%`;
  return connections.transaction(async (on) => {
    const rows = await listStatement.all(on, {
      partyId: filter.partyId,
      afterRecordingId: filter.afterRecordingId,
      isrc: filter.isrc,
      externalId: filter.externalId,
      titlePattern,
      limit: filter.limit,
    });
    return await withParts(on, rows);
  });
}

export const findRecording = (
  connections: Connections,
  which: { readonly recordingId: string; readonly partyId?: string | undefined },
): Promise<RecordingRow | undefined> =>
  connections.transaction(async (on) => {
    const row = await findStatement.find(on, { recordingId: which.recordingId, partyId: which.partyId });
    return row && (await withParts(on, [row]))[0];
  });

/** A recording that a scan of the caller's named, whoever registered it. */
export const findScannedRecording = (
  on: Queryable,
  which: { readonly scanId: string; readonly recordingId: string },
): Promise<ScannedRecordingRow | undefined> => scannedStatement.find(on, which);

export const findRegisteredAudio = (
  on: Queryable,
  which: { readonly partyId: string; readonly externalId: string },
): Promise<RegisteredAudio | undefined> => registeredStatement.find(on, which);

/** The recordings that references stand for, several of one where it stands for several. */
export const listMatchedRecordings = (
  on: Queryable,
  referenceIds: readonly string[],
): Promise<MatchedRecordingRow[]> => matchedStatement.all(on, { referenceIds });

export type RegistryCount = RowOf<typeof countStatement.columns>;
export const countRegistry = (on: Queryable): Promise<RegistryCount> => countStatement.get(on, {});
