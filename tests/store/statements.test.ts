import { readdirSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Columns } from '../../api/store/columns.ts';
import { statements } from '../../api/store/statement.ts';
import '../../api/store/store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { type Described, describeStatement } from './describe-statement.ts';

let database: FreshDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
  // What is copied into: there only for the length of a transaction, and here for the length of the connection.
  for (const name of ['stage-metadata', 'stage-identifiers']) {
    await client.query(statements.get(name)?.text.replace('on commit drop', '') ?? '');
  }
});

afterAll(async () => {
  await client?.end();
  await database?.drop();
});

/** What the store says of a row, in the words of the catalog. */
const declared = (columns: Columns) =>
  Object.entries(columns).map(([name, { pgType, source }]) => ({ name, pgType, source }));

/**
 * The catalog cannot tell a column that is absent after an outer join from one that is there: an `outer join`
 * declared over a NOT NULL column is believed.
 */
function agree(columns: Columns, described: Described): Described['columns'] {
  return described.columns.map((column) => {
    const isOuter = columns[column.name]?.source === 'outer join' && column.source === 'column';
    return isOuter ? { ...column, source: 'outer join' as const } : column;
  });
}

describe('every statement is declared as the live schema has it', () => {
  test.each([...statements.keys()])('%s', async (name) => {
    const statement = statements.get(name);
    if (statement === undefined) throw new Error(`no statement ${name}`);
    const described = await describeStatement(client, statement.text);
    expect(declared(statement.columns)).toEqual(agree(statement.columns, described));
    expect(Object.values(statement.parameters).map((parameter) => parameter.pgType)).toEqual(
      described.parameters,
    );
  });
});

test('every file of sql/queries is a statement, and says what its parameters are', () => {
  const files = readdirSync(new URL('../../sql/queries', import.meta.url)).map((file) =>
    file.replace(/\.sql$/, ''),
  );
  expect(files.sort()).toEqual([...statements.keys()].sort());
  for (const statement of statements.values()) {
    const commented = [...statement.text.matchAll(/^-- {3}\$(\d+) (\S+) {2,}\S/gm)].map((match) => match[2]);
    const types = Object.values(statement.parameters).map((parameter) =>
      parameter.pgType.replace('timestamp with time zone', 'timestamptz'),
    );
    expect(commented, statement.name).toEqual(types);
    expect(statement.text, statement.name).toMatch(/^-- [A-Z]/);
    const hasOuter = Object.values(statement.columns).some((column) => column.source === 'outer join');
    expect(/\bleft join\b/.test(statement.text), statement.name).toBe(hasOuter);
  }
});
