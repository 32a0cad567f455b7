import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { ExclusionView, listExclusions } from '../../registry/exclusions.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams, PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function listExclusionsRoute(app: App, context: Context): void {
  app.get(
    '/recordings/:id/excluded-intervals',
    {
      config: { scope: 'read:recordings' },
      schema: {
        tags: ['recordings'],
        summary: 'List the spans of a recording that must not match',
        description: 'Excluded by the release of a claim; those that were put back too.',
        params: idParams('recording_id'),
        querystring: Type.Object({ ...PageQuery, ...OnBehalfOf }, { additionalProperties: false }),
        response: {
          200: {
            description: 'In the order of their exclusion.',
            ...PageOf('excluded_intervals', ExclusionView),
          },
          ...problems(...accessCodes, ...onBehalfCodes, 'RECORDING_NOT_FOUND', 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const which = { partyId: partyInView(callerOf(request)), recordingId: request.params.id };
      const page = await listExclusions(contextFor(context, request), {
        ...which,
        ...pageAsked(request.query),
      });
      return pageAnswer('excluded_intervals', page);
    },
  );
}
