import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { showRights } from '../../registry/rights.ts';
import { RightsView, rightsViews } from '../../registry/rights-view.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Query = Type.Object(
  {
    view: Type.Optional(
      Type.Enum([...rightsViews], {
        default: 'effective',
        description:
          '`asserted`: what every party says. `mine`: what you say, or others say to be yours. `effective`: what follows from all of it.',
      }),
    ),
    valid_on: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}$',
        description: 'The day of which it speaks; today in UTC.',
      }),
    ),
    believed_at: Type.Optional(
      Type.String({ format: 'date-time', description: 'As it was believed at this instant; now.' }),
    ),
    ...OnBehalfOf,
  },
  { additionalProperties: false },
);

export function showRightsRoute(app: App, context: Context): void {
  app.get(
    '/recordings/:id/rights',
    {
      config: { scope: 'read:rights' },
      schema: {
        tags: ['rights'],
        summary: 'Show the rights in a recording',
        description:
          'To whoever registered it, whoever asserts something about it, and the sides of a conflict. Of any day, and as ' +
          'it was believed at any instant: the answer for the past stays the same.',
        params: idParams('recording_id'),
        querystring: Query,
        response: {
          200: { description: 'Oldest first.', ...RightsView },
          ...problems(...accessCodes, ...onBehalfCodes, 'RECORDING_NOT_FOUND', 'TOO_MANY_ASSERTIONS'),
        },
      },
    },
    (request) => {
      const { view = 'effective', valid_on: validOn, believed_at } = request.query;
      const caller = callerOf(request);
      return showRights(contextFor(context, request), {
        partyId: caller.onBehalfOf ?? caller.partyId,
        recordingId: request.params.id,
        view,
        validOn,
        believedAt: believed_at === undefined ? undefined : new Date(believed_at),
      });
    },
  );
}
