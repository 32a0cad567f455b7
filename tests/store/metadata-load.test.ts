import pg from 'pg';
import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopesOf } from '../../api/registry/caller.ts';
import type { MetadataBatch } from '../../api/store/metadata-load.ts';
import { openStore, type Store } from '../../api/store/store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

let database: FreshDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  store = await openStore({ databaseUrl: database.databaseUrl, poolSize: 2 });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

const identified = ({ line, externalId }: { readonly line: number; readonly externalId: string }) => ({
  line,
  identifierAssertionId: v7(),
  externalId,
  scheme: 'grid' as const,
  value: externalId,
});

async function openParty(name: string) {
  const { partyId } = await store.under({ role: 'operator' }).ensureParty(name, ['rightsholder']);
  const records = store.under({ role: 'tenant', partyId, scopes: scopesOf.rightsholder });
  const merge = (from: number, count: number, title: string, isIdentified = false) => {
    const rows = Array.from({ length: count }, (_, i) => ({
      line: i + 1,
      recordingId: v7(),
      externalId: `${name} ${from + i}`,
      title,
    }));
    const batch: MetadataBatch = {
      partyId,
      assertedBy: partyId,
      recordings: rows,
      identifiers: isIdentified ? rows.map(identified) : [],
      onlyExisting: false,
      maxAssertionsPerRecording: 500,
    };
    return records.mergeMetadata(batch);
  };
  return { merge };
}

test('a batch of a party that the statistics do not know takes no longer for all that the party has', async () => {
  const settled = await openParty('settled');
  for (let from = 0; from < 20_000; from += 5000) await settled.merge(from, 5000, 'Known');
  const client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
  // What is loaded from here on is not in the statistics.
  await client.query('alter table recording set (autovacuum_enabled = off)');
  await client.query('analyze recording');
  await client.end();
  const newcomer = await openParty('newcomer');
  for (let from = 0; from < 40_000; from += 5000) await newcomer.merge(from, 5000, 'New', true);
  // Each row against each recording would be two hundred million comparisons, and more than a statement's time; so would
  // each row against each assertion.
  const again = await newcomer.merge(35_000, 5000, 'Changed', true);
  expect(again).toMatchObject({ newRecordings: 0, changedRecordings: 5000, unchangedRecordings: 0 });
  expect(again).toMatchObject({ newIdentifiers: 0, unchangedIdentifiers: 5000, tooManyLines: [] });
}, 240_000);
