import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { findByIdentifier, IdentifiedView } from '../../registry/find-by-identifier.ts';
import { identifierSchemes, maxGivenCharacters } from '../../rules/identifiers.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Query = Type.Object(
  {
    scheme: Type.Optional(Type.Enum([...identifierSchemes], { default: 'isrc', examples: ['isrc'] })),
    value: Type.String({
      minLength: 1,
      maxLength: maxGivenCharacters,
      description: 'With or without hyphens.',
      examples: ['GB-AYE-93-00106'],
    }),
    ...OnBehalfOf,
  },
  { additionalProperties: false },
);

export function findIdentifierRoute(app: App, context: Context): void {
  app.get(
    '/identifiers',
    {
      config: { scope: 'read:recordings' },
      schema: {
        tags: ['recordings'],
        summary: 'Find recordings by an identifier',
        description: 'Among your own; an operator looks among those of all parties.',
        querystring: Query,
        response: {
          200: IdentifiedView,
          ...problems(...accessCodes, ...onBehalfCodes, 'ISRC_INVALID', 'IDENTIFIER_INVALID'),
        },
      },
    },
    async (request) => {
      const { scheme = 'isrc', value } = request.query;
      const caller = callerOf(request);
      const asked = { scheme, value, partyId: partyInView(caller) };
      return await findByIdentifier(contextFor(context, request), caller, asked);
    },
  );
}
