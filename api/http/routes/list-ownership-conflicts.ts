import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { OwnershipConflictView } from '../../registry/ownership-conflict-view.ts';
import { listConflicts } from '../../registry/ownership-conflicts.ts';
import { contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Query = Type.Object(
  {
    ...PageQuery,
    ...OnBehalfOf,
    state: Type.Optional(Type.Enum(['open', 'resolved'], { description: 'Both, where it is not said.' })),
    recording_id: Type.Optional(Type.String({ format: 'uuid', description: 'Only of this recording.' })),
  },
  { additionalProperties: false },
);

export function listOwnershipConflictsRoute(app: App, context: Context): void {
  app.get(
    '/ownership-conflicts',
    {
      config: { scope: 'read:rights' },
      schema: {
        tags: ['rights'],
        summary: 'List ownership conflicts',
        description:
          'Those that your assertions are in, that are about your recordings, or that you are to decide; an operator sees all.',
        querystring: Query,
        response: {
          200: {
            description: 'In the order they were found in.',
            ...PageOf('ownership_conflicts', OwnershipConflictView),
          },
          ...problems(...accessCodes, ...onBehalfCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const { state, recording_id: recordingId } = request.query;
      const ask = { state, recordingId, ...pageAsked(request.query) };
      return pageAnswer('ownership_conflicts', await listConflicts(contextFor(context, request), ask));
    },
  );
}
