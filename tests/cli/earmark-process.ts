/** The `earmark` command as a real process, with everything it wrote. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../api/cli/earmark.mjs', import.meta.url));
export const bundle = fileURLToPath(new URL('../audio-bundle', import.meta.url));

// Without the developer's own settings.
const { PATH, HOME, TMPDIR } = process.env;
const ownEnvironment = { PATH, HOME, TMPDIR };

export type Ended = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

export type Running = {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<Ended>;
  /** Resolves when stdout holds it; rejects when the process ends without. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
};

export type StartOptions = { readonly env?: Readonly<Record<string, string>>; readonly node?: string };

export function start(
  args: readonly string[],
  { env = {}, node = process.execPath }: StartOptions = {},
): Running {
  const child = spawn(node, [launcher, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ownEnvironment, EARMARK_DECODER: 'wasm', ...env },
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const ended = once(child, 'close').then(([status]): Ended => ({ status, ...written }));
  return {
    child,
    ended,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(written.stdout);
          if (found) resolve(found);
        };
        child.stdout.on('data', look);
        look();
        void ended.then(({ stderr }) => reject(new Error(`it ended without saying ${pattern}: ${stderr}`)));
      }),
  };
}

export function run(args: readonly string[], options?: StartOptions): Promise<Ended> {
  return start(args, options).ended;
}

export function parseLines<T>(ndjson: string): T[] {
  return ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
