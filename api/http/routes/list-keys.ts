import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { KeyView, listKeys } from '../../registry/keys.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Query = Type.Object(
  {
    ...PageQuery,
    party_id: Type.Optional(
      Type.String({ format: 'uuid', description: 'Only the keys of this party; for operators.' }),
    ),
  },
  { additionalProperties: false },
);

export function listKeysRoute(app: App, context: Context): void {
  app.get(
    '/keys',
    {
      config: { scope: 'manage:keys' },
      schema: {
        tags: ['keys'],
        summary: 'List API keys',
        description:
          'Of your own party; an operator sees those of all parties. Ended ones too, without secrets.',
        querystring: Query,
        response: {
          200: { description: 'Oldest first.', ...PageOf('keys', KeyView) },
          ...problems(...accessCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const partyId = partyInView(callerOf(request)) ?? request.query.party_id;
      const page = { partyId, ...pageAsked(request.query) };
      return pageAnswer('keys', await listKeys(contextFor(context, request), page));
    },
  );
}
