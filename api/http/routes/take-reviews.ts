import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { ClaimView } from '../../registry/claim-view.ts';
import { defaultLeaseSeconds, maxLeaseSeconds, maxTaken, takeReviews } from '../../registry/review-queue.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { problems } from '../problem.ts';
import { ReviewFilterFields, reviewFilterOf } from '../review-filter.ts';

const Body = Type.Object(
  {
    ...ReviewFilterFields,
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: maxTaken, default: 1 })),
    lease_seconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: maxLeaseSeconds, default: defaultLeaseSeconds }),
    ),
  },
  { additionalProperties: false },
);

export function takeReviewsRoute(app: App, context: Context): void {
  app.post(
    '/reviews/take',
    {
      config: { scope: 'review:claims' },
      schema: {
        tags: ['reviews'],
        summary: 'Take claims to review',
        description:
          'Those with most at stake that nobody has taken. They are yours, by this API key, until the lease ends or you decide or return them.',
        querystring: OnBehalfOfQuery,
        body: Body,
        response: {
          200: {
            description: 'What is most at stake first; none where nothing waits.',
            ...Type.Object({ claims: Type.Array(ClaimView) }),
          },
          ...problems(...jsonCodes, ...onBehalfCodes),
        },
      },
    },
    async (request) => {
      const { count = 1, lease_seconds: leaseSeconds } = request.body;
      const ask = { ...reviewFilterOf(request.body), count, leaseSeconds };
      return { claims: await takeReviews(contextFor(context, request), callerOf(request), ask) };
    },
  );
}
