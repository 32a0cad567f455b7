import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { withdrawRights } from '../../registry/rights.ts';
import { RightsView } from '../../registry/rights-view.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function withdrawRightsRoute(app: App, context: Context): void {
  app.post(
    '/recordings/:id/rights/:rights_assertion_id/withdraw',
    {
      config: { scope: 'assert:rights' },
      schema: {
        tags: ['rights'],
        summary: 'Withdraw a rights assertion',
        description:
          'Yours, or one that was made in your name; an operator any. It counts no longer, and what was believed before stays to be read.',
        params: Type.Object({
          ...idParams('recording_id').properties,
          rights_assertion_id: Type.String({ format: 'uuid' }),
        }),
        querystring: OnBehalfOfQuery,
        response: {
          200: { description: 'All that is asserted today.', ...RightsView },
          ...problems(
            ...accessCodes,
            ...onBehalfCodes,
            'RECORDING_NOT_FOUND',
            'RIGHTS_NOT_FOUND',
            'RIGHTS_NOT_YOURS',
          ),
        },
      },
    },
    (request) =>
      withdrawRights(contextFor(context, request), callerOf(request), {
        recordingId: request.params.id,
        rightsAssertionId: request.params.rights_assertion_id,
      }),
  );
}
