import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { problems } from '../problem.ts';
import { FormatQuery, PeriodQuery } from '../report-query.ts';
import { answerReport, reportContent, reportTimeoutMs } from '../report-stream.ts';
import { accessCodes } from '../upload-form.ts';

export function reportClaimsRoute(app: App, context: Context): void {
  app.get(
    '/reports/claims',
    {
      config: { scope: 'read:claims' },
      handlerTimeout: reportTimeoutMs,
      schema: {
        tags: ['reports'],
        summary: 'Report the claims of a period',
        description:
          'Raised in the period, each as it is now: those that you make and those on uploads that you reported; an operator sees all.',
        querystring: Type.Object(
          { ...PeriodQuery, ...FormatQuery, ...OnBehalfOf },
          { additionalProperties: false },
        ),
        response: {
          200: { description: 'In the order of time; a row a line.', content: reportContent('claims') },
          ...problems(...accessCodes, ...onBehalfCodes, 'PERIOD_INVALID'),
        },
      },
    },
    (request, reply) => answerReport(context, request, reply, 'claims'),
  );
}
