import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { IdentifiersView, withdrawIdentifier } from '../../registry/identifiers.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function withdrawIdentifierRoute(app: App, context: Context): void {
  app.post(
    '/recordings/:id/identifiers/:identifier_assertion_id/withdraw',
    {
      config: { scope: 'assert:identifiers' },
      schema: {
        tags: ['recordings'],
        summary: 'Withdraw an assertion',
        description:
          'Yours, or one that was made in your name; an operator any. It stays to be read, and counts no longer.',
        params: Type.Object({
          ...idParams('recording_id').properties,
          identifier_assertion_id: Type.String({ format: 'uuid' }),
        }),
        querystring: OnBehalfOfQuery,
        response: {
          200: { description: 'Everything that is asserted about the recording.', ...IdentifiersView },
          ...problems(
            ...accessCodes,
            ...onBehalfCodes,
            'RECORDING_NOT_FOUND',
            'IDENTIFIER_NOT_FOUND',
            'IDENTIFIER_NOT_YOURS',
          ),
        },
      },
    },
    (request) =>
      withdrawIdentifier(contextFor(context, request), callerOf(request), {
        recordingId: request.params.id,
        identifierAssertionId: request.params.identifier_assertion_id,
      }),
  );
}
