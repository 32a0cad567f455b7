/** Answers for people: small tables, and fields under each other. What others wrote is made safe to print. */
import { columnCount, printable, toWidth } from './terminal-text.ts';

export type Column<T> = readonly [head: string, text: (row: T) => string | number | null];

/** As wide as what stands in it; the last column is not padded. */
export function tableLines<T>(columns: readonly Column<T>[], rows: readonly T[], hasHead = true): string[] {
  const cells = rows.map((row) => columns.map(([, text]) => printable(String(text(row) ?? ''))));
  const lines = hasHead ? [columns.map(([head]) => head), ...cells] : cells;
  const widths = columns.map((_, at) => Math.max(0, ...lines.map((line) => columnCount(line[at] ?? ''))));
  return lines.map((line) =>
    line
      .map((cell, at) => toWidth(cell, widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A name and a value a line; without what is null, undefined or empty. */
export function fieldLines(
  fields: readonly (readonly [name: string, value: string | number | null | undefined])[],
): string[] {
  const said = fields.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(0, ...said.map(([name]) => name.length));
  return said.map(([name, value]) => `${name.padEnd(width)}  ${printable(String(value))}`);
}
