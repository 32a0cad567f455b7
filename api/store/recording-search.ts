/** Recordings by their words and by their identifiers. Which words: the functions of sql/migrations/0017. */
import { identifierSchemes } from '../rules/identifiers.ts';
import {
  bigint,
  computed,
  integer,
  nullable,
  oneOf,
  type RowOf,
  text,
  texts,
  timestamptz,
  uuid,
} from './columns.ts';
import type { Connections } from './connections.ts';
import { listFoundRecordings, type RecordingRow, withParts } from './recording.ts';
import { type Queryable, statement } from './statement.ts';

const asked = { terms: text, at_most: integer };
const found = { recording_id: computed(uuid) };
const searchOwn = statement('search-own-recordings', { parameters: asked, columns: found });
const searchEvery = statement('search-every-recording', { parameters: asked, columns: found });
const word = { word: computed(text) };
const wordsStatement = statement('list-search-words', { parameters: { text }, columns: word });
const alikeStatement = statement('list-alike-words', {
  parameters: { asked: texts, at_most: integer },
  columns: { asked: computed(text), ...word },
});

const identified = {
  identifier_assertion_id: uuid,
  recording_id: uuid,
  party_id: uuid,
  external_id: text,
  title: nullable(text),
  artist: nullable(text),
  asserted_by: computed(text),
  asserted_at: timestamptz,
  delivery: nullable(text),
};
export type IdentifiedRow = RowOf<typeof identified>;
const scheme = oneOf(...identifierSchemes);
/** Planning it takes longer than one descent of an index: prepared it takes half the time, or less. */
const identifiedStatement = statement('find-recordings-by-identifier', {
  isPrepared: true,
  parameters: { scheme, value: text, party_id: nullable(uuid), limit: bigint },
  columns: identified,
});
const elsewhereStatement = statement('count-parties-asserting', {
  parameters: { party_id: uuid, scheme, value: text },
  columns: { other_parties: computed(bigint) },
});

/** As the index of words has them. */
export const searchWordsOf = async (on: Queryable, of: string): Promise<string[]> =>
  (await wordsStatement.all(on, { text: of })).map((row) => row.word);

/** Of each word the most alike first; none where the database has no trigrams. */
export const listAlikeWords = (
  on: Queryable,
  alike: { readonly asked: readonly string[]; readonly atMost: number },
): Promise<{ readonly asked: string; readonly word: string }[]> => alikeStatement.all(on, alike);

export type SearchedRecording = Omit<RecordingRow, 'identifierAssertions' | 'references'>;

/** `isOfEveryParty` is for operators. In no order. */
export const searchRecordings = (
  connections: Connections,
  search: { readonly terms: string; readonly atMost: number; readonly isOfEveryParty: boolean },
): Promise<SearchedRecording[]> =>
  connections.transaction(async (on) => {
    const statement = search.isOfEveryParty ? searchEvery : searchOwn;
    const recordingIds = (await statement.all(on, search)).map((row) => row.recordingId);
    return recordingIds.length === 0 ? [] : await listFoundRecordings.all(on, { recordingIds });
  });

/** With what is asserted about them and what they are matched by, in the order given. */
export const describeFoundRecordings = (
  connections: Connections,
  rows: readonly SearchedRecording[],
): Promise<RecordingRow[]> => connections.transaction((on) => withParts(on, rows));

/** Assertions that are not withdrawn; `partyId` undefined: of everybody's recordings. */
export const findRecordingsByIdentifier = (
  on: Queryable,
  which: Parameters<typeof identifiedStatement.all>[1],
): Promise<IdentifiedRow[]> => identifiedStatement.all(on, which);

export const countPartiesAsserting = async (
  on: Queryable,
  which: Parameters<typeof elsewhereStatement.get>[1],
): Promise<number> => (await elsewhereStatement.get(on, which)).otherParties;
