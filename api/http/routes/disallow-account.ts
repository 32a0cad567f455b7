import type { Context } from '../../context.ts';
import { disallowAccount } from '../../registry/allowlist.ts';
import { partyInView } from '../../registry/caller.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function disallowAccountRoute(app: App, context: Context): void {
  app.delete(
    '/allowlist/:id',
    {
      config: { scope: 'manage:allowlist' },
      schema: {
        tags: ['allowlist'],
        summary: 'Allow an account no longer',
        description: 'Uploads that are reported from now on are claimed again.',
        params: idParams('allowlist_entry_id'),
        response: {
          204: { description: 'It is not on the list any more.', type: 'null' },
          ...problems(...accessCodes, 'ALLOWLIST_ENTRY_NOT_FOUND'),
        },
      },
    },
    async (request, reply) => {
      await disallowAccount(contextFor(context, request), {
        partyId: partyInView(callerOf(request)),
        allowlistEntryId: request.params.id,
      });
      reply.status(204);
    },
  );
}
