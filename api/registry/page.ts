/** One page of a list: rows in order of their id, and a cursor for the next where there is one. */
import { validate as isUuid } from 'uuid';
import { RegistryError } from '../errors.ts';

export type Page<T> = { readonly items: readonly T[]; readonly nextCursor?: string };

/** `rows` is one more than `limit` where there is a next page. */
export function pageOf<Row, T>(
  rows: readonly Row[],
  limit: number,
  describe: (row: Row) => T,
  idOf: (row: Row) => string,
): Page<T> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const items = page.map((row) => describe(row));
  return rows.length > limit && last ? { items, nextCursor: writeCursor(idOf(last)) } : { items };
}

/** Encoded so that nobody builds one: what it holds may change. */
function writeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** The last id already seen; `undefined` to start. Throws CURSOR_INVALID. */
export function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const id = Buffer.from(cursor, 'base64url').toString();
  if (isUuid(id)) return id;
  throw new RegistryError(
    'CURSOR_INVALID',
    `cursor: expected the next_cursor of a page before; received ${JSON.stringify(cursor.slice(0, 40))}`,
  );
}
