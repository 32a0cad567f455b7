import type { Context } from '../../context.ts';
import { endDefault } from '../../registry/policies.ts';
import { PolicyView } from '../../registry/policy-view.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function endDefaultPolicyRoute(app: App, context: Context): void {
  app.delete(
    '/policies/:id/default',
    {
      config: { scope: 'manage:policies' },
      schema: {
        tags: ['policies'],
        summary: 'Have no default policy',
        description: 'What you own and have set no policy for is tracked.',
        params: idParams('policy_id'),
        response: {
          200: { description: 'The policy that was the default.', ...PolicyView },
          ...problems(...accessCodes, 'POLICY_NOT_FOUND'),
        },
      },
    },
    (request) => endDefault(contextFor(context, request), callerOf(request), request.params.id),
  );
}
