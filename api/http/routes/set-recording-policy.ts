import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { assignPolicy } from '../../registry/policies.ts';
import { PolicyView } from '../../registry/policy-view.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object({ policy_id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });

export function setRecordingPolicyRoute(app: App, context: Context): void {
  app.put(
    '/recordings/:id/policy',
    {
      config: { scope: 'manage:policies' },
      schema: {
        tags: ['policies'],
        summary: 'Set a policy for one recording',
        description:
          'In place of your default. Co-owners’ policies are theirs; the most restrictive action wins.',
        params: idParams('recording_id'),
        body: Body,
        response: {
          200: { description: 'The policy.', ...PolicyView },
          ...problems(...jsonCodes, 'RECORDING_NOT_FOUND', 'POLICY_NOT_FOUND', 'POLICY_NOT_ACTIVE'),
        },
      },
    },
    (request) =>
      assignPolicy(contextFor(context, request), callerOf(request), {
        policyId: request.body.policy_id,
        recordingId: request.params.id,
      }),
  );
}
