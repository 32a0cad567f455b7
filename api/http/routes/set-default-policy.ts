import type { Context } from '../../context.ts';
import { assignPolicy } from '../../registry/policies.ts';
import { PolicyView } from '../../registry/policy-view.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function setDefaultPolicyRoute(app: App, context: Context): void {
  app.put(
    '/policies/:id/default',
    {
      config: { scope: 'manage:policies' },
      schema: {
        tags: ['policies'],
        summary: 'Make a policy your default',
        description: 'In place of the one before: for all that you own and have set no other policy for.',
        params: idParams('policy_id'),
        response: {
          200: { description: 'The policy.', ...PolicyView },
          ...problems(...accessCodes, 'POLICY_NOT_FOUND', 'POLICY_NOT_ACTIVE'),
        },
      },
    },
    (request) =>
      assignPolicy(contextFor(context, request), callerOf(request), { policyId: request.params.id }),
  );
}
