import type { Context } from '../../context.ts';
import { ClaimView } from '../../registry/claim-view.ts';
import { returnReview } from '../../registry/review-queue.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function returnReviewRoute(app: App, context: Context): void {
  app.post(
    '/reviews/:id/return',
    {
      config: { scope: 'review:claims' },
      schema: {
        tags: ['reviews'],
        summary: 'Give a claim back',
        description: 'So that another reviewer may take it. What you have not taken stays as it is.',
        params: idParams('claim_id'),
        querystring: OnBehalfOfQuery,
        response: {
          200: { description: 'As it is now.', ...ClaimView },
          ...problems(...accessCodes, ...onBehalfCodes, 'CLAIM_NOT_FOUND'),
        },
      },
    },
    (request) =>
      returnReview(contextFor(context, request), callerOf(request), { claimId: request.params.id }),
  );
}
