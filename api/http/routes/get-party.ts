import type { Context } from '../../context.ts';
import { getParty, PartyView } from '../../registry/parties.ts';
import { contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getPartyRoute(app: App, context: Context): void {
  app.get(
    '/parties/:id',
    {
      config: { scope: 'read:parties' },
      schema: {
        tags: ['parties'],
        summary: 'Show a party',
        description: 'Your own; an operator sees all.',
        params: idParams('party_id'),
        response: {
          200: { description: 'With its roles.', ...PartyView },
          ...problems(...accessCodes, 'PARTY_NOT_FOUND'),
        },
      },
    },
    (request) => getParty(contextFor(context, request), request.params.id),
  );
}
