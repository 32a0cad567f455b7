import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { RetroscanView } from '../../registry/retroscan-view.ts';
import { getRetroscan } from '../../registry/retroscans.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getRetroscanRoute(app: App, context: Context): void {
  app.get(
    '/retroscans/:id',
    {
      config: { scope: 'read:claims' },
      schema: {
        tags: ['retroscans'],
        summary: 'Show how far a retroscan is',
        params: idParams('retroscan_id'),
        response: {
          200: { description: 'To whose reference it is for, and to an operator.', ...RetroscanView },
          ...problems(...accessCodes, 'RETROSCAN_NOT_FOUND'),
        },
      },
    },
    (request) =>
      getRetroscan(contextFor(context, request), {
        partyId: partyInView(callerOf(request)),
        retroscanId: request.params.id,
      }),
  );
}
