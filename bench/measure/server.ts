/** The real server, as `earmark serve` runs it, on a data directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request } from 'node:http';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { repositoryRoot } from '../report/results.ts';

export const launcher = join(repositoryRoot, 'api/cli/earmark.mjs');
const startTimeoutMs = 120_000;

export type Server = {
  readonly pid: number;
  readonly address: string;
  readonly key: string;
  end(): Promise<void>;
};

/** Settings of the developer's own registry must not reach the bench's. */
export function plainEnvironment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('EARMARK_') && name !== 'DATABASE_URL',
  );
  return { ...Object.fromEntries(kept), ...added };
}

/** `knownKey`: of a registry that has one already, whose first server has said it. */
export async function startServer(
  dataDir: string,
  environment: Readonly<Record<string, string>> = {},
  knownKey?: string,
): Promise<Server> {
  const child = spawn(process.execPath, [launcher, 'serve', '--data-dir', dataDir, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: plainEnvironment({ EARMARK_LOG_LEVEL: 'warn', ...environment }),
  });
  const said = await waitForAddress(child);
  const address = /listens on (http:\/\/\S+?),/.exec(said)?.[1];
  const key = /emk_[a-z0-9]{8}_[A-Za-z0-9_-]{43}/.exec(said)?.[0] ?? knownKey;
  if (child.pid === undefined || address === undefined || key === undefined) {
    throw new Error(`the server said neither where it listens nor its first key:\n${said}`);
  }
  return {
    pid: child.pid,
    address,
    key,
    async end() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function waitForAddress(child: ChildProcess): Promise<string> {
  let written = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the server did not start within ${startTimeoutMs} ms:\n${written}`));
    }, startTimeoutMs);
    const read = (chunk: Buffer) => {
      written += chunk.toString();
      if (!written.includes('listens on ')) return;
      clearTimeout(timer);
      resolve(written);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${code}:\n${written}`));
    });
  });
}

export type PostedScan = { readonly status: number; readonly body: string; readonly seconds: number };

/**
 * Posts a file of audio to `/v1/scans`, streamed from disk. By node:http and not by fetch, whose 300 s wait for an
 * answer's head a long upload on a small machine would break.
 */
export async function postScan(
  { address, key }: Server,
  path: string,
  transforms: string,
): Promise<PostedScan> {
  const boundary = 'earmark-bench-7d1f3a';
  const part = (disposition: string) => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const head = Buffer.from(
    `${part('name="transforms"')}\r\n${transforms}\r\n` +
      `${part(`name="audio"; filename="${basename(path)}"`)}Content-Type: application/octet-stream\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const begun = performance.now();
  const outgoing = request(`${address}/v1/scans`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': head.length + (await stat(path)).size + tail.length,
    },
  });
  const answered = once(outgoing, 'response');
  outgoing.write(head);
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 18 }), outgoing, { end: false });
  outgoing.end(tail);
  const [response] = await answered;
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, body, seconds: (performance.now() - begun) / 1000 };
}
