import { type Static, Type } from 'typebox';
import { type RetroscanRow, retroscanCauses, retroscanStates } from '../store/retroscan.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });
const instant = () => Type.String({ format: 'date-time' });

export const RetroscanView = Type.Object({
  retroscan_id: Type.String({ format: 'uuid' }),
  party_id: Type.String({ format: 'uuid', description: 'Whose the reference is.' }),
  reference_id: Type.String({ format: 'uuid', description: 'What is looked for in past submissions.' }),
  cause: Type.Enum([...retroscanCauses], {
    description:
      'The reference became active, stands for one recording more, rights in its recording were asserted, an excluded span was put back, or somebody asked, which goes before the others.',
  }),
  thorough: Type.Boolean({
    description:
      'Every submission is scanned, and not only those that a quick look says may hold the reference.',
  }),
  state: Type.Enum([...retroscanStates]),
  submissions: Type.Object(
    {
      checked: count('Looked through so far.'),
      total: count('To be looked through; 0 before it begins.'),
    },
    { description: 'Past submissions whose fingerprints are kept.' },
  ),
  scanned: count(
    'Submissions that were scanned again: those that may hold the reference, or, in a thorough one, all.',
  ),
  matches: count('Found, and not known before.'),
  claims: count('Raised by them.'),
  failure: Type.Union([Type.String(), Type.Null()], {
    description: 'Why it failed, or came no further at its last attempt.',
  }),
  requested_at: instant(),
  started_at: Type.Union([instant(), Type.Null()]),
  ended_at: Type.Union([instant(), Type.Null()]),
});
export type RetroscanView = Static<typeof RetroscanView>;

export const RetroscanCounts = Type.Record(Type.Enum([...retroscanStates]), Type.Integer({ minimum: 0 }), {
  description: 'How many there are in each state, whatever is listed. On the first page.',
});

export function describeRetroscan(row: RetroscanRow): RetroscanView {
  return {
    retroscan_id: row.retroscanId,
    party_id: row.partyId,
    reference_id: row.referenceId,
    cause: row.cause,
    thorough: row.isThorough,
    state: row.state,
    submissions: {
      checked: row.checkedPosition - row.beginPosition,
      total: row.untilPosition - row.beginPosition,
    },
    scanned: row.scannedCount,
    matches: row.matchCount,
    claims: row.claimCount,
    failure: row.failure ?? null,
    requested_at: row.requestedAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    ended_at: row.endedAt?.toISOString() ?? null,
  };
}
