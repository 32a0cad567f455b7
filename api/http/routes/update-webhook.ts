import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { WebhookView } from '../../registry/webhook-view.ts';
import { updateWebhook } from '../../registry/webhooks.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { WebhookTerms } from './create-webhook.ts';

const Body = Type.Object(
  {
    ...WebhookTerms,
    url: Type.Optional(WebhookTerms.url),
    enabled: Type.Optional(Type.Boolean({ description: 'Whether events are sent there.' })),
  },
  { additionalProperties: false },
);

export function updateWebhookRoute(app: App, context: Context): void {
  app.patch(
    '/webhooks/:id',
    {
      config: { scope: 'manage:webhooks' },
      schema: {
        tags: ['webhooks'],
        summary: 'Change a webhook',
        description:
          'What is not given stays. Enabled again, it gets what was left to be delivered, and not what happened meanwhile.',
        params: idParams('webhook_id'),
        body: Body,
        response: {
          200: { description: 'As it is now.', ...WebhookView },
          ...problems(...jsonCodes, 'WEBHOOK_NOT_FOUND', 'WEBHOOK_TARGET_FORBIDDEN'),
        },
      },
    },
    (request) => {
      const which = { partyId: partyInView(callerOf(request)), webhookId: request.params.id };
      const { url, description, event_types: eventTypes, enabled: isEnabled } = request.body;
      const change = { description, eventTypes, isEnabled, ...(url === undefined ? {} : { url }) };
      return updateWebhook(contextFor(context, request), which, change);
    },
  );
}
