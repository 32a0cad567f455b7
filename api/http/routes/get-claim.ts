import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { ClaimView } from '../../registry/claim-view.ts';
import { getClaim } from '../../registry/claims.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getClaimRoute(app: App, context: Context): void {
  app.get(
    '/claims/:id',
    {
      config: { scope: 'read:claims' },
      schema: {
        tags: ['claims'],
        summary: 'Show a claim',
        description: 'To its claimant and to who reported the upload.',
        params: idParams('claim_id'),
        querystring: OnBehalfOfQuery,
        response: {
          200: { description: 'As it is now.', ...ClaimView },
          ...problems(...accessCodes, ...onBehalfCodes, 'CLAIM_NOT_FOUND'),
        },
      },
    },
    (request) =>
      getClaim(contextFor(context, request), {
        partyId: partyInView(callerOf(request)),
        claimId: request.params.id,
      }),
  );
}
