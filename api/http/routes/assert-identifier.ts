import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { assertIdentifier, IdentifiersView } from '../../registry/identifiers.ts';
import { identifierSchemes, maxGivenCharacters } from '../../rules/identifiers.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  {
    scheme: Type.Enum([...identifierSchemes], { examples: ['isrc'] }),
    value: Type.String({
      minLength: 1,
      maxLength: maxGivenCharacters,
      description: 'With or without hyphens.',
      examples: ['GB-AYE-93-00106'],
    }),
    delivery: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: '^[^\\u0000-\\u001f\\u007f]+$',
        description: 'The message or file that says so, as you name it.',
        examples: ['ERN 2026-01-31 0007'],
      }),
    ),
  },
  { additionalProperties: false },
);

export function assertIdentifierRoute(app: App, context: Context): void {
  app.post(
    '/recordings/:id/identifiers',
    {
      config: { scope: 'assert:identifiers' },
      schema: {
        tags: ['recordings'],
        summary: 'Assert an identifier of a recording',
        description: 'It is kept beside what was asserted before; nothing is replaced.',
        params: idParams('recording_id'),
        body: Body,
        querystring: OnBehalfOfQuery,
        response: {
          201: {
            description: 'Asserted; everything that is asserted about the recording.',
            ...IdentifiersView,
          },
          200: { description: 'You had said so before.', ...IdentifiersView },
          ...problems(
            ...jsonCodes,
            ...onBehalfCodes,
            'RECORDING_NOT_FOUND',
            'ISRC_INVALID',
            'IDENTIFIER_INVALID',
            'LIMIT_REACHED',
          ),
        },
      },
    },
    async (request, reply) => {
      const said = { recordingId: request.params.id, ...request.body };
      const { isNew, view } = await assertIdentifier(contextFor(context, request), callerOf(request), said);
      reply.status(isNew ? 201 : 200);
      return view;
    },
  );
}
