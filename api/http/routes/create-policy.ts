import type { Context } from '../../context.ts';
import { createPolicy } from '../../registry/policies.ts';
import { PolicyView } from '../../registry/policy-view.ts';
import { PolicyDocument } from '../../rules/policy-document.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { problems } from '../problem.ts';

export function createPolicyRoute(app: App, context: Context): void {
  app.post(
    '/policies',
    {
      config: { scope: 'manage:policies' },
      schema: {
        tags: ['policies'],
        summary: 'Write a policy',
        description:
          'Its first version, which nothing follows from yet: activate it, and make the policy your default or set it for single ' +
          'recordings. All conditions of a rule must hold; of the rules that hold the most restrictive wins.',
        body: PolicyDocument,
        response: {
          201: { description: 'The policy.', ...PolicyView },
          ...problems(...jsonCodes, 'POLICY_INVALID', 'TERRITORY_INVALID', 'LIMIT_REACHED'),
        },
      },
    },
    async (request, reply) => {
      const document = request.body;
      const policy = await createPolicy(contextFor(context, request), callerOf(request), { document });
      reply.status(201).header('location', `/v1/policies/${policy.policy_id}`);
      return policy;
    },
  );
}
