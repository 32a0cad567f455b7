import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { SubmissionView } from '../../registry/submission-view.ts';
import { listSubmissions } from '../../registry/submissions.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';

import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Filter = {
  platform: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  account: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
};

export function listSubmissionsRoute(app: App, context: Context): void {
  app.get(
    '/submissions',
    {
      config: { scope: 'read:submissions' },
      schema: {
        tags: ['submissions'],
        summary: 'List submissions',
        description: 'Your own; an operator sees those of all parties.',
        querystring: Type.Object({ ...PageQuery, ...Filter }, { additionalProperties: false }),
        response: {
          200: { description: 'In the order they were made in.', ...PageOf('submissions', SubmissionView) },
          ...problems(...accessCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const ask = {
        partyId: partyInView(callerOf(request)),
        ...pageAsked(request.query),
        platform: request.query.platform,
        account: request.query.account,
      };
      return pageAnswer('submissions', await listSubmissions(contextFor(context, request), ask));
    },
  );
}
