/**
 * A statement is one file of sql/queries with declared parameters and a declared row. The files are read when
 * the store is imported, so a missing one stops the process at its start and not at midnight.
 */
import { readFileSync } from 'node:fs';
import type { QueryConfig, QueryResult } from 'pg';
import pg from 'pg';
import { type Columns, camelCase, type RowOf } from './columns.ts';

/** Something statements run on: the pool, or one transaction. */
export type Queryable = { query(config: QueryConfig): Promise<QueryResult> };

export type Statement<P extends Columns, R extends Columns> = {
  readonly name: string;
  readonly text: string;
  readonly parameters: P;
  readonly columns: R;
  /** Every row. */
  all(on: Queryable, values: RowOf<P>): Promise<RowOf<R>[]>;
  /** The first row, if there is one. */
  find(on: Queryable, values: RowOf<P>): Promise<RowOf<R> | undefined>;
  /** The first row; none is our own bug. */
  get(on: Queryable, values: RowOf<P>): Promise<RowOf<R>>;
};

const directory = new URL('../../sql/queries/', import.meta.url);

/** All statements by name, for the test that compares them with the live schema. */
export const statements = new Map<string, Statement<Columns, Columns>>();

const int8 = 20;

function safeNumber(digits: string): number {
  const value = Number(digits);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`expected a whole number below 2^53, received ${digits}`);
  return value;
}

/** Values arrive as text, never with `binary: true`: node-postgres corrupts bytea and integers there (#3495). */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === int8 && format !== 'binary'
      ? safeNumber
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

export function statement<P extends Columns, R extends Columns = Record<never, never>>(
  name: string,
  shape: {
    readonly parameters: P;
    readonly columns?: R;
    /** Planned once on each connection and role, and no longer for the values it is given. */
    readonly isPrepared?: boolean;
  },
): Statement<P, R> {
  const text = readFileSync(new URL(`${name}.sql`, directory), 'utf8');
  const parameterNames = Object.keys(shape.parameters).map((key) => ({
    key: camelCase(key),
    column: shape.parameters[key],
  }));
  const columns = shape.columns ?? ({} as R);
  const columnNames = Object.keys(columns).map((key) => [key, camelCase(key)] as const);

  const toRow = (row: Record<string, unknown>): RowOf<R> =>
    Object.fromEntries(columnNames.map(([key, name]) => [name, row[key] ?? undefined])) as RowOf<R>;

  async function all(on: Queryable, values: RowOf<P>): Promise<RowOf<R>[]> {
    const given = values as Record<string, unknown>;
    const list = parameterNames.map(({ key, column }) =>
      // pg would send an array as a Postgres array, and a string as it is: neither is the JSON of it.
      column?.pgType === 'jsonb' ? JSON.stringify(given[key]) : (given[key] ?? null),
    );
    // Not named, but where that is asked for: a prepared plan would be reused for other values, and the optional filters
    // of list-recordings need a plan of their own each time. It also lets a pooler sit in between.
    const result = await on.query({ ...(shape.isPrepared ? { name } : {}), text, values: list, types });
    return result.rows.map(toRow);
  }

  const self: Statement<P, R> = {
    name,
    text,
    parameters: shape.parameters,
    columns,
    all,
    find: async (on, values) => (await all(on, values))[0],
    get: async (on, values) => {
      const [row] = await all(on, values);
      if (row === undefined) throw new Error(`${name} handed no row where there always is one`);
      return row;
    },
  };
  statements.set(name, self as unknown as Statement<Columns, Columns>);
  return self;
}
