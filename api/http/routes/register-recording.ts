import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { RegistryError } from '../../errors.ts';
import { ExternalId, RecordingMetadata } from '../../registry/recording-metadata.ts';
import { registerRecording } from '../../registry/register-recording.ts';
import { RegistrationView, viewRegistration } from '../../registry/register-recordings.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { IdempotencyHeaders } from '../idempotency-headers.ts';
import type { Metrics } from '../metrics.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { problems } from '../problem.ts';
import { uploadTimeoutMs } from '../server-options.ts';
import { readUpload } from '../upload.ts';
import { AudioPart, FingerprintPart, uploadCodes } from '../upload-form.ts';
import type { UploadGate } from '../upload-gate.ts';

const { isrc, title, artist, label, releaseDate, version } = RecordingMetadata.properties;
const RegistrationForm = Type.Object({
  external_id: ExternalId,
  isrc,
  title,
  artist,
  label,
  release_date: releaseDate,
  version,
  audio: AudioPart,
  fingerprint: FingerprintPart,
});
const fieldNames = ['external_id', 'isrc', 'title', 'artist', 'label', 'release_date', 'version'] as const;

export function registerRecordingRoute(app: App, context: Context, gate: UploadGate, metrics: Metrics): void {
  app.post(
    '/recordings',
    {
      config: { scope: 'register:recordings', takesPlace: true, form: RegistrationForm },
      handlerTimeout: uploadTimeoutMs(context.config),
      schema: {
        tags: ['recordings'],
        summary: 'Register a recording',
        description: 'With its audio, or with a fingerprint made where the audio is (`earmark fingerprint`).',
        headers: IdempotencyHeaders,
        querystring: OnBehalfOfQuery,
        response: {
          201: { description: 'Registered, and findable.', ...RegistrationView },
          200: { description: 'It was registered before.', ...RegistrationView },
          ...problems(...uploadCodes, ...registrationCodes, ...onBehalfCodes),
        },
      },
    },
    async (request, reply) => {
      using _place = gate.enter();
      const { fields, fingerprint } = await readUpload(context, request, reply, fieldNames, 'registration');
      const key = request.headers['idempotency-key'];
      const { partyId, onBehalfOf } = callerOf(request);
      const done = await registerRecording(contextFor(context, request), {
        partyId: onBehalfOf ?? partyId,
        ...(onBehalfOf === undefined ? {} : { registeredBy: partyId }),
        externalId: requireExternalId(fields),
        metadata: metadataOf(fields),
        fingerprint,
        ...(key === undefined ? {} : { idempotencyKey: key }),
      });
      metrics.registrations.inc({ outcome: done.outcome });
      reply.status(done.outcome === 'registered' ? 201 : 200);
      reply.header('location', `/v1/recordings/${done.recordingId}`);
      return viewRegistration(done);
    },
  );
}

const registrationCodes = [
  'AUDIO_SILENT',
  'AUDIO_TOO_SHORT',
  'METADATA_INVALID',
  'ISRC_INVALID',
  'RECORDING_HAS_OTHER_AUDIO',
  'OUTSIDE_MANDATE',
  'IDEMPOTENCY_KEY_REUSED',
] as const;

function requireExternalId({ external_id: given }: Readonly<Record<string, string>>): string {
  if (given !== undefined) return given;
  throw new RegistryError(
    'METADATA_INVALID',
    'external_id: expected your own id for the recording; received none.',
  );
}

function metadataOf(fields: Readonly<Record<string, string>>): RecordingMetadata {
  const { external_id: _, release_date, ...rest } = fields;
  return { ...rest, ...(release_date === undefined ? {} : { releaseDate: release_date }) };
}
