import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { partyInView } from '../../registry/caller.ts';
import { getScan } from '../../registry/get-scan.ts';
import { ScanAnswer } from '../../registry/scan-answer.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { problems } from '../problem.ts';
import { accessCodes } from '../upload-form.ts';

export function getScanRoute(app: App, context: Context): void {
  app.get(
    '/scans/:id',
    {
      config: { scope: 'read:scans' },
      schema: {
        tags: ['scans'],
        summary: 'Show a scan',
        description: 'Your own; an operator sees those of all parties. It says what was found then, not now.',
        params: Type.Object({ id: Type.String({ format: 'uuid', description: '`scan_id`' }) }),
        response: {
          200: { description: 'The answer as it was given.', ...ScanAnswer },
          ...problems(...accessCodes, 'SCAN_NOT_FOUND'),
        },
      },
    },
    (request) =>
      getScan(contextFor(context, request), {
        partyId: partyInView(callerOf(request)),
        scanId: request.params.id,
      }),
  );
}
