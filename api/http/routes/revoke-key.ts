import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { getKey, KeyView, revokeKey } from '../../registry/keys.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function revokeKeyRoute(app: App, context: Context): void {
  app.post(
    '/keys/:id/revoke',
    {
      config: { scope: 'manage:keys' },
      schema: {
        tags: ['keys'],
        summary: 'Revoke an API key',
        description: 'Ends it at once and for good; revoking it again changes nothing.',
        params: idParams('api_key_id'),
        response: {
          200: { description: 'With the date it ended.', ...KeyView },
          ...problems(...accessCodes, 'KEY_NOT_FOUND'),
        },
      },
    },
    async (request) => {
      const scoped = contextFor(context, request);
      const which = { partyId: partyInView(callerOf(request)), apiKeyId: request.params.id };
      await revokeKey(scoped, which);
      return getKey(scoped, which);
    },
  );
}
