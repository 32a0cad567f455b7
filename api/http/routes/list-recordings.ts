import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { listRecordings } from '../../registry/list-recordings.ts';
import { maxExternalIdCharacters, maxTextCharacters } from '../../registry/recording-metadata.ts';
import { RecordingView } from '../../registry/recording-view.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const defaultLimit = 50;

const Query = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 200, default: defaultLimit, description: 'Recordings per page.' }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next_cursor` of the page before.' })),
    isrc: Type.Optional(
      Type.String({ maxLength: 40, description: 'With or without hyphens.', examples: ['GBAYE9300106'] }),
    ),
    external_id: Type.Optional(
      Type.String({ maxLength: maxExternalIdCharacters, examples: ['catalog-000123'] }),
    ),
    title: Type.Optional(
      Type.String({ maxLength: maxTextCharacters, description: 'Part of the title, in any case.' }),
    ),
    own: Type.Optional(
      Type.Boolean({
        description: "Only the key's own party, or the one it acts for, also for an operator.",
        examples: [true],
      }),
    ),
    ...OnBehalfOf,
  },
  { additionalProperties: false },
);

const Page = Type.Object({
  recordings: Type.Array(RecordingView),
  next_cursor: Type.Optional(Type.String({ description: 'Absent on the last page.' })),
});

export function listRecordingsRoute(app: App, context: Context): void {
  app.get(
    '/recordings',
    {
      config: { scope: 'read:recordings' },
      schema: {
        tags: ['recordings'],
        summary: 'List recordings',
        description: 'Your own; an operator sees those of all parties.',
        querystring: Query,
        response: {
          200: { description: 'In the order they were registered in.', ...Page },
          ...problems(...accessCodes, ...onBehalfCodes, 'CURSOR_INVALID', 'ISRC_INVALID'),
        },
      },
    },
    async (request) => {
      const {
        external_id: externalId,
        limit = defaultLimit,
        own = false,
        on_behalf_of: _,
        ...rest
      } = request.query;
      const caller = callerOf(request);
      const filter = { ...rest, limit, ...(externalId === undefined ? {} : { externalId }) };
      const page = await listRecordings(contextFor(context, request), {
        ...filter,
        partyId: own ? (caller.onBehalfOf ?? caller.partyId) : partyInView(caller),
      });
      return {
        recordings: [...page.recordings],
        ...(page.nextCursor === undefined ? {} : { next_cursor: page.nextCursor }),
      };
    },
  );
}
