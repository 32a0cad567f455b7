/**
 * Processor time of a command with everything it starts and waits for. Node counts only itself; the shell's
 * `times` (POSIX) counts the descendants of what it ran, start-up included.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type Cost = {
  /** User and system. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly status: number;
  /** What it wrote to stderr, unless that was shown. */
  readonly errors: string;
};

/** Of an unbounded stderr the end is enough to see what went wrong. */
const maxErrorChars = 4000;

/**
 * Runs a shell script; `args` are its `"$@"`. `show` lets what it writes through to this process's stderr.
 */
export async function processorTimeOf(
  script: string,
  args: readonly string[],
  { show = false, env = process.env }: { readonly show?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Cost> {
  const begun = performance.now();
  const wrapped = `${script}\nstatus=$?\ntimes >&3\nexit $status`;
  const child = spawn('sh', ['-c', wrapped, 'sh', ...args], {
    stdio: ['ignore', show ? process.stderr : 'ignore', show ? 'inherit' : 'pipe', 'pipe'],
    env,
  });
  let errors = '';
  let written = '';
  child.stderr?.on('data', (chunk) => {
    errors = (errors + chunk).slice(-maxErrorChars);
  });
  child.stdio[3]?.on('data', (chunk) => {
    written += chunk;
  });
  const [status] = await once(child, 'close');
  return {
    cpuSeconds: sumOfTimes(written),
    wallSeconds: (performance.now() - begun) / 1000,
    status: status ?? -1,
    errors,
  };
}

/** "0m0.01s 0m0.02s", first the shell's own, then its children's. */
function sumOfTimes(written: string): number {
  let seconds = 0;
  for (const [, minutes, rest] of written.matchAll(/(\d+)m([\d.]+)s/g))
    seconds += Number(minutes) * 60 + Number(rest);
  return seconds;
}
