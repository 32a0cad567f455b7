/**
 * One Postgres cluster on disk: made, configured, started, looked at, stopped. Whoever calls holds the lock of
 * the data directory (embedded-postgres.ts), so nothing here happens twice at once.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Binaries, EmbeddedPostgresError } from './embedded-binaries.ts';
import { databaseRoles, grantStatements } from './roles.ts';

export const roleName = 'earmark';
export const databaseName = 'earmark';

/** How often a start is tried: the port may be taken meanwhile, or the last server's memory still be in use. */
const startAttempts = 5;
const startRetryMs = 1_000;
const portCount = 65_536;
/** How much of the server's log goes into an error. */
const maxLogTailChars = 2_000;

/** Written to `<dataDir>/postgres.json`, readable by its owner only. */
export type Access = {
  readonly port: number;
  /** Of the role earmark, which owns its database and is no superuser. No role can log in as superuser. */
  readonly password: string;
  /** The roles that have been made for statements to run under; the role earmark may not make any itself. */
  readonly roles?: readonly string[];
};

export type Cluster = {
  /** Makes it if there is none yet. Throws when another major version of Postgres made it. */
  ensureInitialised(): Promise<Access>;
  /** The port of the server that runs on it, if one does. Clears away what a killed server left. */
  findRunningPort(): Promise<number | undefined>;
  /** Starts a server, on the port of last time if it is free: who is connected keeps the right address. */
  start(): Promise<Access>;
  stop(): Promise<void>;
};

export function openCluster(dataDir: string, binaries: Binaries, isDurable: boolean): Cluster {
  const directory = join(dataDir, 'postgres');
  const accessPath = join(dataDir, 'postgres.json');

  async function ensureInitialised(): Promise<Access> {
    await refuseOtherVersion(directory, binaries.majorVersion);
    const access = await readAccess(accessPath);
    if (await exists(join(directory, 'PG_VERSION'))) {
      return access ?? (await resetPassword());
    }
    return await initialise();
  }

  /** Beside its final place, so that a process killed half-way leaves nothing that looks like a cluster. */
  async function initialise(): Promise<Access> {
    const left = (await readdir(dataDir)).filter((name) => name.startsWith('postgres.new-'));
    for (const name of left) await rm(join(dataDir, name), { recursive: true, force: true });
    const fresh = await mkdtemp(join(dataDir, 'postgres.new-'));
    await binaries.makeOwn(fresh);
    // C.UTF-8 of Postgres itself: the same order and case rules on every machine, whatever its locales.
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    await binaries.run('initdb', [
      '-D',
      fresh,
      '-U',
      'postgres',
      '--auth=reject',
      '--no-instructions',
      ...locale,
    ]);
    await configure(fresh, isDurable);
    const access = { port: 0, password: newPassword(), roles: databaseRoles };
    await runSingleUser(fresh, [
      `create role ${roleName} login createdb password '${access.password}'`,
      `create database ${databaseName} owner ${roleName}`,
      ...grantStatements(roleName),
    ]);
    await writeAccess(accessPath, access);
    await rename(fresh, directory);
    return access;
  }

  async function resetPassword(): Promise<Access> {
    if ((await findRunningPort()) !== undefined) {
      throw new EmbeddedPostgresError(
        `${accessPath} is missing while a server runs on ${directory}: stop that server (its process id is the first line of postmaster.pid there) and try again.`,
      );
    }
    const access = { port: 0, password: newPassword() };
    await configure(directory, isDurable);
    await runSingleUser(directory, [`alter role ${roleName} password '${access.password}'`]);
    await writeAccess(accessPath, access);
    return access;
  }

  /** No server, no network: how the first role is made, and the only way to act as superuser. */
  async function runSingleUser(at: string, lines: readonly string[]): Promise<void> {
    const args = ['--single', '-D', at, '-c', 'exit_on_error=on', 'postgres'];
    await binaries.run('postgres', args, `${lines.join(';\n')};\n`);
  }

  async function findRunningPort(): Promise<number | undefined> {
    const pidPath = join(directory, 'postmaster.pid');
    const lines = (await readFile(pidPath, 'utf8').catch(() => '')).split('\n');
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    if (await isServerOf(pid, directory)) return Number(lines[3]);
    // Postgres would take any live process of this number for its server, and after a reboot there may be one.
    await rm(pidPath, { force: true });
    return undefined;
  }

  /** A cluster that an earlier earmark made gets the roles that came later. */
  async function ensureRoles(access: Access): Promise<Access> {
    if (databaseRoles.every((role) => access.roles?.includes(role))) return access;
    await configure(directory, isDurable);
    await runSingleUser(directory, grantStatements(roleName));
    return { ...access, roles: databaseRoles };
  }

  async function start(): Promise<Access> {
    const access = await ensureRoles(await ensureInitialised());
    for (let attemptCount = 1; ; attemptCount++) {
      const isFirst = attemptCount === 1 && access.port !== 0;
      const port = isFirst && (await isFree(access.port)) ? access.port : await findFreePort();
      await configure(directory, isDurable, port);
      const startLog = join(directory, 'start.log');
      await rm(startLog, { force: true });
      try {
        await binaries.run('pg_ctl', ['start', '-D', directory, '-l', startLog, '-w', '-t', '120', '-s']);
      } catch (error) {
        if (attemptCount < startAttempts) {
          await sleep(startRetryMs);
          continue;
        }
        const log = await readFile(startLog, 'utf8').catch(() => '');
        throw new EmbeddedPostgresError(
          `The embedded Postgres in ${directory} does not start:\n${log.slice(-maxLogTailChars) || (error as Error).message}`,
          { cause: error },
        );
      }
      const started = { ...access, port };
      await writeAccess(accessPath, started);
      return started;
    }
  }

  /** A fast stop: transactions under way are taken back, connections end, and a checkpoint is written. */
  async function stop(): Promise<void> {
    await binaries.run('pg_ctl', ['stop', '-D', directory, '-m', 'fast', '-w', '-t', '120', '-s']);
  }

  return { ensureInitialised, findRunningPort, start, stop };
}

