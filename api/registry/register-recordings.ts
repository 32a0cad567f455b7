/** Many registrations in one stream, a line each, by fingerprints made where the audio is. */
import { type Static, Type } from 'typebox';
import type { Context, Scoped } from '../context.ts';
import { answerLines, type GivenLine, lineFields, readLine } from './answer-lines.ts';
import { ExternalId, RecordingMetadata } from './recording-metadata.ts';
import { type Registration, registerRecording } from './register-recording.ts';

/** Of one stream. The store commits together what comes meanwhile (`registration-line.ts`): with fewer, it waits oftener. */
const maxInFlight = 64;

/**
 * How long after its acknowledgement the index of this process may be without a recording before the stream is held until
 * it is in: registered is found soon also where there is less processor time than the sender would fill.
 */
const maxLagMs = 500;

const { releaseDate, ...metadata } = RecordingMetadata.properties;

export const RegisteredLine = Type.Object(
  {
    external_id: ExternalId,
    ...metadata,
    release_date: releaseDate,
    fingerprint: Type.String({ description: 'A fingerprint file (`.earmark`) in base64.', minLength: 1 }),
  },
  { additionalProperties: false },
);

/** A registration as it is answered. */
export const RegistrationView = Type.Object({
  recording_id: Type.String({ format: 'uuid', examples: ['019c1f9e-0d5b-7c11-8a52-6a1de3b3f0aa'] }),
  reference_id: Type.String({ format: 'uuid', examples: ['019c1f9e-0d5c-7a6e-9f64-2f6b3c1d8e21'] }),
  external_id: Type.String({ examples: ['catalog-000123'] }),
  outcome: Type.Enum(['registered', 'unchanged', 'updated'], {
    description: 'unchanged: it was there with this audio; updated: and the metadata was other.',
  }),
  position: Type.Integer({
    description: 'A scan with at least this `index_position` has searched it.',
    examples: [1204],
  }),
  duration_ms: Type.Integer({ examples: [284_000] }),
});
export type RegistrationView = Static<typeof RegistrationView>;

export const RegistrationAnswer = Type.Object({
  ...lineFields,
  outcome: Type.Enum(['registered', 'unchanged', 'updated', 'refused']),
  recording: Type.Optional(RegistrationView),
});
export type RegistrationAnswer = Static<typeof RegistrationAnswer>;

export function registerRecordings(
  context: Scoped<Context>,
  whose: Pick<Registration, 'partyId' | 'registeredBy'>,
  lines: AsyncIterable<GivenLine>,
): AsyncGenerator<RegistrationAnswer> {
  const lag = openLag(context.index);
  return answerLines<RegistrationAnswer>(lines, maxInFlight, async (line) => {
    await lag.wait();
    const given = readLine(RegisteredLine, line, { code: 'METADATA_INVALID', what: 'registration' });
    const { external_id: externalId, release_date, fingerprint, ...said } = given;
    const recording = await registerRecording(context, {
      ...whose,
      externalId,
      metadata: { ...said, ...(release_date === undefined ? {} : { releaseDate: release_date }) },
      fingerprint: Buffer.from(fingerprint, 'base64'),
    });
    lag.note(recording.position);
    return { line: line.number, outcome: recording.outcome, recording: viewRegistration(recording) };
  });
}

function openLag(index: Context['index']) {
  /** The first position acknowledged that the index did not have then. */
  let first: { readonly position: number; readonly at: number } | undefined;
  return {
    note(position: number): void {
      if (first === undefined || index.position() >= first.position)
        first = { position, at: performance.now() };
    },
    async wait(): Promise<void> {
      // An index that cannot follow, or is being built anew, holds nobody up.
      if (first === undefined || !index.ready() || index.position() >= first.position) return;
      if (performance.now() - first.at < maxLagMs) return;
      await index.catchUp(first.position).catch(() => undefined);
    },
  };
}

export function viewRegistration(done: Awaited<ReturnType<typeof registerRecording>>): RegistrationView {
  return {
    recording_id: done.recordingId,
    reference_id: done.referenceId,
    external_id: done.externalId,
    outcome: done.outcome,
    position: done.position,
    duration_ms: done.durationMs,
  };
}
