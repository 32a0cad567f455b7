/** How reports are asked for, and in which form they are answered: `format`, or what the caller accepts. */
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type ReportFormat, reportFormats } from '../registry/report-text.ts';

const instant = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }));

export const PeriodQuery = {
  from: instant(
    'The first day (UTC) or instant of the period, such as `2026-01-01`; 30 days before `to`, where it is not said.',
  ),
  to: instant(
    'The first day or instant after the period, at most 366 days later; now, where it is not said.',
  ),
  party_id: Type.Optional(
    Type.String({
      format: 'uuid',
      description: 'For operators: of this party, and not of all. Anybody else has no other than its own.',
    }),
  ),
};

export const FormatQuery = {
  format: Type.Optional(
    Type.Enum([...reportFormats], {
      description:
        'Without it by the header `Accept`; NDJSON where that names neither. CSV has a line with the names of the columns.',
    }),
  ),
};

export function formatAsked(
  { headers }: Pick<FastifyRequest, 'headers'>,
  format: ReportFormat | undefined,
): ReportFormat {
  if (format !== undefined) return format;
  return /\btext\/csv\b/.test(headers.accept ?? '') ? 'csv' : 'ndjson';
}
