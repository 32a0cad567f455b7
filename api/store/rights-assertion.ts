/** Rights assertions: the statements. What changes them: `rights.ts`. */
import { type AssertedRight, bases, rights } from '../rules/rights-record.ts';
import {
  bigint,
  bytea,
  computed,
  integer,
  nullable,
  oneOf,
  type RowOf,
  text,
  texts,
  timestamptz,
  uuid,
  uuids,
} from './columns.ts';
import { type Queryable, statement } from './statement.ts';

const assertedRight = oneOf<AssertedRight>(...rights, 'AllRights');
const maybeDay = computed<string | undefined>(text);
const content = {
  asserted_right: assertedRight,
  share_ppm: integer,
  territories_include: texts,
  territories_exclude: texts,
};
export const assertedColumns = {
  rights_assertion_id: uuid,
  party_id: uuid,
  recording_id: uuid,
  registrant_id: uuid,
  asserted_by: uuid,
  scan_id: nullable(uuid),
  ...content,
  valid_from: nullable(text),
  valid_to: nullable(text),
  basis: oneOf(...bases),
  evidence: nullable(text),
  content_sha256: bytea,
  recorded_at: timestamptz,
};
export const insertRightsAssertion = statement('insert-rights-assertion', {
  parameters: assertedColumns,
  columns: { rights_assertion_id: uuid },
});
const listed = {
  rights_assertion_id: computed(uuid),
  party_id: computed(uuid),
  party_name: computed(text),
  recording_id: computed(uuid),
  asserted_by: computed(uuid),
  asserted_by_name: computed(text),
  asserted_right: computed(assertedRight),
  share_ppm: computed(integer),
  territories_include: computed(texts),
  territories_exclude: computed(texts),
  valid_from: maybeDay,
  valid_to: maybeDay,
  basis: computed(oneOf(...bases)),
  evidence: computed<string | undefined>(text),
  recorded_at: computed(timestamptz),
  withdrawn_at: computed<Date | undefined>(timestamptz),
};
export type RightsAssertionRow = RowOf<typeof listed>;

const listStatement = statement('list-rights-assertions', {
  parameters: { recording_ids: uuids, scan_id: nullable(uuid) },
  columns: listed,
});
const lockStatement = statement('lock-recording-rights', {
  parameters: { recording_id: uuid },
  columns: { locked: computed(text) },
});
const clockStatement = statement('read-clock', { parameters: {}, columns: { now: computed(timestamptz) } });
const subjectStatement = statement('find-rights-subject', {
  parameters: { recording_id: uuid, scan_id: nullable(uuid) },
  columns: { registrant_id: computed(uuid) },
});
export const countRightsAssertions = statement('count-rights-assertions', {
  parameters: { recording_id: uuid, party_id: uuid, scan_id: nullable(uuid) },
  columns: { total_count: computed(bigint), party_count: computed(bigint) },
});
export const findRightsAssertion = statement('find-rights-assertion', {
  parameters: { rights_assertion_id: uuid, recording_id: uuid },
  columns: {
    rights_assertion_id: uuid,
    party_id: uuid,
    asserted_by: uuid,
    withdrawn_at: nullable(timestamptz),
  },
});
export const withdrawRightsAssertion = statement('withdraw-rights-assertion', {
  parameters: {
    rights_assertion_id: uuid,
    withdrawn_by: nullable(uuid),
    withdrawn_at: nullable(timestamptz),
  },
  columns: { rights_assertion_id: uuid },
});
const mandateTerritoriesStatement = statement('list-mandate-territories', {
  parameters: { recording_id: uuid },
  columns: { territories_include: texts, territories_exclude: texts },
});

type Subject = { readonly recordingId: string; readonly scanId: string | undefined };

/** Who registered the recording; undefined where the caller may not speak of its rights. */
export const findRegistrant = async (on: Queryable, subject: Subject): Promise<string | undefined> =>
  (await subjectStatement.find(on, subject))?.registrantId;

/** Withdrawn ones too, oldest first; none of recordings whose rights the caller does not hear of. */
export const listRightsAssertions = (
  on: Queryable,
  which: { readonly recordingIds: readonly string[]; readonly scanId: string | undefined },
): Promise<RightsAssertionRow[]> => listStatement.all(on, which);

/** Of the mandates in force by which the caller acts for another party here. */
export const listMandateTerritories = (on: Queryable, recordingId: string) =>
  mandateTerritoriesStatement.all(on, { recordingId });

export const lockRights = (on: Queryable, recordingId: string) => lockStatement.get(on, { recordingId });
export const readClock = async (on: Queryable): Promise<Date> => (await clockStatement.get(on, {})).now;
