/** Which recordings are said to have an identifier: one look into an index, whatever the scheme. */
import { type Static, Type } from 'typebox';
import type { Scoped } from '../context.ts';
import { type IdentifierScheme, identifiedBy, identifierSchemes } from '../rules/identifiers.ts';
import type { Caller } from './caller.ts';
import { readIdentifier } from './read-identifier.ts';

/** A release with more tracks than this is none; for other schemes more say nothing. */
const maxFound = 200;

const nullable = (examples: string[]) => Type.Union([Type.String({ examples }), Type.Null()]);

export const IdentifiedView = Type.Object({
  scheme: Type.Enum([...identifierSchemes]),
  value: Type.String({ description: 'As it is kept.', examples: ['GBAYE9300106'] }),
  recordings: Type.Array(
    Type.Object({
      recording_id: Type.String({ format: 'uuid' }),
      external_id: Type.String({ examples: ['catalog-000123'] }),
      title: nullable(['The Great Gig in the Sky']),
      artist: nullable(['Pink Floyd']),
      identifier_assertion_id: Type.String({ format: 'uuid' }),
      asserted_by: Type.String({ description: 'Name of the party.', examples: ['Harbour Records'] }),
      asserted_at: Type.String({ format: 'date-time' }),
      delivery: nullable(['ERN 2026-01-31 0007']),
    }),
    { description: `Oldest first, one for each party that says so, at most ${maxFound}.` },
  ),
  other_parties: Type.Integer({
    description:
      'How many other parties say so of a recording of theirs; not which. 0 where it names no recording.',
  }),
});
export type IdentifiedView = Static<typeof IdentifiedView>;

/** `partyId` undefined: of everybody's. Throws ISRC_INVALID, IDENTIFIER_INVALID. */
export async function findByIdentifier(
  context: Scoped,
  caller: Caller,
  asked: {
    readonly scheme: IdentifierScheme;
    readonly value: string;
    readonly partyId: string | undefined;
  },
): Promise<IdentifiedView> {
  const { scheme, partyId } = asked;
  const value = readIdentifier(scheme, asked.value);
  const rows = await context.store.findRecordingsByIdentifier({ scheme, value, partyId, limit: maxFound });
  const own = partyId ?? caller.partyId;
  // Only to whoever says so itself: else anybody could ask what is registered here.
  const isTheirs = identifiedBy(scheme) === 'recording' && rows.some((row) => row.partyId === own);
  const otherParties = isTheirs
    ? await context.store.countPartiesAsserting({ partyId: own, scheme, value })
    : 0;
  return {
    scheme,
    value,
    recordings: rows.map((row) => ({
      recording_id: row.recordingId,
      external_id: row.externalId,
      title: row.title ?? null,
      artist: row.artist ?? null,
      identifier_assertion_id: row.identifierAssertionId,
      asserted_by: row.assertedBy,
      asserted_at: row.assertedAt.toISOString(),
      delivery: row.delivery ?? null,
    })),
    other_parties: otherParties,
  };
}
