import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { listParties, PartyView } from '../../registry/parties.ts';
import { contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function listPartiesRoute(app: App, context: Context): void {
  app.get(
    '/parties',
    {
      config: { scope: 'read:parties' },
      schema: {
        tags: ['parties'],
        summary: 'List parties',
        description: 'Your own; an operator sees all.',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: {
          200: { description: 'In the order they were made in.', ...PageOf('parties', PartyView) },
          ...problems(...accessCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) =>
      pageAnswer('parties', await listParties(contextFor(context, request), pageAsked(request.query))),
  );
}
