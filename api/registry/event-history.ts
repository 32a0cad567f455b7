/** Entries of histories between their rows, the rules and what is shown of them. */
import { type Static, Type } from 'typebox';
import { actorRoles, type EventDetail, type HistoryEntry } from '../rules/state-machine.ts';
import type { NewEvent } from '../store/history.ts';

export type Sides = {
  /** The claimant. */
  readonly partyId: string;
  /** Who reported the upload. */
  readonly reporterId: string;
};

const nullable = <T extends Type.TSchema>(schema: T, description = '') =>
  Type.Union([schema, Type.Null()], description === '' ? {} : { description });

export const EventView = Type.Object({
  entry_number: Type.Integer({ description: 'From 1, without gaps.', examples: [1] }),
  type: Type.String({ examples: ['raise'] }),
  from: nullable(Type.String(), 'The state before; null in the first entry.'),
  to: Type.String({ examples: ['active'] }),
  actor_role: Type.Enum([...actorRoles], { examples: ['system'] }),
  actor_party_id: nullable(Type.String({ format: 'uuid' }), 'Null: the registry itself.'),
  on_behalf_of: nullable(Type.String({ format: 'uuid' }), 'For whom, by a mandate.'),
  reason: Type.String({ examples: ['The match of an upload.'] }),
  detail: Type.Record(Type.String(), Type.Unknown(), { description: 'What else was said with it.' }),
  at: Type.String({ format: 'date-time' }),
  deadline_at: nullable(Type.String({ format: 'date-time' }), 'When the state ends by itself.'),
});
export type EventView = Static<typeof EventView>;

export function rowOfEntry({ partyId, reporterId }: Sides, entry: HistoryEntry<string, string>): NewEvent {
  return {
    entryNumber: entry.entryNumber,
    partyId,
    reporterId,
    type: entry.type,
    fromState: entry.from ?? undefined,
    toState: entry.to,
    actorRole: entry.actor.role,
    actorPartyId: entry.actor.partyId ?? undefined,
    onBehalfOf: entry.actor.onBehalfOf ?? undefined,
    reason: entry.reason,
    detail: entry.detail ?? {},
    at: new Date(entry.atMs),
    deadlineAt: entry.deadlineAtMs === null ? undefined : new Date(entry.deadlineAtMs),
  };
}

/** What the rules replay. That the words are those of the machine is for `replay` to find out. */
export function entryOfRow<S extends string, E extends string>(row: NewEvent): HistoryEntry<S, E> {
  return {
    entryNumber: row.entryNumber,
    type: row.type as E,
    from: (row.fromState as S | undefined) ?? null,
    to: row.toState as S,
    actor: {
      role: row.actorRole,
      partyId: row.actorPartyId ?? null,
      onBehalfOf: row.onBehalfOf ?? null,
    },
    reason: row.reason,
    detail: row.detail as EventDetail,
    atMs: row.at.getTime(),
    deadlineAtMs: row.deadlineAt?.getTime() ?? null,
  };
}

export function describeEvent(row: NewEvent): EventView {
  return {
    entry_number: row.entryNumber,
    type: row.type,
    from: row.fromState ?? null,
    to: row.toState,
    actor_role: row.actorRole,
    actor_party_id: row.actorPartyId ?? null,
    on_behalf_of: row.onBehalfOf ?? null,
    reason: row.reason,
    detail: row.detail as Record<string, unknown>,
    at: row.at.toISOString(),
    deadline_at: row.deadlineAt?.toISOString() ?? null,
  };
}
