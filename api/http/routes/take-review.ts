import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { ClaimView } from '../../registry/claim-view.ts';
import { defaultLeaseSeconds, maxLeaseSeconds, takeReview } from '../../registry/review-queue.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  {
    lease_seconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: maxLeaseSeconds, default: defaultLeaseSeconds }),
    ),
  },
  { additionalProperties: false },
);

export function takeReviewRoute(app: App, context: Context): void {
  app.post(
    '/reviews/:id/take',
    {
      config: { scope: 'review:claims' },
      schema: {
        tags: ['reviews'],
        summary: 'Take one claim to review',
        description: 'Or keep one that you have taken for longer.',
        params: idParams('claim_id'),
        querystring: OnBehalfOfQuery,
        body: Body,
        response: {
          200: { description: 'Yours until `taken_until`.', ...ClaimView },
          ...problems(...jsonCodes, ...onBehalfCodes, 'CLAIM_NOT_FOUND', 'CLAIM_TAKEN', 'EVENT_NOT_ALLOWED'),
        },
      },
    },
    (request) =>
      takeReview(contextFor(context, request), callerOf(request), {
        claimId: request.params.id,
        leaseSeconds: request.body.lease_seconds,
      }),
  );
}
