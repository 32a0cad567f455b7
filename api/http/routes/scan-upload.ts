import { Type } from 'typebox';
import { transformSets } from '../../../workers/protocol.ts';
import type { Context } from '../../context.ts';
import { RegistryError } from '../../errors.ts';
import { ScanAnswer } from '../../registry/scan-answer.ts';
import { scanUpload } from '../../registry/scan-upload.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import type { Metrics } from '../metrics.ts';
import { problems } from '../problem.ts';
import { uploadTimeoutMs } from '../server-options.ts';
import { readUpload } from '../upload.ts';
import { AudioPart, FingerprintPart, uploadCodes } from '../upload-form.ts';
import type { UploadGate } from '../upload-gate.ts';

/** A form has text only. */
const switchValues = ['true', 'false'] as const;

const ScanForm = Type.Object({
  external_id: Type.Optional(
    Type.String({
      description: 'Your own id for the upload; comes back in the answer.',
      examples: ['upload-77'],
    }),
  ),
  transforms: Type.Optional(
    Type.Enum([...transformSets], {
      description: 'Alterations to look for; `all` where it is not said. Fewer cost less time.',
      examples: ['common'],
    }),
  ),
  alternatives: Type.Optional(
    Type.Enum([...switchValues], {
      description:
        'Whether to say of each segment where else in the same recording it agrees; `false` where it is not said.',
      examples: ['true'],
    }),
  ),
  audio: AudioPart,
  fingerprint: FingerprintPart,
});

export function scanUploadRoute(app: App, context: Context, gate: UploadGate, metrics: Metrics): void {
  app.post(
    '/scans',
    {
      config: { scope: 'scan:uploads', takesPlace: true, form: ScanForm },
      handlerTimeout: uploadTimeoutMs(context.config),
      schema: {
        tags: ['scans'],
        summary: 'Scan an upload',
        description:
          'Which seconds of it are which recording. Searches everything registered when the scan begins, or refuses.',
        response: {
          200: { description: 'No match is an answer too.', ...ScanAnswer },
          ...problems(...uploadCodes, 'METADATA_INVALID', 'INDEX_NOT_READY'),
        },
      },
    },
    async (request, reply) => {
      using _place = gate.enter();
      const { fields, fingerprint } = await readUpload(
        context,
        request,
        reply,
        ['external_id', 'transforms', 'alternatives'],
        'search',
      );
      const {
        external_id: externalId,
        transforms: askedTransforms,
        alternatives: askedAlternatives,
      } = fields;
      const transforms = readOneOf(transformSets, 'transforms', askedTransforms);
      const alternatives = readOneOf(switchValues, 'alternatives', askedAlternatives);
      const answer = await scanUpload(contextFor(context, request), {
        partyId: callerOf(request).partyId,
        fingerprint,
        alternatives: alternatives === 'true',
        ...(transforms === undefined ? {} : { transforms }),
        ...(externalId === undefined ? {} : { externalId }),
      });
      metrics.scans.inc({ outcome: answer.matches.length > 0 ? 'matched' : 'empty' });
      return answer;
    },
  );
}

function readOneOf<T extends string>(
  expected: readonly T[],
  name: string,
  given: string | undefined,
): T | undefined {
  const known = expected.find((value) => value === given);
  if (given === undefined || known !== undefined) return known;
  throw new RegistryError(
    'UPLOAD_INVALID',
    `${name} is one of ${expected.join(', ')}; received ${JSON.stringify(given)}.`,
  );
}
