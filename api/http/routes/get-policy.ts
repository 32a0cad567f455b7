import type { Context } from '../../context.ts';
import { getPolicy } from '../../registry/policies.ts';
import { PolicyView } from '../../registry/policy-view.ts';
import { contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getPolicyRoute(app: App, context: Context): void {
  app.get(
    '/policies/:id',
    {
      config: { scope: 'read:policies' },
      schema: {
        tags: ['policies'],
        summary: 'Show a policy',
        params: idParams('policy_id'),
        response: {
          200: { description: 'With all its versions.', ...PolicyView },
          ...problems(...accessCodes, 'POLICY_NOT_FOUND'),
        },
      },
    },
    (request) => getPolicy(contextFor(context, request), request.params.id),
  );
}
