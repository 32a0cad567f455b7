import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { RetroscanCounts, RetroscanView } from '../../registry/retroscan-view.ts';
import { countRetroscans, listRetroscans } from '../../registry/retroscans.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { NextCursor, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Filter = {
  state: Type.Optional(RetroscanView.properties.state),
  reference_id: Type.Optional(Type.String({ format: 'uuid' })),
};

const Answer = Type.Object({
  counts: Type.Optional(RetroscanCounts),
  retroscans: Type.Array(RetroscanView),
  next_cursor: NextCursor,
});

export function listRetroscansRoute(app: App, context: Context): void {
  app.get(
    '/retroscans',
    {
      config: { scope: 'read:claims' },
      schema: {
        tags: ['retroscans'],
        summary: 'List retroscans',
        description:
          'Past submissions being looked through for your references, and how far; an operator sees all. One runs at a ' +
          'time: those that somebody asked for first, the others in their order. Thorough ones take turns with the rest.',
        querystring: Type.Object({ ...PageQuery, ...Filter }, { additionalProperties: false }),
        response: {
          200: { description: 'In the order they were asked for.', ...Answer },
          ...problems(...accessCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const ask = {
        partyId: partyInView(callerOf(request)),
        ...pageAsked(request.query),
        state: request.query.state,
        referenceId: request.query.reference_id,
      };
      const scoped = contextFor(context, request);
      const page = pageAnswer('retroscans', await listRetroscans(scoped, ask));
      if (request.query.cursor !== undefined) return page;
      return { counts: await countRetroscans(scoped, ask.partyId), ...page };
    },
  );
}
