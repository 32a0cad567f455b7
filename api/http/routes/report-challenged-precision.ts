import { Type } from 'typebox';
import type { Context } from '../../context.ts';
import { readPeriod } from '../../registry/report-period.ts';
import { ChallengedPrecision } from '../../registry/report-rows.ts';
import { partyOfReport, reportChallengedPrecision } from '../../registry/reports.ts';
import { callerOf, contextFor } from '../access.ts';
import type { App } from '../fastify-types.ts';
import { OnBehalfOf, onBehalfCodes } from '../on-behalf-of.ts';
import { problems } from '../problem.ts';
import { PeriodQuery } from '../report-query.ts';
import { accessCodes } from '../upload-form.ts';

const Answer = Type.Object({
  from: Type.String({ format: 'date-time' }),
  to: Type.String({ format: 'date-time' }),
  claimants: Type.Array(ChallengedPrecision),
});

export function reportChallengedPrecisionRoute(app: App, context: Context): void {
  app.get(
    '/reports/challenged-precision',
    {
      config: { scope: 'read:claims' },
      schema: {
        tags: ['reports'],
        summary: 'Report how many disputed claims fell, for each claimant',
        description:
          'Of claims raised in the period: how many were disputed, and what became of those by now. A rights-holder sees ' +
          'itself, a platform every claimant on the uploads that it reported, an operator all.',
        querystring: Type.Object({ ...PeriodQuery, ...OnBehalfOf }, { additionalProperties: false }),
        response: {
          200: { description: 'Those with most claims first.', ...Answer },
          ...problems(...accessCodes, ...onBehalfCodes, 'PERIOD_INVALID'),
        },
      },
    },
    async (request) => {
      const scoped = contextFor(context, request);
      const period = readPeriod(request.query, context.clock.now());
      const partyId = await partyOfReport(scoped, callerOf(request), request.query.party_id);
      const claimants = await reportChallengedPrecision(scoped, { partyId, period });
      return { from: period.from.toISOString(), to: period.to.toISOString(), claimants };
    },
  );
}
