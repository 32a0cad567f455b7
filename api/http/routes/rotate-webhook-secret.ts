import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { defaultGraceSeconds, maxGraceSeconds, rotateWebhookSecret } from '../../registry/webhooks.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { NewSecret } from './create-webhook.ts';

const Body = Type.Object(
  {
    grace_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: maxGraceSeconds,
        default: defaultGraceSeconds,
        description: 'How long the old secret signs too; 0 ends it at once.',
        examples: [3600],
      }),
    ),
  },
  { additionalProperties: false },
);

export function rotateWebhookSecretRoute(app: App, context: Context): void {
  app.post(
    '/webhooks/:id/rotate',
    {
      config: { scope: 'manage:webhooks' },
      schema: {
        tags: ['webhooks'],
        summary: 'Rotate the secret of a webhook',
        description: 'Messages are signed with both secrets for a while.',
        params: idParams('webhook_id'),
        body: Body,
        response: {
          200: { description: 'The secret cannot be shown again.', ...NewSecret },
          ...problems(...jsonCodes, 'WEBHOOK_NOT_FOUND'),
        },
      },
    },
    async (request, reply) => {
      const which = { partyId: partyInView(callerOf(request)), webhookId: request.params.id };
      const { grace_seconds: grace } = request.body;
      const { webhook, secret } = await rotateWebhookSecret(contextFor(context, request), which, grace);
      reply.header('cache-control', 'no-store');
      return { ...webhook, secret };
    },
  );
}
