import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConnectionPool, openConnections } from '../../api/store/connections.ts';
import type { Session } from '../../api/store/session.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

let database: FreshDatabase;
let pool: ConnectionPool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = openConnections(database.databaseUrl, 1);
});
afterAll(async () => {
  await pool?.close();
  await database?.drop();
});

const idOf = (n: number) => `01990000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const who = {
  text: `select current_user::text as role, current_setting('earmark.party_id', true) as party,
    current_setting('earmark.on_behalf_of', true) as behalf, current_setting('earmark.scopes', true) as scopes`,
};
const seenUnder = async (session: Session) => (await pool.under(session).query(who)).rows[0];
const service = { role: 'earmark_service', party: '', behalf: '', scopes: '' };

test('a session is the same for every statement of its transaction', async () => {
  const session: Session = {
    role: 'administrator',
    partyId: idOf(1),
    onBehalfOf: idOf(2),
    scopes: ['a:b', 'c:d'],
  };
  const expected = { role: 'earmark_administrator', party: idOf(1), behalf: idOf(2), scopes: 'a:b c:d' };
  const seen = await pool
    .under(session)
    .transaction(async (on) => [(await on.query(who)).rows[0], (await on.query(who)).rows[0]]);
  expect(seen).toEqual([expected, expected]);
});

test('nothing of a session is left on its connection for the next, neither after success nor after failure', async () => {
  await seenUnder({ role: 'tenant', partyId: idOf(1), scopes: ['a:b'] });
  expect(await seenUnder({ role: 'service' })).toEqual(service);
  const tenant = pool.under({ role: 'tenant', partyId: idOf(1), scopes: ['a:b'] });
  await expect(tenant.query({ text: 'select 1 / 0' })).rejects.toThrow('division by zero');
  expect(await seenUnder({ role: 'service' })).toEqual(service);
});

test('many sessions at once on few connections each see themselves', async () => {
  const seen = await Promise.all(
    Array.from({ length: 40 }, (_, n) => seenUnder({ role: 'tenant', partyId: idOf(n), scopes: [] })),
  );
  expect(seen.map((row) => row?.party)).toEqual(seen.map((_, n) => idOf(n)));
});

test('what stands in a setting cannot become a statement', async () => {
  const partyId = `'; reset role; select set_config('role', 'none', true) --\\'`;
  expect(await seenUnder({ role: 'tenant', partyId, scopes: [] })).toMatchObject({
    role: 'earmark_tenant',
    party: partyId,
  });
});
