import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { eventTypes, WebhookView } from '../../registry/webhook-view.ts';
import { createWebhook, maxDescriptionCharacters } from '../../registry/webhooks.ts';
import { maxUrlCharacters } from '../../webhooks/target.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { problems } from '../problem.ts';

/** What a webhook is made with, and may be changed in. */
export const WebhookTerms = {
  url: Type.String({
    minLength: 1,
    maxLength: maxUrlCharacters,
    description: 'https, on the public internet. Redirects are not followed.',
    examples: ['https://hooks.example.com/earmark'],
  }),
  description: Type.Optional(
    Type.String({ maxLength: maxDescriptionCharacters, examples: ['Claims into our queue'] }),
  ),
  event_types: Type.Optional(
    Type.Array(Type.Enum([...eventTypes]), {
      uniqueItems: true,
      maxItems: eventTypes.length,
      description: 'Only events of these types; none, or not said: of every type.',
      examples: [[]],
    }),
  ),
};

/** Of a webhook that was just made, or has a new secret. */
export const NewSecret = Type.Object({
  ...WebhookView.properties,
  secret: Type.String({
    description: 'Messages are signed with it, as Standard Webhooks says. Shown only now.',
    examples: ['whsec_…'],
  }),
});

const Body = Type.Object(
  {
    party_id: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'Whose; for operators. Your own party where it is not said.',
      }),
    ),
    ...WebhookTerms,
  },
  { additionalProperties: false },
);

export function createWebhookRoute(app: App, context: Context): void {
  app.post(
    '/webhooks',
    {
      config: { scope: 'manage:webhooks' },
      schema: {
        tags: ['webhooks'],
        summary: 'Create a webhook',
        description: 'Events of your party are sent there from now on, each at least once.',
        body: Body,
        response: {
          201: { description: 'The secret cannot be shown again.', ...NewSecret },
          ...problems(...jsonCodes, 'WEBHOOK_TARGET_FORBIDDEN', 'PARTY_NOT_FOUND', 'LIMIT_REACHED'),
        },
      },
    },
    async (request, reply) => {
      const { party_id: partyId, url, description, event_types: eventTypes } = request.body;
      const terms = { partyId, url, description, eventTypes };
      const { webhook, secret } = await createWebhook(contextFor(context, request), callerOf(request), terms);
      reply.status(201).header('location', `/v1/webhooks/${webhook.webhook_id}`);
      reply.header('cache-control', 'no-store');
      return { ...webhook, secret };
    },
  );
}
