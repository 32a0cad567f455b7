/** Registration and scans through the command line, as any user would, and what they cost. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { processorTimeOf } from '../measure/processor-time.ts';
import { launcher, plainEnvironment } from '../measure/server.ts';
import { say } from '../report/progress.ts';
import { readAudioList } from './kit.ts';
import { readCsv } from './truth.ts';

export type Step = 'register' | 'registerSynthetic' | 'queries' | 'compilations' | 'excerpts';
export type StepCost = { readonly cpuSeconds: number; readonly wallSeconds: number; readonly items: number };

export type Costs = Partial<Record<Step, StepCost>>;

export type Earmark = {
  readonly dataDir: string;
  /** Given to every command: `--threads`, `--decoder`. */
  readonly options: readonly string[];
};

/** Exit status of a scan some of whose files failed: each has its code in the answers, and the rest stands. */
const someFailed = 1;

/** Every recording must go in: without one of them a miss would say nothing. */
export async function register(earmark: Earmark, manifest: string): Promise<StepCost> {
  return step(earmark, manifest, ['register', '--manifest', manifest], [0]);
}

export async function scan(
  earmark: Earmark,
  manifest: string,
  output: string,
  options: readonly string[],
): Promise<StepCost> {
  const args = ['scan', '--manifest', manifest, '--output', output, '--fresh', ...options];
  return step(earmark, manifest, args, [0, someFailed]);
}

async function step(
  { dataDir, options }: Earmark,
  manifest: string,
  args: readonly string[],
  accepted: readonly number[],
): Promise<StepCost> {
  const items = readCsv(manifest, ['external_id', 'path']).length;
  say(`${args[0]} ${basename(manifest)}: ${items}`);
  const command = [process.execPath, launcher, ...args, '--data-dir', dataDir, ...options];
  const cost = await processorTimeOf('"$@"', command, { show: true, env: plainEnvironment() });
  const { status, cpuSeconds, wallSeconds } = cost;
  if (!accepted.includes(status)) throw new Error(`earmark ${args[0]} ended with ${status}`);
  return { cpuSeconds, wallSeconds, items };
}

export type IndexSize = { readonly bytes: number; readonly recordings: number; readonly seconds: number };

export function indexSize(earmark: Earmark): IndexSize {
  const args = [launcher, 'status', '--json', '--data-dir', earmark.dataDir];
  const status = execFileSync(process.execPath, args, { encoding: 'utf8', env: plainEnvironment() });
  const { bytes, recordings, seconds } = JSON.parse(status).index;
  return { bytes, recordings, seconds };
}

/** A manifest of earmark's from a list of the kit's (`id,path`). */
export function writeManifest(list: string, folder: string, target: string): string | undefined {
  if (!existsSync(list)) return undefined;
  const rows = readAudioList(list, folder).map(({ id, path }) => `${id},"${path}"`);
  if (rows.length === 0) return undefined;
  mkdirSync(join(target, '..'), { recursive: true });
  writeFileSync(target, `${['external_id,path', ...rows].join('\n')}\n`);
  return target;
}
