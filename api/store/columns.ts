/**
 * The types of columns and parameters, as Postgres names them and as they arrive here. A statement declares its
 * rows with these; tests/store/statements.test.ts compares every declaration with the live schema.
 */
export type PgType =
  | 'uuid'
  | 'uuid[]'
  | 'text'
  | 'text[]'
  | 'boolean'
  | 'integer'
  | 'integer[]'
  | 'bigint'
  | 'bytea'
  | 'bytea[]'
  | 'jsonb'
  | 'timestamp with time zone';

/**
 * Where a value comes from, because that decides whether it can be absent: a NOT NULL column, a nullable column,
 * an expression (of which the catalog says nothing), or a column on the empty side of an outer join.
 */
export type Source = 'column' | 'nullable column' | 'expression' | 'outer join';

export type Column<T> = {
  readonly pgType: PgType;
  readonly source: Source;
  /** Never there: carries the TypeScript type. */
  readonly value?: T;
};

const column = <T>(pgType: PgType): Column<T> => ({ pgType, source: 'column' });

export const uuid = column<string>('uuid');
export const uuids = column<readonly string[]>('uuid[]');
/** Each of them an id or null. */
export const nullableUuids = column<readonly (string | undefined)[]>('uuid[]');
export const text = column<string>('text');
export const texts = column<readonly string[]>('text[]');
/** Each of them a text or null. */
export const nullableTexts = column<readonly (string | undefined)[]>('text[]');
export const boolean = column<boolean>('boolean');
export const integer = column<number>('integer');
export const integers = column<readonly number[]>('integer[]');
/** A whole number up to 2^53; a greater one is refused when it is read. */
export const bigint = column<number>('bigint');
export const bytea = column<Uint8Array>('bytea');
export const byteas = column<readonly Uint8Array[]>('bytea[]');
export const jsonb = column<unknown>('jsonb');
export const timestamptz = column<Date>('timestamp with time zone');

/** SQL null is `undefined` here. */
export const nullable = <T>(of: Column<T>): Column<T | undefined> => ({ ...of, source: 'nullable column' });
export const computed = <T>(of: Column<T>): Column<T> => ({ ...of, source: 'expression' });
export const outer = <T>(of: Column<T>): Column<T | undefined> => ({ ...of, source: 'outer join' });
/** A text that may only be one of a closed list, which a check constraint of its table repeats. */
export const oneOf = <const T extends string>(..._values: readonly T[]): Column<T> => column<T>('text');

export type Columns = Readonly<Record<string, Column<unknown>>>;

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;
type ValueOf<C> = C extends Column<infer T> ? T : never;

/** What a row with these columns is in TypeScript: `reference_id` becomes `referenceId`. */
export type RowOf<C extends Columns> = { readonly [K in keyof C & string as Camel<K>]: ValueOf<C[K]> };

export const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
