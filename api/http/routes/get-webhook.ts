import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { WebhookView } from '../../registry/webhook-view.ts';
import { getWebhook } from '../../registry/webhooks.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getWebhookRoute(app: App, context: Context): void {
  app.get(
    '/webhooks/:id',
    {
      config: { scope: 'read:webhooks' },
      schema: {
        tags: ['webhooks'],
        summary: 'Show a webhook',
        description: 'Without its secret.',
        params: idParams('webhook_id'),
        response: {
          200: { description: 'With what became of it lately.', ...WebhookView },
          ...problems(...accessCodes, 'WEBHOOK_NOT_FOUND'),
        },
      },
    },
    (request) => {
      const which = { partyId: partyInView(callerOf(request)), webhookId: request.params.id };
      return getWebhook(contextFor(context, request), which);
    },
  );
}
