import { identifierSchemes } from '../rules/identifiers.ts';
import {
  bigint,
  computed,
  nullable,
  nullableUuids,
  oneOf,
  type RowOf,
  text,
  texts,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import type { Connections } from './connections.ts';
import { type Queryable, statement } from './statement.ts';

const scheme = oneOf(...identifierSchemes);
const listed = {
  recording_id: uuid,
  scheme,
  value: text,
  /** The name of the party. */
  asserted_by: computed(text),
  asserted_at: timestamptz,
};
export type IdentifierAssertionRow = RowOf<typeof listed>;

const maybeName = computed<string | undefined>(text);
const told = {
  identifier_assertion_id: uuid,
  scheme,
  value: text,
  /** Names of parties. */
  asserted_by: computed(text),
  on_behalf_of: maybeName,
  delivery: nullable(text),
  asserted_at: timestamptz,
  withdrawn_by: maybeName,
  withdrawn_at: nullable(timestamptz),
  /** Other parties that have a recording with this identifier. */
  parties_elsewhere: computed(bigint),
};
export type ToldAssertionRow = RowOf<typeof told>;

const inserted = {
  identifier_assertion_id: uuid,
  party_id: uuid,
  recording_id: uuid,
  asserted_by: uuid,
  on_behalf_of: nullable(uuid),
  scheme,
  value: text,
  delivery: nullable(text),
};

export const insertIdentifierAssertion = statement('insert-identifier-assertion', {
  parameters: inserted,
  columns: { identifier_assertion_id: uuid },
});
export const insertIdentifierAssertions = statement('insert-identifier-assertions', {
  parameters: {
    identifier_assertion_ids: uuids,
    party_ids: uuids,
    recording_ids: uuids,
    asserted_by: uuids,
    on_behalf_of: nullableUuids,
    scheme,
    values: texts,
  },
});
export const listIdentifierAssertions = statement('list-identifier-assertions', {
  parameters: { recording_ids: uuids },
  columns: listed,
});
const listToldStatement = statement('list-recording-identifiers', {
  parameters: { recording_id: uuid },
  columns: told,
});
const lockStatement = statement('lock-recording-identifiers', {
  parameters: { recording_id: uuid },
  columns: { locked: computed(text) },
});
const countStatement = statement('count-recording-identifiers', {
  parameters: { recording_id: uuid },
  columns: { party_id: uuid, count: computed(bigint) },
});
const findStatement = statement('find-identifier-assertion', {
  parameters: { identifier_assertion_id: uuid, recording_id: uuid },
  columns: {
    identifier_assertion_id: uuid,
    asserted_by: uuid,
    on_behalf_of: nullable(uuid),
    withdrawn_at: nullable(timestamptz),
  },
});
const withdrawStatement = statement('withdraw-identifier-assertion', {
  parameters: { identifier_assertion_id: uuid, withdrawn_by: nullable(uuid) },
  columns: { identifier_assertion_id: uuid },
});

export type AssertionOutcome = 'asserted' | 'unchanged' | 'too_many' | 'no_recording';

/** Nothing is done but where the outcome is `asserted`. */
export const assertIdentifier = (
  connections: Connections,
  {
    maxPerRecording,
    ...assertion
  }: Omit<RowOf<typeof inserted>, 'partyId'> & { readonly maxPerRecording: number },
): Promise<AssertionOutcome> =>
  connections.transaction(async (on) => {
    await lockStatement.get(on, assertion);
    const counted = await countStatement.find(on, assertion);
    if (counted === undefined) return 'no_recording';
    if (counted.count >= maxPerRecording) return 'too_many';
    const { partyId } = counted;
    const isNew = await insertIdentifierAssertion.find(on, { ...assertion, partyId });
    return isNew === undefined ? 'unchanged' : 'asserted';
  });

/** Withdrawn ones too, oldest first. */
export const listRecordingIdentifiers = (on: Queryable, recordingId: string): Promise<ToldAssertionRow[]> =>
  listToldStatement.all(on, { recordingId });

/** Withdrawing again changes nothing. */
export const withdrawIdentifier = (
  connections: Connections,
  which: {
    readonly identifierAssertionId: string;
    readonly recordingId: string;
    readonly withdrawnBy: string;
    readonly isOperator: boolean;
  },
): Promise<'withdrawn' | 'not_found' | 'not_theirs'> =>
  connections.transaction(async (on) => {
    const { withdrawnBy } = which;
    const found = await findStatement.find(on, which);
    if (found === undefined) return 'not_found';
    const isTheirs = found.assertedBy === withdrawnBy || found.onBehalfOf === withdrawnBy;
    if (!isTheirs && !which.isOperator) return 'not_theirs';
    await withdrawStatement.find(on, which);
    return 'withdrawn';
  });
