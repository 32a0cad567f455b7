import type { Context } from '../../context.ts';
import { MandateView } from '../../registry/mandate-view.ts';
import { getMandate } from '../../registry/mandates.ts';
import { contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getMandateRoute(app: App, context: Context): void {
  app.get(
    '/mandates/:id',
    {
      config: { scope: 'read:mandates' },
      schema: {
        tags: ['mandates'],
        summary: 'Show a mandate',
        params: idParams('mandate_id'),
        response: {
          200: { description: 'To either side, and to an operator.', ...MandateView },
          ...problems(...accessCodes, 'MANDATE_NOT_FOUND'),
        },
      },
    },
    (request) => getMandate(contextFor(context, request), request.params.id),
  );
}
