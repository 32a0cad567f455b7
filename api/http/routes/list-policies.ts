import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { listPolicies } from '../../registry/policies.ts';
import { PolicyView } from '../../registry/policy-view.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function listPoliciesRoute(app: App, context: Context): void {
  app.get(
    '/policies',
    {
      config: { scope: 'read:policies' },
      schema: {
        tags: ['policies'],
        summary: 'List policies',
        description: 'Your own; an operator sees those of all parties.',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: {
          200: { description: 'In the order they were made in.', ...PageOf('policies', PolicyView) },
          ...problems(...accessCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const ask = { partyId: partyInView(callerOf(request)), ...pageAsked(request.query) };
      return pageAnswer('policies', await listPolicies(contextFor(context, request), ask));
    },
  );
}
