import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { getRecording } from '../../registry/get-recording.ts';
import { RecordingView } from '../../registry/recording-view.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getRecordingRoute(app: App, context: Context): void {
  app.get(
    '/recordings/:id',
    {
      config: { scope: 'read:recordings' },
      schema: {
        tags: ['recordings'],
        summary: 'Show a recording',
        params: Type.Object({ id: Type.String({ format: 'uuid', description: '`recording_id`' }) }),
        querystring: OnBehalfOfQuery,
        response: {
          200: { description: 'With its identifiers and references.', ...RecordingView },
          ...problems(...accessCodes, ...onBehalfCodes, 'RECORDING_NOT_FOUND'),
        },
      },
    },
    (request) =>
      getRecording(contextFor(context, request), {
        partyId: partyInView(callerOf(request)),
        recordingId: request.params.id,
      }),
  );
}
