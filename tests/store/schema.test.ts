import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { dumpSchema, schemaFile } from '../../api/store/dump-schema.ts';
import { freshDatabase } from '../support/database.ts';

test('sql/schema.sql is what the migrations add up to', async () => {
  const database = await freshDatabase();
  const dumped = await dumpSchema(database.databaseUrl).finally(() => database.drop());
  expect(await readFile(schemaFile, 'utf8')).toBe(dumped);
});
