import type { Context } from '../../context.ts';
import { ClaimView } from '../../registry/claim-view.ts';
import { actOnClaim } from '../../registry/claims.ts';
import { callerOf, contextFor } from '../access.ts';
import { ClaimActBody, changeCodes, claimActOf } from '../claim-act.ts';
import type { App } from '../fastify-types.ts';
import { IdempotencyHeaders } from '../idempotency-headers.ts';
import { OnBehalfOfQuery } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const decisions = ['confirm', 'release', 'release_and_exclude'] as const;

export function decideReviewRoute(app: App, context: Context): void {
  app.post(
    '/reviews/:id/decide',
    {
      config: { scope: 'review:claims' },
      schema: {
        tags: ['reviews'],
        summary: 'Decide a claim under review',
        description:
          'Confirm it, release it, or release it and exclude the span that matched from the reference, which leaves every ' +
          'later match at once. Refused while another reviewer has taken it.',
        params: idParams('claim_id'),
        querystring: OnBehalfOfQuery,
        headers: IdempotencyHeaders,
        body: ClaimActBody(decisions),
        response: {
          200: { description: 'As it is now.', ...ClaimView },
          ...problems(...changeCodes, 'CLAIM_TAKEN', 'TOO_MANY_ASSERTIONS'),
        },
      },
    },
    (request) =>
      actOnClaim(
        contextFor(context, request),
        callerOf(request),
        'reviewer',
        claimActOf(request.params.id, request.body, request.headers['idempotency-key']),
      ),
  );
}
