/**
 * Rows of a report as text: NDJSON, or CSV as RFC 4180 has it. What other people wrote can stand in any cell, and a
 * spreadsheet calculates what begins like a formula: such a cell gets an apostrophe before it (OWASP, "CSV Injection").
 */

export const reportFormats = ['csv', 'ndjson'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export const reportTypes: Readonly<Record<ReportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
};

export type ReportCell = string | number | null | readonly string[];
export type ReportRow = Readonly<Record<string, ReportCell>>;

/** A text for each page, and for CSV one with the names of the columns before them. */
export async function* writeReport(
  format: ReportFormat,
  columns: readonly string[],
  pages: AsyncIterable<readonly ReportRow[]>,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(columns);
  for await (const page of pages) {
    if (page.length > 0) yield page.map((row) => lineOf(format, columns, row)).join('');
  }
}

function lineOf(format: ReportFormat, columns: readonly string[], row: ReportRow): string {
  if (format === 'ndjson') return `${JSON.stringify(row)}\n`;
  return csvLine(columns.map((column) => row[column] ?? null));
}

/** One record with its line end. Lists are written with blanks between their items; null is an empty cell. */
export function csvLine(cells: readonly ReportCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: ReportCell): string {
  if (cell === null) return '';
  // Numbers are ours, and a minus before one is no formula.
  if (typeof cell === 'number') return String(cell);
  const text = typeof cell === 'string' ? cell : cell.join(' ');
  const harmless = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
