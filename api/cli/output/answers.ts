/** What a command prints of an answer: a line of JSON for programs, or lines for people. */
import type { Speaker } from '../registry-api.ts';
import { type Column, tableLines } from './table.ts';

const pageSize = 200;

export function printAnswer<T>({ isJson }: Speaker, answer: T, text: (answer: T) => readonly string[]): void {
  console.log(isJson ? JSON.stringify(answer) : text(answer).join('\n'));
}

/** Every page of a list, one after the other; for people as a table. */
export async function printList<T>(
  speaker: Speaker,
  list: { readonly path: string; readonly name: string; readonly columns: readonly Column<T>[] },
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
): Promise<void> {
  let [cursor, shownCount]: [string | undefined, number] = [undefined, 0];
  do {
    const path = speaker.at(list.path, { limit: pageSize, ...query, cursor });
    const page: Record<string, unknown> & { next_cursor?: string } = await speaker.api.ask('GET', path);
    const rows = page[list.name] as readonly T[];
    printRows(speaker, list.columns, rows, shownCount === 0);
    shownCount += rows.length;
    cursor = page.next_cursor;
  } while (cursor !== undefined);
  if (shownCount === 0) console.error(`Nothing to list in ${speaker.api.place}.`);
}

export function printRows<T>(
  { isJson }: Speaker,
  columns: readonly Column<T>[],
  rows: readonly T[],
  hasHead = true,
): void {
  if (rows.length === 0) return;
  const lines = isJson ? rows.map((row) => JSON.stringify(row)) : tableLines(columns, rows, hasHead);
  console.log(lines.join('\n'));
}
