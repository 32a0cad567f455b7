import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { OwnershipConflictView } from '../../registry/ownership-conflict-view.ts';
import { setReviewer } from '../../registry/ownership-conflicts.ts';
import { contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  { party_id: Type.String({ format: 'uuid', description: 'A party with the role reviewer.' }) },
  { additionalProperties: false },
);

export function setConflictReviewerRoute(app: App, context: Context): void {
  app.put(
    '/ownership-conflicts/:id/reviewer',
    {
      config: { scope: 'operate:registry' },
      schema: {
        tags: ['rights'],
        summary: 'Ask a reviewer to decide an ownership conflict',
        description: 'The reviewer sees the conflict and what is asserted from then on.',
        params: idParams('ownership_conflict_id'),
        body: Body,
        response: {
          200: { description: 'The conflict.', ...OwnershipConflictView },
          ...problems(...jsonCodes, 'CONFLICT_NOT_FOUND', 'REVIEWER_INVALID'),
        },
      },
    },
    (request) =>
      setReviewer(contextFor(context, request), {
        conflictId: request.params.id,
        reviewerId: request.body.party_id,
      }),
  );
}
