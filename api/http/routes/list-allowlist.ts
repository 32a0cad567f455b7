import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { AllowlistEntryView, listAllowlist } from '../../registry/allowlist.ts';
import { partyInView } from '../../registry/caller.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';

import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function listAllowlistRoute(app: App, context: Context): void {
  app.get(
    '/allowlist',
    {
      config: { scope: 'manage:allowlist' },
      schema: {
        tags: ['allowlist'],
        summary: 'List allowlisted accounts',
        description: 'Your own; an operator sees those of all parties.',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: {
          200: { description: 'In the order they were put on it.', ...PageOf('entries', AllowlistEntryView) },
          ...problems(...accessCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const ask = { partyId: partyInView(callerOf(request)), ...pageAsked(request.query) };
      return pageAnswer('entries', await listAllowlist(contextFor(context, request), ask));
    },
  );
}
