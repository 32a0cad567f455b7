import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { RetroscanView } from '../../registry/retroscan-view.ts';
import { requestRetroscan } from '../../registry/retroscans.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  {
    recording_id: Type.String({ format: 'uuid', description: 'Whose references are looked for.' }),
    thorough: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Scan every submission for it. That finds what is buried under speech, noise or other music, which a quick ' +
          'look may miss, and takes hours where there are many.',
      }),
    ),
  },
  { additionalProperties: false },
);

export function requestRetroscanRoute(app: App, context: Context): void {
  app.post(
    '/retroscans',
    {
      config: { scope: 'manage:claims' },
      schema: {
        tags: ['retroscans'],
        summary: 'Look for a recording in past submissions again',
        description:
          'Done by itself when a recording is registered and when rights in it are asserted; ask for it where something ' +
          'else has changed, such as a policy, or for a thorough one. Claims that there are stay as they are. One that ' +
          'waits stands for both, and is thorough where either is.',
        body: Body,
        response: {
          202: {
            description:
              'The retroscans that will do it: those that wait for their turn anyway, or new ones.',
            ...Type.Object({ retroscans: Type.Array(RetroscanView) }),
          },
          ...problems(...jsonCodes, 'RECORDING_NOT_FOUND', 'LIMIT_REACHED'),
        },
      },
    },
    async (request, reply) => {
      const retroscans = await requestRetroscan(contextFor(context, request), {
        partyId: partyInView(callerOf(request)),
        recordingId: request.body.recording_id,
        isThorough: request.body.thorough ?? false,
      });
      reply.status(202);
      return { retroscans };
    },
  );
}
