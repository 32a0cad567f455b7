/** A recording as it is shown: over HTTP, by `earmark show` and `earmark list`. */
import { type Static, Type } from 'typebox';
import type { RecordingRow } from '../store/recording.ts';

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const IdentifierAssertionView = Type.Object({
  isrc: Type.String({ examples: ['GBAYE9300106'] }),
  asserted_by: Type.String({
    description: 'Name of the party that asserts it.',
    examples: ['Harbour Records'],
  }),
  asserted_at: Type.String({ format: 'date-time', examples: ['2026-01-31T09:30:00.000Z'] }),
});

const ReferenceView = Type.Object({
  reference_id: Type.String({ format: 'uuid', examples: ['019c1f9e-0d5c-7a6e-9f64-2f6b3c1d8e21'] }),
  status: Type.String({ description: 'Only an active reference is matched.', examples: ['active'] }),
  eligibility: Type.String({ examples: ['claim_eligible'] }),
  duration_ms: Type.Integer({ minimum: 0, examples: [284_000] }),
  audio_sha256: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description: 'Of the audio file; claimed by the party where it sent a fingerprint instead of audio.',
    examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  }),
  parameter_version: Type.Integer({ description: 'Of the fingerprint.', examples: [1] }),
  registered_at: Type.String({ format: 'date-time', examples: ['2026-01-31T09:30:00.000Z'] }),
});

export const RecordingView = Type.Object({
  recording_id: Type.String({ format: 'uuid', examples: ['019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa'] }),
  external_id: Type.String({ examples: ['catalog-000123'] }),
  title: nullable(Type.String({ examples: ['The Great Gig in the Sky'] })),
  artist: nullable(Type.String({ examples: ['Pink Floyd'] })),
  label: nullable(Type.String({ examples: ['Harvest'] })),
  release_date: nullable(
    Type.String({ description: 'YYYY, YYYY-MM or YYYY-MM-DD.', examples: ['1973-03-01'] }),
  ),
  version: nullable(Type.String({ examples: ['2011 Remaster'] })),
  isrcs: Type.Array(IdentifierAssertionView),
  references: Type.Array(ReferenceView),
  created_at: Type.String({ format: 'date-time', examples: ['2026-01-31T09:30:00.000Z'] }),
});

export type RecordingView = Static<typeof RecordingView>;

export function describeRecording(row: RecordingRow): RecordingView {
  return {
    recording_id: row.recordingId,
    external_id: row.externalId,
    title: row.title ?? null,
    artist: row.artist ?? null,
    label: row.label ?? null,
    release_date: row.releaseDate ?? null,
    version: row.version ?? null,
    isrcs: row.identifierAssertions
      .filter((assertion) => assertion.scheme === 'isrc')
      .map(({ value, assertedBy, assertedAt }) => ({
        isrc: value,
        asserted_by: assertedBy,
        asserted_at: assertedAt.toISOString(),
      })),
    references: row.references.map((reference) => ({
      reference_id: reference.referenceId,
      status: reference.status,
      eligibility: reference.eligibility,
      duration_ms: reference.durationMs,
      audio_sha256: Buffer.from(reference.audioSha256).toString('hex'),
      parameter_version: reference.parameterVersion,
      registered_at: reference.createdAt.toISOString(),
    })),
    created_at: row.createdAt.toISOString(),
  };
}
