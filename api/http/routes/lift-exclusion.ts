import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { ExclusionView, liftExclusion } from '../../registry/exclusions.ts';
import { callerOf, contextFor } from '../access.ts';
import { Reason } from '../claim-act.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

export function liftExclusionRoute(app: App, context: Context): void {
  app.post(
    '/recordings/:id/excluded-intervals/:excluded_interval_id/lift',
    {
      config: { scope: 'manage:claims' },
      schema: {
        tags: ['recordings'],
        summary: 'Put an excluded span back',
        description:
          'It matches again at once, and a retroscan looks for it in what was submitted meanwhile. Claims that were released stay released.',
        params: Type.Object({
          ...idParams('recording_id').properties,
          excluded_interval_id: Type.String({ format: 'uuid' }),
        }),
        querystring: OnBehalfOfQuery,
        body: Type.Object({ reason: Reason }, { additionalProperties: false }),
        response: {
          200: { description: 'The span as it is now.', ...ExclusionView },
          ...problems(...jsonCodes, ...onBehalfCodes, 'RECORDING_NOT_FOUND', 'EXCLUDED_INTERVAL_NOT_FOUND'),
        },
      },
    },
    (request) => {
      const caller = callerOf(request);
      return liftExclusion(contextFor(context, request), {
        partyId: partyInView(caller),
        recordingId: request.params.id,
        excludedIntervalId: request.params.excluded_interval_id,
        liftedBy: caller.partyId,
        reason: request.body.reason,
      });
    },
  );
}
