import type { Context } from '../../context.ts';
import { OwnershipConflictView } from '../../registry/ownership-conflict-view.ts';
import { getConflict } from '../../registry/ownership-conflicts.ts';
import { contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getOwnershipConflictRoute(app: App, context: Context): void {
  app.get(
    '/ownership-conflicts/:id',
    {
      config: { scope: 'read:rights' },
      schema: {
        tags: ['rights'],
        summary: 'Show an ownership conflict',
        params: idParams('ownership_conflict_id'),
        querystring: OnBehalfOfQuery,
        response: {
          200: { description: 'To all sides alike.', ...OwnershipConflictView },
          ...problems(...accessCodes, ...onBehalfCodes, 'CONFLICT_NOT_FOUND'),
        },
      },
    },
    (request) => getConflict(contextFor(context, request), request.params.id),
  );
}
