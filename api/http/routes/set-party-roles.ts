import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { roles } from '../../registry/caller.ts';
import { PartyView, setPartyRoles } from '../../registry/parties.ts';
import { contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  { roles: Type.Array(Type.Enum([...roles]), { uniqueItems: true, maxItems: roles.length }) },
  { additionalProperties: false },
);

export function setPartyRolesRoute(app: App, context: Context): void {
  app.put(
    '/parties/:id/roles',
    {
      config: { scope: 'manage:parties' },
      schema: {
        tags: ['parties'],
        summary: 'Set the roles of a party',
        description: 'For operators. Its keys lose at once what only a role gave that it loses.',
        params: idParams('party_id'),
        body: Body,
        response: {
          200: { description: 'With the roles it has now.', ...PartyView },
          ...problems(...jsonCodes, 'PARTY_NOT_FOUND'),
        },
      },
    },
    (request) =>
      setPartyRoles(contextFor(context, request), { partyId: request.params.id, roles: request.body.roles }),
  );
}
