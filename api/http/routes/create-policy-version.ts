import type { Context } from '../../context.ts';
import { createPolicyVersion } from '../../registry/policies.ts';
import { PolicyView } from '../../registry/policy-view.ts';
import { PolicyDocument } from '../../rules/policy-document.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

export function createPolicyVersionRoute(app: App, context: Context): void {
  app.post(
    '/policies/:id/versions',
    {
      config: { scope: 'manage:policies' },
      schema: {
        tags: ['policies'],
        summary: 'Write the next version of a policy',
        description: 'A draft: simulate it, then activate it. Versions before it stay as they are.',
        params: idParams('policy_id'),
        body: PolicyDocument,
        response: {
          201: { description: 'The policy with all its versions.', ...PolicyView },
          ...problems(
            ...jsonCodes,
            'POLICY_NOT_FOUND',
            'POLICY_INVALID',
            'TERRITORY_INVALID',
            'LIMIT_REACHED',
          ),
        },
      },
    },
    async (request, reply) => {
      const draft = { policyId: request.params.id, document: request.body };
      const policy = await createPolicyVersion(contextFor(context, request), callerOf(request), draft);
      reply.status(201);
      return policy;
    },
  );
}
