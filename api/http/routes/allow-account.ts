import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AllowlistEntryView, allowAccount } from '../../registry/allowlist.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { problems } from '../problem.ts';

const text = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '\\S', description });

const Body = Type.Object(
  {
    platform: text(100, 'As submissions name it.'),
    account: text(200, 'As the platform calls it.'),
    label: Type.Optional(text(500, 'Only recordings of this label; the whole catalog where it is not said.')),
    note: Type.Optional(text(500, 'Why.')),
  },
  { additionalProperties: false },
);

export function allowAccountRoute(app: App, context: Context): void {
  app.post(
    '/allowlist',
    {
      config: { scope: 'manage:allowlist' },
      schema: {
        tags: ['allowlist'],
        summary: 'Allow an account',
        description:
          'Its uploads are matched and recorded, and not claimed for you. Claims that there are stay.',
        body: Body,
        response: {
          201: { description: 'From now on.', ...AllowlistEntryView },
          200: { description: 'It was allowed before.', ...AllowlistEntryView },
          ...problems(...jsonCodes, 'LIMIT_REACHED'),
        },
      },
    },
    async (request, reply) => {
      const { partyId } = callerOf(request);
      const allowed = await allowAccount(contextFor(context, request), { partyId, ...request.body });
      reply.status(allowed.isNew ? 201 : 200);
      return allowed.view;
    },
  );
}
