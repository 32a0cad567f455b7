import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { maxReplayed, replayDeliveries } from '../../registry/webhook-deliveries.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  {
    event_id: Type.Optional(Type.String({ format: 'uuid' })),
    since: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Only dead letters of what happened from then on; all, where it is not said.',
      }),
    ),
  },
  { additionalProperties: false },
);

const Replayed = Type.Object({
  replayed: Type.Integer({
    description: `How many are due again; at most ${maxReplayed} at once.`,
    examples: [3],
  }),
});

export function replayWebhookDeliveriesRoute(app: App, context: Context): void {
  app.post(
    '/webhooks/:id/replay',
    {
      config: { scope: 'manage:webhooks' },
      schema: {
        tags: ['webhooks'],
        summary: 'Deliver again',
        description:
          'One event, whatever became of it; or, where none is named, the dead letters. Under the same `webhook-id`.',
        params: idParams('webhook_id'),
        body: Body,
        response: {
          200: { description: 'They are due now.', ...Replayed },
          ...problems(...jsonCodes, 'WEBHOOK_NOT_FOUND', 'WEBHOOK_DISABLED'),
        },
      },
    },
    async (request) => {
      const which = { partyId: partyInView(callerOf(request)), webhookId: request.params.id };
      const { event_id: eventId, since } = request.body;
      const ask = { eventId, since: since === undefined ? undefined : new Date(since) };
      return { replayed: await replayDeliveries(contextFor(context, request), which, ask) };
    },
  );
}
