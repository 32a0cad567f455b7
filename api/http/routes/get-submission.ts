import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { SubmissionView } from '../../registry/submission-view.ts';
import { getSubmission } from '../../registry/submissions.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { idParams } from '../paging.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getSubmissionRoute(app: App, context: Context): void {
  app.get(
    '/submissions/:id',
    {
      config: { scope: 'read:submissions' },
      schema: {
        tags: ['submissions'],
        summary: 'Show a submission',
        description: 'Your own; an operator sees those of all parties.',
        params: idParams('submission_id'),
        response: {
          200: { description: 'What was found then, and the claims as they are now.', ...SubmissionView },
          ...problems(...accessCodes, 'SUBMISSION_NOT_FOUND'),
        },
      },
    },
    (request) =>
      getSubmission(contextFor(context, request), {
        partyId: partyInView(callerOf(request)),
        submissionId: request.params.id,
      }),
  );
}
