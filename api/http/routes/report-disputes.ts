import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { problems } from '../problem.ts';
import { FormatQuery, PeriodQuery } from '../report-query.ts';
import { answerReport, reportContent, reportTimeoutMs } from '../report-stream.ts';
import { accessCodes } from '../upload-form.ts';

export function reportDisputesRoute(app: App, context: Context): void {
  app.get(
    '/reports/disputes',
    {
      config: { scope: 'read:claims' },
      handlerTimeout: reportTimeoutMs,
      schema: {
        tags: ['reports'],
        summary: 'Report the disputes of a period',
        description:
          'Opened in the period, each as it is now: of claims that you make and of claims on uploads that you reported; an operator sees all.',
        querystring: Type.Object(
          { ...PeriodQuery, ...FormatQuery, ...OnBehalfOf },
          { additionalProperties: false },
        ),
        response: {
          200: { description: 'In the order of time; a row a line.', content: reportContent('disputes') },
          ...problems(...accessCodes, ...onBehalfCodes, 'PERIOD_INVALID'),
        },
      },
    },
    (request, reply) => answerReport(context, request, reply, 'disputes'),
  );
}
