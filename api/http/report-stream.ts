/** A report as an answer: read from Postgres a page at a time, and no faster than the caller reads. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Context } from '../context.ts';
import { readPeriod } from '../registry/report-period.ts';
import { type ReportFormat, reportTypes, writeReport } from '../registry/report-text.ts';
import {
  columnsOfReport,
  partyOfReport,
  type ReportName,
  reportPages,
  reportRows,
} from '../registry/reports.ts';
import { callerOf, contextFor } from './access.ts';
import { formatAsked } from './report-query.ts';

/** A year of a large platform to a slow reader. */
export const reportTimeoutMs = 15 * 60_000;

type ReportQuery = {
  readonly from?: string;
  readonly to?: string;
  readonly party_id?: string;
  readonly format?: ReportFormat;
};

/** For the OpenAPI document; the answer is a stream and not checked. */
export const reportContent = (name: ReportName) => ({
  [reportTypes.ndjson]: { schema: Type.Unsafe<unknown>(reportRows[name]) },
  'text/csv': { schema: Type.Unsafe<unknown>({ type: 'string' }) },
});

export async function answerReport(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  name: ReportName,
): Promise<FastifyReply> {
  const query = request.query as ReportQuery;
  const scoped = contextFor(context, request);
  const period = readPeriod(query, context.clock.now());
  const partyId = await partyOfReport(scoped, callerOf(request), query.party_id);
  const pages = reportPages(scoped, name, { partyId, period });
  // Before the head goes out: what cannot be read is answered as a problem.
  const first = await pages.next();
  async function* everyPage() {
    if (!first.done) yield first.value;
    yield* pages;
  }
  const format = formatAsked(request, query.format);
  const text = writeReport(format, columnsOfReport(name), everyPage());
  const stream = Readable.from(text, { objectMode: true, highWaterMark: 1 });
  stream.once('error', (error) => request.log.warn({ err: error }, 'a report broke off'));
  return reply
    .type(reportTypes[format])
    .header('content-disposition', `attachment; filename="${name}.${format}"`)
    .send(stream);
}
