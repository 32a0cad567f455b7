import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import {
  RegisteredLine,
  RegistrationAnswer,
  registerRecordings,
} from '../../registry/register-recordings.ts';
import { callerOf, contextFor } from '../access.ts';
import { admitBody } from '../expect-continue.ts';
import type { App } from '../fastify-types.ts';
import type { Metrics } from '../metrics.ts';
import { sendLines } from '../ndjson-answers.ts';
import { acceptNdjson, ndjsonType, readLines } from '../ndjson-body.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { problems } from '../problem.ts';
import { uploadTimeoutMs } from '../server-options.ts';
import { accessCodes } from '../upload-form.ts';
import type { UploadGate } from '../upload-gate.ts';

/** Alone on its scope: it takes NDJSON. */
export function registerRecordingsRoute(
  app: App,
  context: Context,
  gate: UploadGate,
  metrics: Metrics,
): void {
  acceptNdjson(app);
  app.post(
    '/recordings/bulk',
    {
      config: { scope: 'register:recordings', line: RegisteredLine },
      handlerTimeout: uploadTimeoutMs(context.config),
      schema: {
        tags: ['recordings'],
        summary: 'Register many recordings',
        description:
          'By fingerprints made where the audio is. NDJSON in, NDJSON out: an answer for each line, in the order of the ' +
          'lines, once it is durable. A line that is refused ends nothing. Read while you send: who does not read is not ' +
          'read from. Sent again, a line that was taken is `unchanged`.',
        querystring: OnBehalfOfQuery,
        response: {
          200: {
            description: 'One of these a line.',
            // Not checked: the answer is a stream of them.
            content: { [ndjsonType]: { schema: Type.Unsafe<unknown>(RegistrationAnswer) } },
          },
          ...problems(...accessCodes, 'CONTENT_TYPE_UNSUPPORTED', 'POOL_FULL', ...onBehalfCodes),
        },
      },
    },
    async (request, reply) => {
      const place = gate.enter();
      admitBody(request.raw, reply.raw);
      const { partyId, onBehalfOf } = callerOf(request);
      const lines = readLines(request.raw, context.config.maxPauseMs);
      const whose = onBehalfOf === undefined ? { partyId } : { partyId: onBehalfOf, registeredBy: partyId };
      async function* counted() {
        for await (const answer of registerRecordings(contextFor(context, request), whose, lines)) {
          if (answer.outcome !== 'refused') metrics.registrations.inc({ outcome: answer.outcome });
          yield answer;
        }
      }
      return sendLines(request, reply, counted(), place);
    },
  );
}
