import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { activatePolicy } from '../../registry/policies.ts';
import { PolicyView } from '../../registry/policy-view.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  { version: Type.Integer({ minimum: 1, maximum: 1000 }) },
  { additionalProperties: false },
);

export function activatePolicyRoute(app: App, context: Context): void {
  app.post(
    '/policies/:id/activate',
    {
      config: { scope: 'manage:policies' },
      schema: {
        tags: ['policies'],
        summary: 'Activate a version of a policy',
        description: 'From now on, wherever the policy applies; an earlier version too.',
        params: idParams('policy_id'),
        body: Body,
        response: {
          200: { description: 'The policy.', ...PolicyView },
          ...problems(...jsonCodes, 'POLICY_NOT_FOUND'),
        },
      },
    },
    (request) =>
      activatePolicy(contextFor(context, request), callerOf(request), {
        policyId: request.params.id,
        version: request.body.version,
      }),
  );
}
