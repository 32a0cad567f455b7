import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { LineAnswer, SubmittedLine, submitUploads } from '../../registry/submit-uploads.ts';
import { callerOf, contextFor } from '../access.ts';
import { admitBody } from '../expect-continue.ts';
import type { App } from '../fastify-types.ts';
import { sendLines } from '../ndjson-answers.ts';
import { acceptNdjson, ndjsonType, readLines } from '../ndjson-body.ts';
import { problems } from '../problem.ts';
import { uploadTimeoutMs } from '../server-options.ts';
import { accessCodes } from '../upload-form.ts';
import type { UploadGate } from '../upload-gate.ts';

/** Alone on its scope: it is the only one that takes NDJSON. */
export function submitUploadsRoute(app: App, context: Context, gate: UploadGate): void {
  acceptNdjson(app);
  app.post(
    '/submissions/bulk',
    {
      config: { scope: 'submit:uploads', takesPlace: true, line: SubmittedLine },
      handlerTimeout: uploadTimeoutMs(context.config),
      schema: {
        tags: ['submissions'],
        summary: 'Report many uploads',
        description:
          'NDJSON in, NDJSON out: an answer for each line, in the order of the lines. A line that is refused ends nothing. ' +
          'Read while you send: who does not read is not read from. Sent again, a line that was taken is `unchanged`.',
        response: {
          200: {
            description: 'One of these a line.',
            // Not checked: the answer is a stream of them.
            content: { [ndjsonType]: { schema: Type.Unsafe<unknown>(LineAnswer) } },
          },
          ...problems(...accessCodes, 'CONTENT_TYPE_UNSUPPORTED', 'POOL_FULL'),
        },
      },
    },
    async (request, reply) => {
      const place = gate.enter();
      admitBody(request.raw, reply.raw);
      const { partyId } = callerOf(request);
      const lines = readLines(request.raw, context.config.maxPauseMs);
      return sendLines(request, reply, submitUploads(contextFor(context, request), partyId, lines), place);
    },
  );
}
