import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { SubmissionView } from '../../registry/submission-view.ts';
import { ReportedUpload, reportedFields, submitUpload } from '../../registry/submit-upload.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { problems } from '../problem.ts';
import { uploadTimeoutMs } from '../server-options.ts';
import { readUpload } from '../upload.ts';
import { AudioPart, FingerprintPart, uploadCodes } from '../upload-form.ts';
import type { UploadGate } from '../upload-gate.ts';

const SubmissionForm = Type.Object({
  ...ReportedUpload.properties,
  audio: AudioPart,
  fingerprint: FingerprintPart,
});

export function submitUploadRoute(app: App, context: Context, gate: UploadGate): void {
  app.post(
    '/submissions',
    {
      config: { scope: 'submit:uploads', takesPlace: true, form: SubmissionForm },
      handlerTimeout: uploadTimeoutMs(context.config),
      schema: {
        tags: ['submissions'],
        summary: 'Report an upload',
        description:
          'It is scanned, and what is found in it is claimed for its owners as their policies say. The same `platform` and ' +
          '`external_id` again are the same submission.',
        response: {
          201: { description: 'What was found, and what follows in each territory.', ...SubmissionView },
          200: { description: 'It was reported before: as it is now.', ...SubmissionView },
          ...problems(
            ...uploadCodes,
            'SUBMISSION_INVALID',
            'SUBMISSION_HAS_OTHER_AUDIO',
            'INDEX_NOT_READY',
            'TOO_MANY_ASSERTIONS',
          ),
        },
      },
    },
    async (request, reply) => {
      using _place = gate.enter();
      const { fields, fingerprint } = await readUpload(context, request, reply, reportedFields, 'search');
      const { partyId } = callerOf(request);
      const submitted = await submitUpload(contextFor(context, request), {
        partyId,
        upload: fields,
        fingerprint,
      });
      reply.status(submitted.isNew ? 201 : 200);
      reply.header('location', `/v1/submissions/${submitted.view.submission_id}`);
      return submitted.view;
    },
  );
}
