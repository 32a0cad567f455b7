import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { ClaimView } from '../../registry/claim-view.ts';
import { listClaims } from '../../registry/claims.ts';
import { claimStates } from '../../rules/claim-machine.ts';
import { actions } from '../../rules/policy-document.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { PageOf, PageQuery, pageAnswer, pageAsked } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

const Filter = {
  state: Type.Optional(Type.Enum([...claimStates])),
  action: Type.Optional(Type.Enum([...actions])),
  recording_id: Type.Optional(Type.String({ format: 'uuid' })),
  submission_id: Type.Optional(Type.String({ format: 'uuid' })),
};

export function listClaimsRoute(app: App, context: Context): void {
  app.get(
    '/claims',
    {
      config: { scope: 'read:claims' },
      schema: {
        tags: ['claims'],
        summary: 'List claims',
        description: 'Those that you make and those on uploads that you reported; an operator sees all.',
        querystring: Type.Object({ ...PageQuery, ...Filter, ...OnBehalfOf }, { additionalProperties: false }),
        response: {
          200: { description: 'In the order they were raised in.', ...PageOf('claims', ClaimView) },
          ...problems(...accessCodes, ...onBehalfCodes, 'CURSOR_INVALID'),
        },
      },
    },
    async (request) => {
      const ask = {
        partyId: partyInView(callerOf(request)),
        ...pageAsked(request.query),
        state: request.query.state,
        action: request.query.action,
        recordingId: request.query.recording_id,
        submissionId: request.query.submission_id,
      };
      return pageAnswer('claims', await listClaims(contextFor(context, request), ask));
    },
  );
}
