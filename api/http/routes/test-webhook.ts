import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { testWebhook } from '../../registry/webhook-deliveries.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Sent = Type.Object({
  event_id: Type.String({ format: 'uuid', description: 'The `webhook-id` of the message.' }),
});

export function testWebhookRoute(app: App, context: Context): void {
  app.post(
    '/webhooks/:id/test',
    {
      config: { scope: 'manage:webhooks' },
      schema: {
        tags: ['webhooks'],
        summary: 'Send a test',
        description: 'An event of the type `webhook.test` to this webhook alone, delivered like every other.',
        params: idParams('webhook_id'),
        response: {
          202: { description: 'It is due now; the list of deliveries shows what becomes of it.', ...Sent },
          ...problems(...accessCodes, 'WEBHOOK_NOT_FOUND', 'WEBHOOK_DISABLED'),
        },
      },
    },
    async (request, reply) => {
      const which = { partyId: partyInView(callerOf(request)), webhookId: request.params.id };
      const eventId = await testWebhook(contextFor(context, request), which);
      reply.status(202);
      return { event_id: eventId };
    },
  );
}
