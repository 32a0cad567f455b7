import {
  bigint,
  boolean,
  computed,
  nullable,
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

export const mandateCatalogs = ['all', 'label', 'recordings'] as const;
export type MandateCatalog = (typeof mandateCatalogs)[number];

/** What the authorised party does for the other: all that an administrator does, or looking only. */
export const mandatePurposes = ['administer', 'audit'] as const;
export type MandatePurpose = (typeof mandatePurposes)[number];

const terms = {
  purpose: oneOf(...mandatePurposes),
  catalog: oneOf(...mandateCatalogs),
  labels: texts,
  recording_ids: uuids,
  external_ids: texts,
  territories_include: texts,
  territories_exclude: texts,
  valid_from: timestamptz,
  valid_until: nullable(timestamptz),
  evidence: text,
};
const inserted = { mandate_id: uuid, party_id: uuid, administrator_id: uuid, ...terms, created_by: uuid };
const listed = {
  mandate_id: uuid,
  party_id: uuid,
  party_name: computed(text),
  administrator_id: uuid,
  administrator_name: computed(text),
  ...terms,
  created_at: timestamptz,
  revoked_at: nullable(timestamptz),
  revoked_by: computed<string | undefined>(text),
};
export type MandateRow = RowOf<typeof listed>;
export type NewMandate = RowOf<typeof inserted>;

const insertStatement = statement('insert-mandate', { parameters: inserted });
const lockStatement = statement('lock-party-mandates', {
  parameters: { party_id: uuid },
  columns: { locked: computed(text) },
});
const countStatement = statement('count-party-mandates', {
  parameters: { party_id: uuid },
  columns: { count: computed(bigint) },
});
const findStatement = statement('find-mandate', { parameters: { mandate_id: uuid }, columns: listed });
const listStatement = statement('list-mandates', {
  parameters: { party_id: nullable(uuid), after_mandate_id: nullable(uuid), limit: bigint },
  columns: listed,
});
const revokeStatement = statement('revoke-mandate', {
  parameters: { mandate_id: uuid, revoked_by: uuid },
  columns: { mandate_id: uuid },
});
const mayActStatement = statement('may-act', { parameters: {}, columns: { may_act: computed(boolean) } });

/** Undefined, and nothing done, where the party has so many mandates that have not ended. */
export const insertMandate = (
  connections: Connections,
  { maxInForce, ...mandate }: NewMandate & { readonly maxInForce: number },
): Promise<MandateRow | undefined> =>
  connections.transaction(async (on) => {
    await lockStatement.get(on, mandate);
    if ((await countStatement.get(on, mandate)).count >= maxInForce) return undefined;
    await insertStatement.all(on, mandate);
    return await findStatement.get(on, mandate);
  });

export const findMandate = (on: Queryable, mandateId: string): Promise<MandateRow | undefined> =>
  findStatement.find(on, { mandateId });

/** In the order they were made in. */
export const listMandates = (
  on: Queryable,
  page: {
    readonly partyId: string | undefined;
    readonly afterMandateId: string | undefined;
    readonly limit: number;
  },
): Promise<MandateRow[]> => listStatement.all(on, page);

/** Revoking again changes nothing. Undefined where there is no such mandate. */
export const revokeMandate = (
  connections: Connections,
  which: { readonly mandateId: string; readonly revokedBy: string },
): Promise<MandateRow | undefined> =>
  connections.transaction(async (on) => {
    await revokeStatement.find(on, which);
    return await findStatement.find(on, which);
  });

/** Whether an administrator may act for the party of its session, in any part of a catalog. */
export const mayAct = async (on: Queryable): Promise<boolean> => (await mayActStatement.get(on, {})).mayAct;
