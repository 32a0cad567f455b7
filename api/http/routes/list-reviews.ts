import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { ClaimView } from '../../registry/claim-view.ts';
import { listReviews } from '../../registry/review-queue.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { ReviewFilterFields, reviewFilterOf } from '../review-filter.ts';
import { accessCodes } from '../upload-form.ts';

const Query = Type.Object(
  {
    ...PageQuery,
    ...ReviewFilterFields,
    ...OnBehalfOf,
    free: Type.Optional(Type.Boolean({ description: 'Only what no reviewer has taken.' })),
  },
  { additionalProperties: false },
);

export function listReviewsRoute(app: App, context: Context): void {
  app.get(
    '/reviews',
    {
      config: { scope: 'review:claims' },
      schema: {
        tags: ['reviews'],
        summary: 'List claims that wait for a person',
        description:
          'What is most at stake first: by action (takedown, block, monetize, track), then by territories, then by seconds.',
        querystring: Query,
        response: {
          200: { description: 'Of your party; an operator sees all.', ...PageOf('claims', ClaimView) },
          ...problems(...accessCodes, ...onBehalfCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const ask = {
        ...reviewFilterOf(request.query),
        isFree: request.query.free === true,
        ...pageAsked(request.query),
      };
      return pageAnswer('claims', await listReviews(contextFor(context, request), callerOf(request), ask));
    },
  );
}
