import type { Context } from '../../context.ts';
import { MandateView } from '../../registry/mandate-view.ts';
import { revokeMandate } from '../../registry/mandates.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function revokeMandateRoute(app: App, context: Context): void {
  app.post(
    '/mandates/:id/revoke',
    {
      config: { scope: 'manage:mandates' },
      schema: {
        tags: ['mandates'],
        summary: 'Revoke a mandate',
        description: 'Ends it at once and for good; revoking it again changes nothing.',
        params: idParams('mandate_id'),
        response: {
          200: { description: 'With who ended it and when.', ...MandateView },
          ...problems(...accessCodes, 'MANDATE_NOT_FOUND'),
        },
      },
    },
    (request) =>
      revokeMandate(contextFor(context, request), {
        mandateId: request.params.id,
        revokedBy: callerOf(request).partyId,
      }),
  );
}
