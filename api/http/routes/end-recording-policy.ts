import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { endOverride } from '../../registry/policies.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function endRecordingPolicyRoute(app: App, context: Context): void {
  app.delete(
    '/recordings/:id/policy',
    {
      config: { scope: 'manage:policies' },
      schema: {
        tags: ['policies'],
        summary: 'Have your default policy apply to a recording again',
        params: idParams('recording_id'),
        response: {
          204: Type.Null({ description: 'It applies from now on.' }),
          ...problems(...accessCodes, 'RECORDING_NOT_FOUND'),
        },
      },
    },
    async (request, reply) => {
      const recordingId = request.params.id;
      await endOverride(contextFor(context, request), callerOf(request), { recordingId });
      return reply.status(204).send(null);
    },
  );
}
