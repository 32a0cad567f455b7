import { computed, nullable, oneOf, type RowOf, text, timestamptz, uuid, uuids } from './columns.ts';
import { statement } from './statement.ts';

const identifierSchemes = ['isrc', 'upc', 'iswc', 'isni', 'ipi', 'dpid', 'grid'] as const;

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

export const insertIdentifierAssertion = statement('insert-identifier-assertion', {
  parameters: {
    identifier_assertion_id: uuid,
    recording_id: uuid,
    asserted_by: uuid,
    on_behalf_of: nullable(uuid),
    scheme,
    value: text,
    delivery: nullable(text),
  },
  columns: { identifier_assertion_id: uuid },
});
export const listIdentifierAssertions = statement('list-identifier-assertions', {
  parameters: { recording_ids: uuids },
  columns: listed,
});
