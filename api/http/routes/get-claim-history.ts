import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { getClaimHistory } from '../../registry/claims.ts';
import { EventView } from '../../registry/event-history.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getClaimHistoryRoute(app: App, context: Context): void {
  app.get(
    '/claims/:id/events',
    {
      config: { scope: 'read:claims' },
      schema: {
        tags: ['claims'],
        summary: 'Show the history of a claim',
        description: 'Every change with who made it and why. Nothing of it is ever changed.',
        params: idParams('claim_id'),
        querystring: OnBehalfOfQuery,
        response: {
          200: { description: 'First entry first.', ...Type.Object({ events: Type.Array(EventView) }) },
          ...problems(...accessCodes, ...onBehalfCodes, 'CLAIM_NOT_FOUND'),
        },
      },
    },
    async (request) => ({
      events: await getClaimHistory(contextFor(context, request), {
        partyId: partyInView(callerOf(request)),
        claimId: request.params.id,
      }),
    }),
  );
}
