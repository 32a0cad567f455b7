import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { DisputeWithHistory, getDispute } from '../../registry/disputes.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getDisputeRoute(app: App, context: Context): void {
  app.get(
    '/disputes/:id',
    {
      config: { scope: 'read:claims' },
      schema: {
        tags: ['disputes'],
        summary: 'Show a dispute',
        description: 'With everything that both sides did and said.',
        params: idParams('dispute_id'),
        querystring: OnBehalfOfQuery,
        response: {
          200: { description: 'As it is now.', ...DisputeWithHistory },
          ...problems(...accessCodes, ...onBehalfCodes, 'DISPUTE_NOT_FOUND'),
        },
      },
    },
    (request) =>
      getDispute(contextFor(context, request), {
        partyId: partyInView(callerOf(request)),
        disputeId: request.params.id,
      }),
  );
}
