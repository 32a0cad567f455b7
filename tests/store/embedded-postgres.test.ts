import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memorySettings } from '../../api/store/embedded-cluster.ts';
import { EmbeddedPostgresError, openEmbeddedPostgres } from '../../api/store/embedded-postgres.ts';
import { pidFileOf, postmasterPid } from '../support/postmaster.ts';

const fixture = fileURLToPath(new URL('fixtures/hold-postgres.ts', import.meta.url));
const pollMs = 20;

let dataDir: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'earmark-embedded-'));
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  // Whatever a failed test left running is stopped by being the last one out.
  await open()
    .then((postgres) => postgres.close())
    .catch(() => undefined);
  await rm(dataDir, { recursive: true, force: true });
});

const open = (at = dataDir) => openEmbeddedPostgres({ dataDir: at, isDurable: false });

type Holder = { readonly databaseUrl: string; close(): Promise<void>; kill(): Promise<void> };

/** Another process that holds the server. */
async function spawnHolder(): Promise<Holder> {
  const child = spawn(process.execPath, [fixture, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  const exit = once(child, 'exit').finally(() => children.delete(child));
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  const ended = exit.then(([code]) => Promise.reject(new Error(`the holder ended with ${code}`)));
  const [databaseUrl] = await Promise.race([line, ended]);
  ended.catch(() => undefined);
  return {
    databaseUrl,
    async close() {
      child.stdin.end();
      await exit;
    },
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

async function query(databaseUrl: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(sql).finally(() => client.end());
  return rows;
}

const pidFile = () => pidFileOf(dataDir);
const isRunning = () => stat(pidFile()).then(Boolean, () => false);
const serverPid = () => postmasterPid(dataDir);

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    // A killed process whose parent has not asked for it yet is still in the table.
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (state === '' || state.includes(') Z ')) return;
    await sleep(pollMs);
  }
}

test('processes that start at once on a new data directory share one server, and the last one out stops it', async () => {
  const holders = await Promise.all([spawnHolder(), spawnHolder(), spawnHolder()]);
  expect(new Set(holders.map((holder) => holder.databaseUrl)).size).toBe(1);
  await Promise.all(holders.slice(1).map((holder) => holder.close()));
  expect(await query(holders[0]?.databaseUrl ?? '', 'select 1 as one')).toEqual([{ one: 1 }]);
  await holders[0]?.close();
  expect(await isRunning()).toBe(false);
});

test('the role is no superuser, and the password is readable by its owner only', async () => {
  const postgres = await open();
  expect(await query(postgres.databaseUrl, `select current_setting('is_superuser') as is`)).toEqual([
    { is: 'off' },
  ]);
  expect((await stat(join(dataDir, 'postgres.json'))).mode & 0o777).toBe(0o600);
  const asSuperuser = postgres.databaseUrl.replace('//earmark', '//postgres');
  await expect(query(asSuperuser, 'select 1')).rejects.toThrow();
  await postgres.close();
});

test('a server whose only process was killed is taken over by the next, and stopped by it', async () => {
  const holder = await spawnHolder();
  const pid = await serverPid();
  await holder.kill();
  const postgres = await open();
  expect(await serverPid()).toBe(pid);
  await postgres.close();
  expect(await isRunning()).toBe(false);
});

test('when everything was killed the next start recovers what was committed', async () => {
  const holder = await spawnHolder();
  await query(holder.databaseUrl, 'create table kept as select 42 as answer');
  const pid = await serverPid();
  await holder.kill();
  process.kill(pid, 'SIGKILL');
  await untilGone(pid);
  expect(await isRunning()).toBe(true);
  const postgres = await open();
  expect(await serverPid()).not.toBe(pid);
  expect(await query(postgres.databaseUrl, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await postgres.close();
});

test('a server killed under a process is started again at the same address', async () => {
  const holder = await spawnHolder();
  const pid = await serverPid();
  process.kill(pid, 'SIGKILL');
  await untilGone(pid);
  for (;;) {
    const rows = await query(holder.databaseUrl, 'select answer from kept').catch(() => undefined);
    if (rows !== undefined) break;
    await sleep(pollMs);
  }
  expect(await serverPid()).not.toBe(pid);
  await holder.close();
  expect(await isRunning()).toBe(false);
});

test('a process id from before a reboot that is somebody else now does not keep the server from starting', async () => {
  expect(await isRunning()).toBe(false);
  await writeFile(
    pidFile(),
    `${process.pid}\n${join(dataDir, 'postgres')}\n1700000000\n5432\n\n127.0.0.1\n0 0\nready\n`,
  );
  const postgres = await open();
  expect(await serverPid()).not.toBe(process.pid);
  await postgres.close();
});

test('a lock left by a killed process is taken over', async () => {
  const lockDirectory = join(dataDir, 'postgres.lock');
  await mkdir(lockDirectory);
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(lockDirectory, longAgo, longAgo);
  const postgres = await open();
  await postgres.close();
});

test('a lost password file is replaced, and the data stays', async () => {
  await rm(join(dataDir, 'postgres.json'));
  const postgres = await open();
  expect(await query(postgres.databaseUrl, 'select answer from kept')).toEqual([{ answer: 42 }]);
  await postgres.close();
});

test('a cluster of another major version is refused with what to do', async () => {
  const other = await mkdtemp(join(tmpdir(), 'earmark-embedded-'));
  await mkdir(join(other, 'postgres'));
  await writeFile(join(other, 'postgres', 'PG_VERSION'), '17\n');
  const opening = open(other);
  await expect(opening).rejects.toThrow(EmbeddedPostgresError);
  await expect(opening).rejects.toThrow(/made by Postgres 17, and the embedded one is 18.*DATABASE_URL/s);
  await rm(other, { recursive: true });
});

test('Postgres gets a quarter of the memory for its pages, not less than 256 MB and not more than 8 GB', () => {
  const gibibyte = 2 ** 30;
  expect(memorySettings(24 * gibibyte)).toMatchObject({
    shared_buffers: '6144MB',
    maintenance_work_mem: '384MB',
  });
  expect(memorySettings(gibibyte / 2)).toMatchObject({ shared_buffers: '256MB', work_mem: '4MB' });
  expect(memorySettings(1024 * gibibyte)).toMatchObject({ shared_buffers: '8192MB', work_mem: '32MB' });
});
