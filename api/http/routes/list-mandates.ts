import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { MandateView } from '../../registry/mandate-view.ts';
import { listMandates } from '../../registry/mandates.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function listMandatesRoute(app: App, context: Context): void {
  app.get(
    '/mandates',
    {
      config: { scope: 'read:mandates' },
      schema: {
        tags: ['mandates'],
        summary: 'List mandates',
        description:
          'Those that you gave and those that you were given; an operator sees all. Ended ones too.',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: {
          200: { description: 'In the order they were made in.', ...PageOf('mandates', MandateView) },
          ...problems(...accessCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const ask = { partyId: partyInView(callerOf(request)), ...pageAsked(request.query) };
      return pageAnswer('mandates', await listMandates(contextFor(context, request), ask));
    },
  );
}
