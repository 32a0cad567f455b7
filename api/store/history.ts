/** The columns of an entry of a history, the same for claims and disputes. */
import { actorRoles } from '../rules/state-machine.ts';
import { integer, jsonb, nullable, oneOf, type RowOf, text, timestamptz, uuid } from './columns.ts';

export const historyColumns = {
  entry_number: integer,
  party_id: uuid,
  reporter_id: uuid,
  type: text,
  from_state: nullable(text),
  to_state: text,
  actor_role: oneOf(...actorRoles),
  actor_party_id: nullable(uuid),
  on_behalf_of: nullable(uuid),
  reason: text,
  detail: jsonb,
  at: timestamptz,
  deadline_at: nullable(timestamptz),
};

export type NewEvent = RowOf<typeof historyColumns>;
