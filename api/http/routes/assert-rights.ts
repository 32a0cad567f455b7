import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { assertRights } from '../../registry/rights.ts';
import { RightsView } from '../../registry/rights-view.ts';
import { RightsAssertionDocument } from '../../rules/rights-assertion.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { OnBehalfOfQuery, onBehalfCodes } from '../on-behalf-of.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  {
    ...RightsAssertionDocument.properties,
    scan_id: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'Where another party registered the recording: a scan of yours that named it.',
      }),
    ),
  },
  { additionalProperties: false },
);

export function assertRightsRoute(app: App, context: Context): void {
  app.post(
    '/recordings/:id/rights',
    {
      config: { scope: 'assert:rights' },
      schema: {
        tags: ['rights'],
        summary: 'Assert a right in a recording',
        description:
          'For your own party, or for the one you act for, within its mandate’s territories. It is kept beside what ' +
          'others assert; above 100 % it makes an ownership conflict, which all sides see.',
        params: idParams('recording_id'),
        body: Body,
        querystring: OnBehalfOfQuery,
        response: {
          201: { description: 'Asserted; all that is asserted today.', ...RightsView },
          200: { description: 'You had said so before.', ...RightsView },
          ...problems(
            ...jsonCodes,
            ...onBehalfCodes,
            'RECORDING_NOT_FOUND',
            'RIGHTS_ASSERTION_INVALID',
            'SHARE_INVALID',
            'TERRITORY_INVALID',
            'OUTSIDE_MANDATE',
            'LIMIT_REACHED',
            'TOO_MANY_ASSERTIONS',
          ),
        },
      },
    },
    async (request, reply) => {
      const { scan_id: scanId, ...document } = request.body;
      const said = { recordingId: request.params.id, scanId, document };
      const { isNew, view } = await assertRights(contextFor(context, request), callerOf(request), said);
      reply.status(isNew ? 201 : 200);
      return view;
    },
  );
}
