import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { renewKey } from '../../registry/issue-key.ts';
import { defaultGraceSeconds, maxGraceSeconds } from '../../registry/keys.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  {
    grace_seconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: maxGraceSeconds,
        default: defaultGraceSeconds,
        description: 'How long the secret before goes on opening; 0 ends it at once.',
        examples: [3600],
      }),
    ),
  },
  { additionalProperties: false },
);

const Rotated = Type.Object({
  key: Type.String({ description: 'With its new secret; shown only now.', examples: ['emk_a1b2c3d4_…'] }),
  previous_secret_until: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
});

export function rotateKeyRoute(app: App, context: Context): void {
  app.post(
    '/keys/:id/rotate',
    {
      config: { scope: 'manage:keys' },
      schema: {
        tags: ['keys'],
        summary: 'Rotate an API key',
        description: 'A new secret under the same id. A key that is for more than yours is refused.',
        params: idParams('api_key_id'),
        body: Body,
        response: {
          200: { description: 'The key itself cannot be shown again.', ...Rotated },
          ...problems(...jsonCodes, 'KEY_NOT_FOUND'),
        },
      },
    },
    async (request, reply) => {
      const asked = { apiKeyId: request.params.id, graceSeconds: request.body.grace_seconds };
      const rotated = await renewKey(contextFor(context, request), callerOf(request), asked);
      reply.header('cache-control', 'no-store');
      return { key: rotated.key, previous_secret_until: rotated.previousSecretUntil };
    },
  );
}
