/**
 * What every bench writes: NAME.md for people, NAME.json for programs, NAME.svg to look at, all three with the
 * circumstances, because a figure without its machine is none.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { parameterVersion } from '../../workers/fingerprint/parameters.ts';

export const repositoryRoot = resolve(import.meta.dirname, '../..');
const resultsFolder = join(repositoryRoot, 'bench/results');
export const cacheFolder = join(repositoryRoot, 'bench/cache');
export const bundledCatalog = join(repositoryRoot, 'tests/audio-bundle/catalog');

export type Circumstances = {
  readonly machine: string;
  readonly system: string;
  readonly node: string;
  readonly date: string;
  readonly commit: string;
  readonly parameterVersion: number;
  readonly command: string;
  /** One-minute load average when the bench began, before it had added its own. */
  readonly loadAtStart: number;
};

export function circumstancesOf(script: string): Circumstances {
  return {
    machine: `${cpus()[0]?.model.trim() ?? arch()}, ${availableParallelism()} processors, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    parameterVersion,
    command: ['npm run', script, ...commandLine()].join(' '),
    loadAtStart: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** Places outside the repository are named by their last part: where somebody keeps music is nobody's business. */
function commandLine(): string[] {
  const given = process.argv.slice(2).map((argument) => {
    const isOutside = isAbsolute(argument) && relative(repositoryRoot, argument).startsWith('..');
    const shown = isOutside ? `…/${basename(argument)}` : argument;
    return /^[\w.,:=/…+-]+$/.test(shown) ? shown : `'${shown}'`;
  });
  return given.length > 0 ? ['--', ...given] : [];
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: repositoryRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--', 'workers', 'api') !== '';
    return git('rev-parse', '--short', 'HEAD') + (isChanged ? ' with changes' : '');
  } catch {
    return 'not in a git checkout';
  }
}

export type Results = { readonly markdown: string; readonly json: object; readonly svg: string };

export function writeResults(
  name: string,
  circumstances: Circumstances,
  { markdown, json, svg }: Results,
): void {
  mkdirSync(resultsFolder, { recursive: true });
  const write = (extension: string, text: string) =>
    writeFileSync(join(resultsFolder, `${name}.${extension}`), text);
  write('md', `${markdown.trimEnd()}\n\n${footer(circumstances)}\n`);
  write('json', `${JSON.stringify({ circumstances, ...json }, undefined, 1)}\n`);
  write('svg', svg);
  process.stderr.write(`written: bench/results/${name}.{md,json,svg}\n`);
}

function footer(c: Circumstances): string {
  return [
    '## Circumstances',
    '',
    table(
      ['', ''],
      [
        ['date', c.date],
        ['machine', `${c.machine}; ${c.system}; Node ${c.node}`],
        ['load average at the start', String(c.loadAtStart)],
        ['parameter version', String(c.parameterVersion)],
        ['commit', c.commit],
        ['command', `\`${c.command}\``],
      ],
    ),
  ].join('\n');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
