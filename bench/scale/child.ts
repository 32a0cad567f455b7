/** How the processes of bench:scale speak: a task as their only argument, figures as one line of stdout. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

export type ScaleTask = {
  /** Folder of fingerprint files. */
  readonly references: string;
  /** Folders of the kit's queries. */
  readonly queries: readonly string[];
  readonly perRow: number;
  readonly maxTimed: number;
  readonly maxFound: number;
  readonly recordings: number;
  readonly seed: number;
  readonly dataDir: string;
};

export function readTask(): ScaleTask {
  return JSON.parse(process.argv[2] as string);
}

export function tell<Figures>(figures: Figures): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

const maxAnswerBytes = 64 * 2 ** 20;

export function runChild<Figures>(script: string, task: ScaleTask): Promise<Figures> {
  const args = ['--max-old-space-size=4096', join(import.meta.dirname, script), JSON.stringify(task)];
  return new Promise((resolve, reject) => {
    // As `api/cli/earmark.mjs` begins a server.
    const env = { ...process.env, GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };
    const child = execFile(process.execPath, args, { env, maxBuffer: maxAnswerBytes }, (error, stdout) => {
      if (error) reject(error);
      else resolve(JSON.parse(stdout));
    });
    child.stderr?.pipe(process.stderr);
  });
}

/** Of this process, shared memory of its threads included (proc(5)). */
export function residentBytes(): number {
  const [, pages] = readFileSync('/proc/self/statm', 'utf8').split(' ');
  return Number(pages) * 4096;
}

export const threadCount = availableParallelism();
