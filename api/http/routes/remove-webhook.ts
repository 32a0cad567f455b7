import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { deleteWebhook } from '../../registry/webhooks.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Removed = Type.Object({ webhook_id: Type.String({ format: 'uuid' }) });

export function removeWebhookRoute(app: App, context: Context): void {
  app.delete(
    '/webhooks/:id',
    {
      config: { scope: 'manage:webhooks' },
      schema: {
        tags: ['webhooks'],
        summary: 'Remove a webhook',
        description: 'With the list of its deliveries; what is due to it is not sent any more.',
        params: idParams('webhook_id'),
        response: {
          200: { description: 'What was removed.', ...Removed },
          ...problems(...accessCodes, 'WEBHOOK_NOT_FOUND'),
        },
      },
    },
    async (request) => {
      const which = { partyId: partyInView(callerOf(request)), webhookId: request.params.id };
      await deleteWebhook(contextFor(context, request), which);
      return { webhook_id: which.webhookId };
    },
  );
}
