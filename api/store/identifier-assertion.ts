import { oneOf, type RowOf, text, timestamptz, uuid, uuids } from './columns.ts';
import { statement } from './statement.ts';

const listed = {
  recording_id: uuid,
  scheme: oneOf('isrc'),
  value: text,
  /** The name of the party. */
  asserted_by: text,
  asserted_at: timestamptz,
};
export type IdentifierAssertionRow = RowOf<typeof listed>;

export const insertIdentifierAssertion = statement('insert-identifier-assertion', {
  parameters: {
    identifier_assertion_id: uuid,
    recording_id: uuid,
    asserted_by: uuid,
    scheme: oneOf('isrc'),
    value: text,
  },
  columns: { identifier_assertion_id: uuid },
});
export const listIdentifierAssertions = statement('list-identifier-assertions', {
  parameters: { recording_ids: uuids },
  columns: listed,
});
