import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { DisputeView, listDisputes } from '../../registry/disputes.ts';
import { disputeStates } from '../../rules/dispute-machine.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Filter = {
  state: Type.Optional(Type.Enum([...disputeStates])),
  claim_id: Type.Optional(Type.String({ format: 'uuid' })),
};

export function listDisputesRoute(app: App, context: Context): void {
  app.get(
    '/disputes',
    {
      config: { scope: 'read:claims' },
      schema: {
        tags: ['disputes'],
        summary: 'List disputes',
        description:
          'Of claims that you make and of claims on uploads that you reported; an operator sees all.',
        querystring: Type.Object({ ...PageQuery, ...Filter, ...OnBehalfOf }, { additionalProperties: false }),
        response: {
          200: { description: 'In the order they were opened in.', ...PageOf('disputes', DisputeView) },
          ...problems(...accessCodes, ...onBehalfCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const ask = {
        partyId: partyInView(callerOf(request)),
        ...pageAsked(request.query),
        state: request.query.state,
        claimId: request.query.claim_id,
      };
      return pageAnswer('disputes', await listDisputes(contextFor(context, request), ask));
    },
  );
}
