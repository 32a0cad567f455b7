import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { roles } from '../../registry/caller.ts';
import { createParty, PartyView } from '../../registry/parties.ts';
import { maxNameCharacters } from '../../registry/party-name.ts';
import { contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: maxNameCharacters, examples: ['Harbour Records'] }),
    roles: Type.Array(Type.Enum([...roles]), {
      uniqueItems: true,
      maxItems: roles.length,
      examples: [['rightsholder']],
    }),
  },
  { additionalProperties: false },
);

export function createPartyRoute(app: App, context: Context): void {
  app.post(
    '/parties',
    {
      config: { scope: 'manage:parties' },
      schema: {
        tags: ['parties'],
        summary: 'Create a party',
        description: 'For operators. Its roles say what its keys can be for.',
        body: Body,
        response: {
          201: { description: 'Created.', ...PartyView },
          ...problems(...jsonCodes, 'METADATA_INVALID', 'PARTY_EXISTS'),
        },
      },
    },
    async (request, reply) => {
      const party = await createParty(contextFor(context, request), request.body);
      reply.status(201).header('location', `/v1/parties/${party.party_id}`);
      return party;
    },
  );
}
