import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { scopes } from '../../registry/caller.ts';
import { issueKey } from '../../registry/issue-key.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  {
    party_id: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'Whose key; for operators. Your own where it is not said.',
      }),
    ),
    scopes: Type.Optional(
      Type.Array(Type.Enum([...scopes]), {
        minItems: 1,
        uniqueItems: true,
        maxItems: scopes.length,
        description:
          'What the key is for; none that yours is not for. Where it is not said: what yours is for, and from an operator ' +
          'all that the roles of the party give, whatever they are when the key is used.',
        examples: [['scan:uploads', 'read:scans']],
      }),
    ),
    expires_at: Type.Optional(Type.String({ format: 'date-time', examples: ['2027-01-31T00:00:00Z'] })),
  },
  { additionalProperties: false },
);

const NewKey = Type.Object({
  api_key_id: Type.String({ format: 'uuid' }),
  key: Type.String({ description: 'Shown only now.', examples: ['emk_a1b2c3d4_…'] }),
});

export function createKeyRoute(app: App, context: Context): void {
  app.post(
    '/keys',
    {
      config: { scope: 'manage:keys' },
      schema: {
        tags: ['keys'],
        summary: 'Create an API key',
        body: Body,
        response: {
          201: { description: 'The key itself cannot be shown again.', ...NewKey },
          ...problems(...jsonCodes, 'PARTY_NOT_FOUND', 'LIMIT_REACHED'),
        },
      },
    },
    async (request, reply) => {
      const { party_id: partyId, scopes: asked, expires_at: expires } = request.body;
      const expiresAt = expires === undefined ? undefined : new Date(expires);
      const made = await issueKey(contextFor(context, request), callerOf(request), {
        partyId,
        scopes: asked,
        expiresAt,
      });
      reply.status(201).header('cache-control', 'no-store');
      return { api_key_id: made.apiKeyId, key: made.key };
    },
  );
}
