import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { removeRecording } from '../../registry/remove-recording.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Removal = Type.Object({
  position: Type.Integer({
    description: 'A scan with at least this `index_position` does not find it.',
    examples: [1205],
  }),
});

export function removeRecordingRoute(app: App, context: Context): void {
  app.delete(
    '/recordings/:id',
    {
      config: { scope: 'remove:recordings' },
      schema: {
        tags: ['recordings'],
        summary: 'Remove a recording',
        description:
          'Its reference goes with it, unless the reference also stands for another recording of yours.',
        params: Type.Object({ id: Type.String({ format: 'uuid', description: '`recording_id`' }) }),
        response: {
          200: { description: 'Removed; it stops matching within a second.', ...Removal },
          ...problems(...accessCodes, 'RECORDING_NOT_FOUND'),
        },
      },
    },
    (request) =>
      removeRecording(contextFor(context, request), {
        partyId: partyInView(callerOf(request)),
        recordingId: request.params.id,
      }),
  );
}
