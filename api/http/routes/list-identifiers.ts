import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { IdentifiersView, listIdentifiers } from '../../registry/identifiers.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function listIdentifiersRoute(app: App, context: Context): void {
  app.get(
    '/recordings/:id/identifiers',
    {
      config: { scope: 'read:recordings' },
      schema: {
        tags: ['recordings'],
        summary: 'List what identifiers are asserted about a recording',
        description: 'By whom and when, withdrawn ones too, and where assertions are at odds.',
        params: idParams('recording_id'),
        querystring: OnBehalfOfQuery,
        response: {
          200: { description: 'None is better than another.', ...IdentifiersView },
          ...problems(...accessCodes, ...onBehalfCodes, 'RECORDING_NOT_FOUND'),
        },
      },
    },
    (request) =>
      listIdentifiers(contextFor(context, request), {
        partyId: partyInView(callerOf(request)),
        recordingId: request.params.id,
      }),
  );
}
