import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { maxSearchCharacters, SearchAnswer, searchRecordings } from '../../registry/search-recordings.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const defaultLimit = 20;

const Query = Type.Object(
  {
    q: Type.String({
      minLength: 1,
      maxLength: maxSearchCharacters,
      description:
        'Words of title, artist and version, all of them, in any order and case, with or without accents; `lov*` is the ' +
        'beginning of a word.',
      examples: ['great gig sky'],
    }),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: defaultLimit, description: 'Recordings at most.' }),
    ),
    ...OnBehalfOf,
  },
  { additionalProperties: false },
);

export function searchRecordingsRoute(app: App, context: Context): void {
  app.get(
    '/recordings/search',
    {
      config: { scope: 'read:recordings' },
      schema: {
        tags: ['recordings'],
        summary: 'Search recordings by title and artist',
        description: 'Your own; an operator searches those of all parties.',
        querystring: Query,
        response: { 200: SearchAnswer, ...problems(...accessCodes, ...onBehalfCodes) },
      },
    },
    async (request) => {
      const { q: text, limit = defaultLimit } = request.query;
      const partyId = partyInView(callerOf(request));
      return await searchRecordings(contextFor(context, request), { text, limit, partyId });
    },
  );
}
