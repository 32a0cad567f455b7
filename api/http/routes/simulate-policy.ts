import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import {
  maxListedChanges,
  maxSimulatedMatches,
  SimulationView,
  simulatePolicy,
} from '../../registry/simulation.ts';
import { contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { jsonCodes } from '../json-body.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';

const Body = Type.Object(
  {
    version: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, description: 'The latest, where it is not said.' }),
    ),
    listed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: maxListedChanges,
        default: 100,
        description: 'How many changed matches to list.',
      }),
    ),
  },
  { additionalProperties: false },
);

export function simulatePolicyRoute(app: App, context: Context): void {
  app.post(
    '/policies/:id/simulation',
    {
      config: { scope: 'read:policies' },
      schema: {
        tags: ['policies'],
        summary: 'See what a version of a policy would change',
        description:
          `Decides the last ${maxSimulatedMatches} matches of your recordings again, whoever scanned them, with the policies in ` +
          'force and with this version in place of the active one; where the policy applies nowhere, with it as your default. ' +
          'Nothing is changed by it.',
        params: idParams('policy_id'),
        body: Body,
        response: {
          200: { description: 'By count, and the first by list.', ...SimulationView },
          ...problems(...jsonCodes, 'POLICY_NOT_FOUND', 'TOO_MANY_ASSERTIONS'),
        },
      },
    },
    (request) =>
      simulatePolicy(contextFor(context, request), { policyId: request.params.id, ...request.body }),
  );
}
