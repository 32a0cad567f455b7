import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { actOnDispute, DisputeWithHistory, uploaderEvents } from '../../registry/disputes.ts';
import { callerOf, contextFor } from '../access.ts';
import { changeCodes, ExpectedVersion, Reason } from '../claim-act.ts';
import { Account, Statement } from '../dispute-fields.ts';
import type { App } from '../fastify-types.ts';
import { IdempotencyHeaders } from '../idempotency-headers.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  {
    type: Type.Enum([...uploaderEvents]),
    reason: Reason,
    statement: Type.Optional(Statement),
    account: Account,
    expected_version: ExpectedVersion,
  },
  { additionalProperties: false },
);

export function actOnDisputeRoute(app: App, context: Context): void {
  app.post(
    '/disputes/:id/events',
    {
      config: { scope: 'dispute:claims' },
      schema: {
        tags: ['disputes'],
        summary: 'Go on with a dispute of yours',
        description:
          'State more, appeal after the claimant reinstated its claim, or withdraw. `state` and `appeal` need a statement.',
        params: idParams('dispute_id'),
        headers: IdempotencyHeaders,
        body: Body,
        response: {
          200: { description: 'As it is now.', ...DisputeWithHistory },
          ...problems(...changeCodes, 'DISPUTE_NOT_FOUND', 'ACCOUNT_NOT_THE_UPLOADER'),
        },
      },
    },
    (request) => {
      const { body } = request;
      return actOnDispute(contextFor(context, request), callerOf(request), {
        disputeId: request.params.id,
        type: body.type,
        reason: body.reason,
        statement: body.statement,
        account: body.account,
        expectedVersion: body.expected_version,
        idempotencyKey: request.headers['idempotency-key'],
      });
    },
  );
}
