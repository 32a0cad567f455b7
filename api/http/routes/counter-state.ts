import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { counterState, DisputeWithHistory } from '../../registry/disputes.ts';
import { callerOf, contextFor } from '../access.ts';
import { changeCodes } from '../claim-act.ts';
import { Statement } from '../dispute-fields.ts';
import type { App } from '../fastify-types.ts';
import { IdempotencyHeaders } from '../idempotency-headers.ts';
import { OnBehalfOfQuery } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object({ statement: Statement }, { additionalProperties: false });

export function counterStateRoute(app: App, context: Context): void {
  app.post(
    '/disputes/:id/counter-statements',
    {
      config: { scope: 'manage:claims' },
      schema: {
        tags: ['disputes'],
        summary: 'Answer a dispute in words',
        description:
          'By the claimant. It moves no deadline: only releasing, reinstating or a notice ends the wait.',
        params: idParams('dispute_id'),
        querystring: OnBehalfOfQuery,
        headers: IdempotencyHeaders,
        body: Body,
        response: {
          200: { description: 'As it is now.', ...DisputeWithHistory },
          ...problems(...changeCodes, 'DISPUTE_NOT_FOUND'),
        },
      },
    },
    (request) =>
      counterState(contextFor(context, request), callerOf(request), {
        disputeId: request.params.id,
        statement: request.body.statement,
        idempotencyKey: request.headers['idempotency-key'],
      }),
  );
}
