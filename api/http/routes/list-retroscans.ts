import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { RetroscanView } from '../../registry/retroscan-view.ts';
import { listRetroscans } from '../../registry/retroscans.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Filter = {
  state: Type.Optional(RetroscanView.properties.state),
  reference_id: Type.Optional(Type.String({ format: 'uuid' })),
};

export function listRetroscansRoute(app: App, context: Context): void {
  app.get(
    '/retroscans',
    {
      config: { scope: 'read:claims' },
      schema: {
        tags: ['retroscans'],
        summary: 'List retroscans',
        description:
          'Past submissions being looked through for your references, and how far; an operator sees all.',
        querystring: Type.Object({ ...PageQuery, ...Filter }, { additionalProperties: false }),
        response: {
          200: { description: 'In the order they were asked for.', ...PageOf('retroscans', RetroscanView) },
          ...problems(...accessCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const ask = {
        partyId: partyInView(callerOf(request)),
        ...pageAsked(request.query),
        state: request.query.state,
        referenceId: request.query.reference_id,
      };
      return pageAnswer('retroscans', await listRetroscans(contextFor(context, request), ask));
    },
  );
}