async function refuseOtherVersion(directory: string, majorVersion: number): Promise<void> {
  const found = await readFile(join(directory, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (found === undefined || Number(found) === majorVersion) return;
  throw new EmbeddedPostgresError(
    `${directory} was made by Postgres ${found.trim()}, and the embedded one is ${majorVersion}: a cluster is read only by the major version that made it. Dump it with the earmark that made it and restore it here, or use another data directory.`,
  );
}

/** Written anew before every start, so that a newer earmark brings its settings along. */
async function configure(directory: string, isDurable: boolean, port?: number): Promise<void> {
  const settings = {
    ...(port === undefined ? {} : { port }),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // Four processes with a pool of ten each, their listeners and holders.
    max_connections: 50,
    ...memorySettings(totalmemBytes()),
    // Pages are written whole after each checkpoint: a load of millions of rows comes to fewer of them so. Read again
    // after a crash in less than a start may take.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    // What was acknowledged survives a power cut.
    fsync: isDurable ? 'on' : 'off',
    synchronous_commit: 'on',
    full_page_writes: isDurable ? 'on' : 'off',
    // Our queries are short and indexed: parallel workers and compiled plans would only cost start-up time, and
    // the shared memory for workers is 64 MB in containers.
    max_parallel_workers_per_gather: 0,
    jit: 'off',
    // A file per weekday, emptied when its day comes again.
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgres-%a.log',
    log_rotation_age: '1d',
    log_truncate_on_rotation: 'on',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  await writeInto(directory, 'postgresql.conf', lines);
  await writeInto(directory, 'pg_hba.conf', [`host all ${roleName} 127.0.0.1/32 scram-sha-256`]);
}

const mebibyte = 2 ** 20;

/** Of a container, where it has less than the machine. */
const totalmemBytes = (): number =>
  Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);

/**
 * A quarter of the memory for Postgres' own pages, which are taken as they are needed: ten million rows of metadata with
 * their indexes are 7 GiB, and each search reads some hundred pages of them from anywhere. The rest is for the index of
 * fingerprints and the system's cache of files.
 */
export function memorySettings(bytes: number): Readonly<Record<string, string>> {
  const megabytes = bytes / mebibyte;
  const share = (of: number, least: number, most: number) =>
    `${Math.round(Math.min(most, Math.max(least, megabytes / of)))}MB`;
  return {
    shared_buffers: share(4, 256, 8192),
    effective_cache_size: share(2, 512, 65_536),
    work_mem: share(1024, 4, 32),
    maintenance_work_mem: share(64, 64, 512),
  };
}

/** Only over a file that initdb made: it keeps that file's owner, who is not us under root. */
async function writeInto(directory: string, name: string, lines: readonly string[]): Promise<void> {
  const header = '# Written by earmark before every start; changes here are lost.';
  await writeFile(join(directory, name), [header, ...lines, ''].join('\n'));
}

async function readAccess(path: string): Promise<Access | undefined> {
  try {
    const { port, password, roles = [] } = JSON.parse(await readFile(path, 'utf8')) as Partial<Access>;
    return typeof port === 'number' && typeof password === 'string' ? { port, password, roles } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw error;
    return undefined;
  }
}

/** Whole or not at all: a reader never sees half of it. */
async function writeAccess(path: string, access: Access): Promise<void> {
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, `${JSON.stringify(access)}\n`, { mode: 0o600, flush: true });
  await rename(fresh, path);
}

/** Hexadecimal, so that it needs no quoting in SQL or in an address. */
const newPassword = (): string => randomBytes(24).toString('hex');

/** Where nothing can be found out, a live process counts as the server: two on one cluster would destroy it. */
async function isServerOf(pid: number, directory: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  try {
    const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    return args[args.indexOf('-D') + 1] === directory && args[0] !== undefined && /postgres/.test(args[0]);
  } catch {
    if (process.platform === 'win32' || process.platform === 'linux') return true;
  }
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(
      directory,
    );
  } catch {
    return true;
  }
}

const isFree = (port: number): Promise<boolean> =>
  listenOnce(port).then(
    () => true,
    () => false,
  );

const findFreePort = (): Promise<number> => listenOnce(0);

function listenOnce(port: number): Promise<number> {
  if (port >= portCount) return Promise.reject(new RangeError(`no port has the number ${port}`));
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
