import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { OwnershipConflictView } from '../../registry/ownership-conflict-view.ts';
import { decideConflict } from '../../registry/ownership-conflicts.ts';
import { TerritoryScopeDocument } from '../../rules/rights-assertion.ts';
import { rights } from '../../rules/rights-record.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

/** As many as a recording may have. */
const maxNamed = 100;
const day = (description: string) =>
  Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description }));
const named = (description: string) =>
  Type.Array(Type.String({ format: 'uuid' }), { maxItems: maxNamed, uniqueItems: true, description });

const Body = Type.Object(
  {
    right: Type.Optional(
      Type.Enum([...rights, 'AllRights'], {
        description: 'Needed where the conflict is about some of several rights.',
      }),
    ),
    territories: Type.Optional(TerritoryScopeDocument),
    from: day('The first day it holds; without it, since always.'),
    to: day('The first day it holds no longer; without it, for ever.'),
    upheld: Type.Optional(named('Assertions that stand, also where an earlier decision set them aside.')),
    set_aside: { ...named('Assertions that do not stand.'), minItems: 1 },
    reason: Type.String({ minLength: 1, maxLength: 1000, pattern: '\\S' }),
  },
  { additionalProperties: false },
);

export function decideOwnershipConflictRoute(app: App, context: Context): void {
  app.post(
    '/ownership-conflicts/:id/decisions',
    {
      config: { scope: 'decide:conflicts' },
      schema: {
        tags: ['rights'],
        summary: 'Decide an ownership conflict',
        description:
          'By an operator, or by the reviewer who was asked to. It must leave no more than 100 % where it holds, everywhere ' +
          'the conflict is and always where nothing else is said. A later decision overrules it; nothing is overwritten.',
        params: idParams('ownership_conflict_id'),
        body: Body,
        response: {
          201: {
            description: 'The conflict, resolved where nothing of it is left.',
            ...OwnershipConflictView,
          },
          ...problems(
            ...jsonCodes,
            'CONFLICT_NOT_FOUND',
            'DECISION_NOT_YOURS',
            'DECISION_INVALID',
            'TERRITORY_INVALID',
          ),
        },
      },
    },
    async (request, reply) => {
      const { set_aside: setAside, upheld = [], ...decision } = request.body;
      const conflict = await decideConflict(contextFor(context, request), callerOf(request), {
        conflictId: request.params.id,
        upheld,
        setAside,
        ...decision,
      });
      reply.status(201);
      return conflict;
    },
  );
}
