/** A server in a process of its own, as `earmark serve` runs it, to be stopped or killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../api/main.ts', import.meta.url));
const startTimeoutMs = 60_000;

export type ServerProcess = {
  readonly address: string;
  /** Printed where the registry had no key yet. */
  readonly firstKey: string | undefined;
  /** Everything the process wrote. */
  readonly output: () => string;
  /** Sends the signal; gives the exit code, or the signal that ended it. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | string | null>;
};

export async function startServerProcess(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [entry], {
    env: { PATH, EARMARK_DATA_DIR: dataDir, EARMARK_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  child.stderr.on('data', (chunk) => {
    written += chunk;
  });
  const address = await Promise.race([
    findAddress(child, (line) => {
      written += `${line}\n`;
    }),
    once(child, 'exit').then(([code]) =>
      Promise.reject(new Error(`the server ended with ${code}:\n${written}`)),
    ),
    once(AbortSignal.timeout(startTimeoutMs), 'abort').then(() =>
      Promise.reject(new Error(`the server did not start:\n${written}`)),
    ),
  ]);
  return {
    address,
    firstKey: /emk_[a-z0-9]{8}_[A-Za-z0-9_-]{43}/.exec(written)?.[0],
    output: () => written,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
      const ended = once(child, 'exit');
      child.kill(signal);
      const [code, by] = await ended;
      return code ?? by;
    },
  };
}

async function findAddress(child: ChildProcess, onLine: (line: string) => void): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) => {
    onLine(line);
    const address = /listens on (http:\/\/\S+?),/.exec(line)?.[1];
    if (address) resolve(address);
  });
  return promise;
}
