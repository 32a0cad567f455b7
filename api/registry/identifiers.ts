/**
 * What is asserted about a recording, by whom and when. An assertion is never changed, only withdrawn, and stays to be
 * read. Where assertions are at odds, both sides hear of it, and none is taken for the better one.
 */
import { type Static, Type } from 'typebox';
import { validate as isUuid, v7 as uuidv7 } from 'uuid';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import { identifierConflicts } from '../rules/identifier-conflict.ts';
import { type IdentifierScheme, identifiedBy, identifierSchemes } from '../rules/identifiers.ts';
import type { ToldAssertionRow } from '../store/identifier-assertion.ts';
import { type Caller, isOperator, partyInView } from './caller.ts';
import { getRecording, noRecording } from './get-recording.ts';
import { readIdentifier } from './read-identifier.ts';

/** Ever, withdrawn ones too: more is a delivery gone wrong. */
const maxAssertionsPerRecording = 500;

const nullable = <T extends Type.TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });
const time = Type.String({ format: 'date-time' });

const AssertionView = Type.Object({
  identifier_assertion_id: Type.String({ format: 'uuid' }),
  scheme: Type.Enum([...identifierSchemes], { examples: ['isrc'] }),
  value: Type.String({ examples: ['GBAYE9300106'] }),
  asserted_by: Type.String({ description: 'Name of the party.', examples: ['Harbour Records'] }),
  on_behalf_of: nullable(Type.String(), 'Name of the party in whose name it was said, by a mandate.'),
  delivery: nullable(Type.String(), 'The delivery that said so.'),
  asserted_at: time,
  withdrawn_by: nullable(Type.String(), 'Name of the party.'),
  withdrawn_at: nullable(time, 'When it was withdrawn; it counts no longer, and stays to be read.'),
});

const ConflictView = Type.Object({
  kind: Type.Enum(['several_values', 'asserted_elsewhere'], {
    description:
      'several_values: the scheme names one recording, and this one has several. asserted_elsewhere: recordings of other ' +
      'parties have the same.',
  }),
  scheme: Type.Enum([...identifierSchemes]),
  values: Type.Array(Type.String(), { examples: [['GBAYE9300106', 'GBAYE7300007']] }),
  other_parties: Type.Integer({ description: 'How many other parties assert it; not which.', examples: [1] }),
});

export const IdentifiersView = Type.Object({
  identifiers: Type.Array(AssertionView, { description: 'Oldest first.' }),
  conflicts: Type.Array(ConflictView, { description: 'Between assertions that are not withdrawn.' }),
});
export type IdentifiersView = Static<typeof IdentifiersView>;

/** Throws RECORDING_NOT_FOUND. */
export async function listIdentifiers(
  context: Scoped,
  which: { readonly partyId: string | undefined; readonly recordingId: string },
): Promise<IdentifiersView> {
  const { recording_id } = await getRecording(context, which);
  const rows = await context.store.listRecordingIdentifiers(recording_id);
  return { identifiers: rows.map(describe), conflicts: conflictsIn(recording_id, rows) };
}

/** Saying the same again changes nothing. Throws RECORDING_NOT_FOUND, ISRC_INVALID, IDENTIFIER_INVALID, LIMIT_REACHED. */
export async function assertIdentifier(
  context: Scoped,
  caller: Caller,
  said: {
    readonly recordingId: string;
    readonly scheme: IdentifierScheme;
    readonly value: string;
    readonly delivery?: string | undefined;
  },
): Promise<{ readonly isNew: boolean; readonly view: IdentifiersView }> {
  const { recordingId, scheme } = said;
  const value = readIdentifier(scheme, said.value);
  const which = { partyId: partyInView(caller), recordingId };
  await getRecording(context, which);
  const outcome = await context.store.assertIdentifier({
    identifierAssertionId: uuidv7(),
    recordingId,
    assertedBy: caller.partyId,
    onBehalfOf: caller.onBehalfOf,
    scheme,
    value,
    delivery: said.delivery,
    maxPerRecording: maxAssertionsPerRecording,
  });
  if (outcome === 'no_recording') throw noRecording(recordingId);
  if (outcome === 'too_many') {
    throw new RegistryError(
      'LIMIT_REACHED',
      `Expected at most ${maxAssertionsPerRecording} assertions about one recording, withdrawn ones too.`,
    );
  }
  return { isNew: outcome === 'asserted', view: await listIdentifiers(context, which) };
}

/** By who said it, in whose name it was said, or an operator. Throws RECORDING_NOT_FOUND, IDENTIFIER_NOT_FOUND, IDENTIFIER_NOT_YOURS. */
export async function withdrawIdentifier(
  context: Scoped,
  caller: Caller,
  which: { readonly recordingId: string; readonly identifierAssertionId: string },
): Promise<IdentifiersView> {
  const { recordingId, identifierAssertionId } = which;
  const recording = { partyId: partyInView(caller), recordingId };
  await getRecording(context, recording);
  const outcome = isUuid(identifierAssertionId)
    ? await context.store.withdrawIdentifier({
        ...which,
        withdrawnBy: caller.partyId,
        isOperator: isOperator(caller),
      })
    : 'not_found';
  if (outcome === 'withdrawn') return listIdentifiers(context, recording);
  throw outcome === 'not_theirs'
    ? new RegistryError(
        'IDENTIFIER_NOT_YOURS',
        'An assertion is withdrawn by who made it, or by an operator.',
      )
    : new RegistryError(
        'IDENTIFIER_NOT_FOUND',
        `There is no assertion ${JSON.stringify(identifierAssertionId.slice(0, 60))} about this recording.`,
      );
}

/** Of this recording by the rules; whether other parties' recordings have the same is all that is known of those. */
function conflictsIn(subjectId: string, rows: readonly ToldAssertionRow[]): IdentifiersView['conflicts'] {
  const inForce = rows.filter((row) => row.withdrawnAt === undefined);
  const assertions = inForce.map((row) => ({
    assertionId: row.identifierAssertionId,
    subjectId,
    scheme: row.scheme,
    value: row.value,
    assertedBy: row.assertedBy,
    recordedAtMs: row.assertedAt.getTime(),
    withdrawnAtMs: null,
  }));
  const several = identifierConflicts(assertions, Number.POSITIVE_INFINITY).map(({ scheme, assertions }) => ({
    kind: 'several_values' as const,
    scheme,
    values: [...new Set(assertions.map(({ value }) => value))],
    other_parties: 0,
  }));
  const shared = new Map(
    inForce
      .filter((row) => identifiedBy(row.scheme) === 'recording' && row.partiesElsewhere > 0)
      .map(({ scheme, value, partiesElsewhere }) => [
        value,
        { kind: 'asserted_elsewhere' as const, scheme, values: [value], other_parties: partiesElsewhere },
      ]),
  );
  return [...several, ...shared.values()];
}

function describe(row: ToldAssertionRow): Static<typeof AssertionView> {
  return {
    identifier_assertion_id: row.identifierAssertionId,
    scheme: row.scheme,
    value: row.value,
    asserted_by: row.assertedBy,
    on_behalf_of: row.onBehalfOf ?? null,
    delivery: row.delivery ?? null,
    asserted_at: row.assertedAt.toISOString(),
    withdrawn_by: row.withdrawnBy ?? null,
    withdrawn_at: row.withdrawnAt?.toISOString() ?? null,
  };
}
