import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import type { App } from '../fastify-types.ts';
import { problems } from '../problem.ts';
import { FormatQuery, PeriodQuery } from '../report-query.ts';
import { answerReport, reportContent, reportTimeoutMs } from '../report-stream.ts';
import { accessCodes } from '../upload-form.ts';

export function reportMatchesRoute(app: App, context: Context): void {
  app.get(
    '/reports/matches',
    {
      config: { scope: 'read:submissions' },
      handlerTimeout: reportTimeoutMs,
      schema: {
        tags: ['reports'],
        summary: 'Report the matches of a period',
        description:
          'Found in the period in uploads that you reported, claimed or not; an operator sees all. What was found in other parties’ uploads is in the report of your claims.',
        querystring: Type.Object({ ...PeriodQuery, ...FormatQuery }, { additionalProperties: false }),
        response: {
          200: { description: 'In the order of time; a row a line.', content: reportContent('matches') },
          ...problems(...accessCodes, 'PERIOD_INVALID', 'PARTY_NOT_FOUND'),
        },
      },
    },
    (request, reply) => answerReport(context, request, reply, 'matches'),
  );
}
