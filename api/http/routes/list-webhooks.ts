import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { WebhookView } from '../../registry/webhook-view.ts';
import { listWebhooks } from '../../registry/webhooks.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function listWebhooksRoute(app: App, context: Context): void {
  app.get(
    '/webhooks',
    {
      config: { scope: 'read:webhooks' },
      schema: {
        tags: ['webhooks'],
        summary: 'List webhooks',
        description: 'Of your own party; an operator sees those of all. Disabled ones too.',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: {
          200: { description: 'In the order they were made in.', ...PageOf('webhooks', WebhookView) },
          ...problems(...accessCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const ask = { partyId: partyInView(callerOf(request)), ...pageAsked(request.query) };
      return pageAnswer('webhooks', await listWebhooks(contextFor(context, request), ask));
    },
  );
}
