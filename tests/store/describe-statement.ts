/** Asks Postgres what a statement takes and hands, without running it. */

import type pg from 'pg';
import type { Connection } from 'pg';
import type { PgType, Source } from '../../api/store/columns.ts';

export type Described = {
  readonly parameters: readonly PgType[];
  readonly columns: readonly { readonly name: string; readonly pgType: PgType; readonly source: Source }[];
};

type Field = { name: string; tableID: number; columnID: number; dataTypeID: number };

/**
 * pg has no call for the protocol's Parse and Describe, but runs whatever has `submit` and handles the answers:
 * the interface pg-cursor is built on.
 */
class Description {
  readonly answer: Promise<{ parameterOids: readonly number[]; fields: readonly Field[] }>;
  readonly #text: string;
  readonly #settle: PromiseWithResolvers<{ parameterOids: readonly number[]; fields: readonly Field[] }>;
  #parameterOids: readonly number[] = [];
  #fields: readonly Field[] = [];

  constructor(text: string) {
    this.#text = text;
    this.#settle = Promise.withResolvers();
    this.answer = this.#settle.promise;
  }
  submit(connection: Connection): void {
    const wire = connection as unknown as {
      once(event: 'parameterDescription', listener: (message: { dataTypeIDs: number[] }) => void): void;
      parse(query: { name: string; text: string; types: number[] }): void;
      describe(what: { type: 'S'; name: string }): void;
      sync(): void;
    };
    wire.once('parameterDescription', (message) => {
      this.#parameterOids = message.dataTypeIDs;
    });
    wire.parse({ name: '', text: this.#text, types: [] });
    wire.describe({ type: 'S', name: '' });
    wire.sync();
  }
  handleRowDescription(message: { fields: Field[] }): void {
    this.#fields = message.fields;
  }
  handleError(error: Error): void {
    this.#settle.reject(error);
  }
  handleReadyForQuery(): void {
    this.#settle.resolve({ parameterOids: this.#parameterOids, fields: this.#fields });
  }
}

export async function describeStatement(client: pg.Client, text: string): Promise<Described> {
  const description = new Description(text);
  client.query(description as never);
  const { parameterOids, fields } = await description.answer;
  const typeName = async (oid: number): Promise<PgType> => {
    const { rows } = await client.query<{ name: PgType }>('select format_type($1, null) as name', [oid]);
    return rows[0]?.name ?? 'text';
  };
  const columns: { name: string; pgType: PgType; source: Source }[] = [];
  for (const field of fields) {
    columns.push({
      name: field.name,
      pgType: await typeName(field.dataTypeID),
      source: await sourceOf(client, field),
    });
  }
  const parameters: PgType[] = [];
  for (const oid of parameterOids) parameters.push(await typeName(oid));
  return { parameters, columns };
}

async function sourceOf(client: pg.Client, field: Field): Promise<Source> {
  if (field.tableID === 0) return 'expression';
  const { rows } = await client.query<{ attnotnull: boolean }>(
    'select attnotnull from pg_attribute where attrelid = $1 and attnum = $2',
    [field.tableID, field.columnID],
  );
  return rows[0]?.attnotnull === true ? 'column' : 'nullable column';
}
