import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scopesOf } from '../../api/registry/caller.ts';
import { openStore, type Store } from '../../api/store/store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

let database: FreshDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  // One connection: all that is prepared is prepared on it.
  store = await openStore({ databaseUrl: database.databaseUrl, poolSize: 1 });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

const value = 'GBAYE9300106';

async function partyThatSays(name: string) {
  const { partyId } = await store.under({ role: 'operator' }).ensureParty(name, ['rightsholder']);
  const records = store.under({ role: 'tenant', partyId, scopes: scopesOf.rightsholder });
  await records.mergeMetadata({
    partyId,
    assertedBy: partyId,
    recordings: [{ line: 1, recordingId: v7(), externalId: name }],
    identifiers: [{ line: 1, identifierAssertionId: v7(), externalId: name, scheme: 'isrc', value }],
    onlyExisting: false,
    maxAssertionsPerRecording: 500,
  });
  return records;
}

test('a look-up that was prepared for one caller answers the next on that connection with its own, and no more', async () => {
  const harbour = await partyThatSays('Harbour');
  const meadow = await partyThatSays('Meadow');
  const stranger = store.under({ role: 'tenant', partyId: v7(), scopes: scopesOf.rightsholder });
  const operator = store.under({ role: 'operator' });
  const which = { scheme: 'isrc', value, partyId: undefined, limit: 200 } as const;
  const found = async (by: typeof harbour) =>
    (await by.findRecordingsByIdentifier(which)).map((row) => row.externalId);
  // From the sixth time on Postgres may keep a plan for whatever is asked.
  for (let i = 0; i < 8; i++) {
    expect(await found(harbour)).toEqual(['Harbour']);
    expect(await found(operator)).toEqual(['Harbour', 'Meadow']);
    expect(await found(meadow)).toEqual(['Meadow']);
    expect(await found(stranger)).toEqual([]);
  }
  for (let i = 0; i < 8; i++) expect(await found(harbour)).toEqual(['Harbour']);
  expect(await found(meadow)).toEqual(['Meadow']);
});
