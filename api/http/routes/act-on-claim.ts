import type { Context } from '../../context.ts';
import { ClaimView } from '../../registry/claim-view.ts';
import { actOnClaim, claimantEvents } from '../../registry/claims.ts';
import { callerOf, contextFor } from '../access.ts';
import { ClaimActBody, changeCodes, claimActOf } from '../claim-act.ts';
import type { App } from '../fastify-types.ts';
import { IdempotencyHeaders } from '../idempotency-headers.ts';
import { OnBehalfOfQuery } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

export function actOnClaimRoute(app: App, context: Context): void {
  app.post(
    '/claims/:id/events',
    {
      config: { scope: 'manage:claims' },
      schema: {
        tags: ['claims'],
        summary: 'Act on a claim of yours',
        description:
          'Confirm a potential one, reinstate a disputed one, take down on a notice, release it, or send it back to review. ' +
          'Which is possible when, the state says.',
        params: idParams('claim_id'),
        querystring: OnBehalfOfQuery,
        headers: IdempotencyHeaders,
        body: ClaimActBody(claimantEvents),
        response: {
          200: { description: 'As it is now.', ...ClaimView },
          ...problems(...changeCodes, 'TOO_MANY_ASSERTIONS'),
        },
      },
    },
    (request) =>
      actOnClaim(
        contextFor(context, request),
        callerOf(request),
        'claimant',
        claimActOf(request.params.id, request.body, request.headers['idempotency-key']),
      ),
  );
}
