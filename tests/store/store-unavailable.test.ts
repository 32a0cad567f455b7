import { createServer } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConnections } from '../../api/store/connections.ts';
import { migrate } from '../../api/store/migrate.ts';
import { openStore } from '../../api/store/store.ts';
import { StoreUnavailable, TransactionCollided } from '../../api/store/store-unavailable.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

let database: FreshDatabase;

beforeAll(async () => {
  database = await freshDatabase();
});

afterAll(async () => {
  await database?.drop();
});

const unavailable = (reason: StoreUnavailable['reason']) =>
  expect.objectContaining({ name: 'StoreUnavailable', reason });

test('nobody listening on the port is unreachable', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const opening = openStore({ databaseUrl: `postgres://a:b@127.0.0.1:${port}/c`, poolSize: 1 });
  await expect(opening).rejects.toEqual(unavailable('unreachable'));
});

test('a statement that is cancelled for its time is a timeout, and the connection goes on', async () => {
  const pool = openConnections(database.databaseUrl, 1);
  const connections = pool.under({ role: 'service' });
  const slow = connections.transaction(async (on) => {
    await on.query({ text: `set local statement_timeout = '20ms'` });
    await on.query({ text: 'select pg_sleep(5)' });
  });
  await expect(slow).rejects.toEqual(unavailable('timeout'));
  expect((await connections.query({ text: 'select 1 as one' })).rows).toEqual([{ one: 1 }]);
  await pool.close();
});

test('a connection that is killed in a transaction is unreachable, and the next one works', async () => {
  const pool = openConnections(database.databaseUrl, 1);
  const connections = pool.under({ role: 'service' });
  const killed = connections.transaction(async (on) => {
    await on.query({ text: 'reset role' });
    await on.query({ text: 'select pg_terminate_backend(pg_backend_pid())' });
  });
  await expect(killed).rejects.toEqual(unavailable('unreachable'));
  expect((await connections.query({ text: 'select 1 as one' })).rowCount).toBe(1);
  await pool.close();
});

test('too many waiting for a connection are refused at once', async () => {
  const pool = openConnections(database.databaseUrl, 1);
  const connections = pool.under({ role: 'service' });
  const answers = await Promise.allSettled(
    Array.from({ length: 100 }, () => connections.query({ text: 'select pg_sleep(0.01)' })),
  );
  const refused = answers.filter((answer) => answer.status === 'rejected').map((answer) => answer.reason);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(100);
  for (const reason of refused) expect(reason).toEqual(unavailable('exhausted'));
  await pool.close();
});

test('transactions that deadlock are tried again', async () => {
  const pool = openConnections(database.databaseUrl, 2);
  const connections = pool.under({ role: 'service' });
  const owner = new pg.Client({ connectionString: database.databaseUrl });
  await owner.connect();
  await owner.query('create table lockable (id int primary key)');
  await owner.query('insert into lockable values (1), (2)');
  await owner.query('grant select, update on lockable to earmark_service').finally(() => owner.end());
  const bothHold = Promise.withResolvers<void>();
  let holding = 0;
  const lockBoth = (first: number, second: number) =>
    connections.transaction(async (on) => {
      await on.query({ text: 'select from lockable where id = $1 for update', values: [first] });
      if (++holding >= 2) bothHold.resolve();
      await bothHold.promise;
      await on.query({ text: 'select from lockable where id = $1 for update', values: [second] });
    });
  await Promise.all([lockBoth(1, 2), lockBoth(2, 1)]);
  expect(holding).toBe(3);
  await pool.close();
});

test('a transaction that collides every time is contended in the end', async () => {
  const pool = openConnections(database.databaseUrl, 1);
  const connections = pool.under({ role: 'service' });
  let attemptCount = 0;
  const colliding = connections.transaction(async () => {
    attemptCount++;
    throw new TransactionCollided('again');
  });
  await expect(colliding).rejects.toEqual(unavailable('contended'));
  expect(attemptCount).toBe(4);
  await pool.close();
});

test('our own mistakes stay what they are', async () => {
  const pool = openConnections(database.databaseUrl, 1);
  const connections = pool.under({ role: 'service' });
  await expect(connections.query({ text: 'select from nowhere' })).rejects.toBeInstanceOf(pg.DatabaseError);
  await expect(connections.query({ text: 'select from nowhere' })).rejects.not.toBeInstanceOf(
    StoreUnavailable,
  );
  await pool.close();
});

test('several processes that migrate at once wait for each other', async () => {
  await Promise.all([
    migrate(database.databaseUrl),
    migrate(database.databaseUrl),
    migrate(database.databaseUrl),
  ]);
});
