import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { DisputeWithHistory, openDispute } from '../../registry/disputes.ts';
import { disputeReasons } from '../../rules/state-machine.ts';
import { callerOf, contextFor } from '../access.ts';
import { changeCodes, ExpectedVersion } from '../claim-act.ts';
import { Account, Statement } from '../dispute-fields.ts';
import type { App } from '../fastify-types.ts';
import { IdempotencyHeaders } from '../idempotency-headers.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  {
    dispute_reason: Type.Enum([...disputeReasons], { examples: ['authorised'] }),
    statement: Statement,
    account: Account,
    escalate: Type.Optional(
      Type.Boolean({
        description:
          'Appeal at once, where the claim blocks or takes down: the claimant has less time to answer.',
      }),
    ),
    expected_version: ExpectedVersion,
  },
  { additionalProperties: false },
);

export function openDisputeRoute(app: App, context: Context): void {
  app.post(
    '/claims/:id/disputes',
    {
      config: { scope: 'dispute:claims' },
      schema: {
        tags: ['disputes'],
        summary: 'Dispute a claim',
        description:
          'For the account that uploaded it, by who reported the upload. A claimant that does not answer in time loses the claim.',
        params: idParams('claim_id'),
        headers: IdempotencyHeaders,
        body: Body,
        response: {
          201: { description: 'Open, with the deadline for the claimant.', ...DisputeWithHistory },
          ...problems(...changeCodes, 'ACCOUNT_NOT_THE_UPLOADER'),
        },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const dispute = await openDispute(contextFor(context, request), callerOf(request), {
        claimId: request.params.id,
        disputeReason: body.dispute_reason,
        statement: body.statement,
        isEscalated: body.escalate === true,
        account: body.account,
        expectedVersion: body.expected_version,
        idempotencyKey: request.headers['idempotency-key'],
      });
      reply.status(201).header('location', `/v1/disputes/${dispute.dispute_id}`);
      return dispute;
    },
  );
}
