import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { listDeliveries } from '../../registry/webhook-deliveries.ts';
import { DeliveryView, deliveryStates } from '../../registry/webhook-view.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams, PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Query = Type.Object(
  { ...PageQuery, state: Type.Optional(Type.Enum([...deliveryStates])) },
  { additionalProperties: false },
);

export function listWebhookDeliveriesRoute(app: App, context: Context): void {
  app.get(
    '/webhooks/:id/deliveries',
    {
      config: { scope: 'read:webhooks' },
      schema: {
        tags: ['webhooks'],
        summary: 'List the deliveries of a webhook',
        description: 'With `state=dead`: the dead letters, which can be replayed.',
        params: idParams('webhook_id'),
        querystring: Query,
        response: {
          200: { description: 'Newest event first.', ...PageOf('deliveries', DeliveryView) },
          ...problems(...accessCodes, 'WEBHOOK_NOT_FOUND', 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const which = { partyId: partyInView(callerOf(request)), webhookId: request.params.id };
      const ask = { state: request.query.state, ...pageAsked(request.query) };
      return pageAnswer('deliveries', await listDeliveries(contextFor(context, request), which, ask));
    },
  );
}
