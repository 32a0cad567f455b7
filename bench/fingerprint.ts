/**
 * What an hour of audio costs to register, in processor time, beside two programs that everybody can run.
 *
 *   npm run bench:fingerprint -- [--audio FOLDER] [--files 8] [--seconds 200] [--copies 12] [--runs 3]
 *                                [--codecs vorbis,opus,mp3,aac,flac] [--threads N] [--decoder auto|ffmpeg|wasm]
 *
 * On one folder of files per codec, whole processes, user and system time with all threads and children:
 *   earmark   `earmark register FOLDER` into an empty registry: start-up, decoding, fingerprints, index, all of it
 *   fpcalc    `fpcalc -length 0 FILE`, one process a file: Chromaprint's own tool
 *   ffmpeg    `ffmpeg -i FILE -f null -`, one process a file: decoding to the end and nothing else
 * Postgres is a process of its own, and neither of the others writes to a database; what it took, from the time that
 * the registry existed to its end, stands beside earmark and is added in a second figure.
 * The three take turns, in another order every run; what counts is the median.
 *
 * The files: pieces of --seconds, as long as a catalog's, of the first --files in the folder that are long enough; where
 * none is (the bundled catalog, the default), files are joined until one is. They are encoded by ffmpeg to each codec and
 * kept in bench/cache. Every one comes --copies times with another comment in it, so that start-up (about .8 s) is paid
 * for hours, as in a catalog, and no two files are the same audio to the registry.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEmbeddedPostgres } from '../api/store/embedded-postgres.ts';
import { encoders, makeCodecFolder, quiet } from './measure/codec-folder.ts';
import { hasCommand } from './measure/command.ts';
import { audioFilesIn } from './measure/mix.ts';
import { cpuSecondsOfPostgres, postmasterPids } from './measure/process-tree.ts';
import { processorTimeOf } from './measure/processor-time.ts';
import { launcher, plainEnvironment } from './measure/server.ts';
import { openProgress, say } from './report/progress.ts';
import { bundledCatalog, cacheFolder, circumstancesOf, table, writeResults } from './report/results.ts';
import { median } from './report/statistics.ts';
import { faint, line, picture, rect, series, text, ticks } from './report/svg.ts';

const { values: options } = parseArgs({
  options: {
    audio: { type: 'string', default: bundledCatalog },
    files: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '200' },
    copies: { type: 'string', default: '12' },
    codecs: { type: 'string', default: 'vorbis,opus,mp3,aac,flac' },
    runs: { type: 'string', default: '3' },
    threads: { type: 'string' },
    decoder: { type: 'string', default: 'auto' },
  },
});

/** Against decoding alone, of every codec. */
const ffmpegBar = 1.5;
type Program = {
  readonly name: string;
  /** The script's `"$@"` are the folder, a data directory, then the folder's files. */
  readonly script: string;
};

const earmark = [process.execPath, launcher, 'register', '--decoder', options.decoder]
  .concat(options.threads === undefined ? [] : ['--threads', options.threads])
  .map((word) => `'${word}'`)
  .join(' ');
const programs: readonly Program[] = [
  { name: 'earmark', script: `${earmark} "$1" --data-dir "$2"` },
  // 3 is a complaint about the last frame, after which it prints the fingerprint all the same.
  { name: 'fpcalc', script: 'shift 2; for file; do fpcalc -length 0 "$file" || [ $? = 3 ] || exit; done' },
  {
    name: 'ffmpeg',
    script: `shift 2; for file; do ffmpeg ${quiet.join(' ')} -i "$file" -f null - || exit; done`,
  },
];
const withPostgres = 'earmark and Postgres';

type Row = {
  readonly codec: string;
  readonly files: number;
  readonly audioSeconds: number;
  /** Of each run. */
  readonly cpuSeconds: Record<string, number[]>;
};

const circumstances = circumstancesOf('bench:fingerprint');
if (!hasCommand('ffmpeg')) throw new Error('ffmpeg is needed, to make the files and to compare with');
const here = programs.filter(({ name }) => name === 'earmark' || hasCommand(name));
const missing = programs.filter((program) => !here.includes(program)).map(({ name }) => name);
for (const name of missing) say(`${name} is not installed: left out`);
mkdirSync(cacheFolder, { recursive: true });
const scratch = mkdtempSync(join(cacheFolder, 'fingerprint-'));
try {
  const rows: Row[] = [];
  for (const codec of options.codecs.split(',')) rows.push(await measure(codec));
  report(rows);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function measure(codec: string): Promise<Row> {
  const folder = await makeCodecFolder(codec, {
    audio: options.audio,
    fileCount: Number(options.files),
    seconds: Number(options.seconds),
    copies: Number(options.copies),
    scratch,
  });
  const files = audioFilesIn(folder);
  // Whoever comes first would pay for the disk.
  for (const file of files) readFileSync(file);
  const cpuSeconds: Record<string, number[]> = {};
  const note = (name: string, seconds: number) => {
    cpuSeconds[name] = [...(cpuSeconds[name] ?? []), seconds];
  };
  const runs = Number(options.runs);
  const progress = openProgress(`measuring ${codec}`, runs * here.length);
  for (let turn = 0; turn < runs; turn++) {
    for (let k = 0; k < here.length; k++) {
      const program = here[(k + turn) % here.length] as Program;
      if (program.name === 'earmark') {
        const { own, postgres } = await register(program, folder);
        note('earmark', own);
        note(withPostgres, own + postgres);
      } else {
        note(program.name, await costOf(program, [folder, scratch, ...files]));
      }
      progress.step(program.name);
    }
  }
  progress.end();
  rmSync(folder, { recursive: true });
  return { codec, files: files.length, audioSeconds: files.length * Number(options.seconds), cpuSeconds };
}

/** Into a registry that is empty and whose Postgres runs already. */
async function register(program: Program, folder: string): Promise<{ own: number; postgres: number }> {
  const dataDir = mkdtempSync(join(scratch, 'registry-'));
  const postgres = await openEmbeddedPostgres({ dataDir });
  try {
    const [postmaster] = postmasterPids(dataDir) as [number];
    const before = cpuSecondsOfPostgres(postmaster);
    const added = { DATABASE_URL: postgres.databaseUrl };
    const own = await costOf(program, [folder, join(dataDir, 'index')], added);
    return { own, postgres: cpuSecondsOfPostgres(postmaster) - before };
  } finally {
    await postgres.close();
    rmSync(dataDir, { recursive: true });
  }
}

async function costOf(
  { name, script }: Program,
  args: readonly string[],
  added: Readonly<Record<string, string>> = {},
): Promise<number> {
  const cost = await processorTimeOf(script, args, { env: plainEnvironment(added) });
  if (cost.status !== 0) throw new Error(`${name} ended with ${cost.status}: ${cost.errors}`);
  return cost.cpuSeconds;
}

/** Processor seconds an hour of audio. */
function perHour(row: Row, program: string): number | undefined {
  const middle = median(row.cpuSeconds[program] ?? []);
  return middle === undefined ? undefined : (middle / row.audioSeconds) * 3600;
}

function ratio(row: Row, to: string, of = 'earmark'): number | undefined {
  const [own, other] = [perHour(row, of), perHour(row, to)];
  return own === undefined || other === undefined ? undefined : own / other;
}

function report(rows: readonly Row[]): void {
  const figure = (value: number | undefined, digits: number) =>
    value === undefined ? 'not installed' : value.toFixed(digits);
  const against = (row: Row, to: string, bar: number) => {
    const found = ratio(row, to);
    return `${figure(found, 2)} (bar ${bar}${found === undefined || found <= bar ? '' : ': missed'})`;
  };
  const markdown = [
    '# Processor time of registering a folder',
    '',
    `Processor seconds (user and system, whole processes with threads and children) for an hour of audio; median of ${options.runs} runs in alternation. ` +
      `Files of ${options.seconds} s. \`earmark register\` takes a folder in one process; \`fpcalc -length 0\` and \`ffmpeg -f null\` (decoding alone) one process a file.` +
      (missing.length > 0 ? ` Not installed here and left out: ${missing.join(', ')}.` : ''),
    '',
    table(
      [
        'codec',
        'files',
        'audio, min',
        'earmark',
        withPostgres,
        'fpcalc',
        'ffmpeg',
        'earmark : fpcalc',
        'earmark : ffmpeg',
        'with Postgres : fpcalc',
        'earmark, × real time',
      ],
      rows.map((row) => [
        row.codec,
        String(row.files),
        (row.audioSeconds / 60).toFixed(1),
        ...['earmark', withPostgres, 'fpcalc', 'ffmpeg'].map((name) => figure(perHour(row, name), 2)),
        against(row, 'fpcalc', encoders[row.codec]?.bar ?? 1),
        against(row, 'ffmpeg', ffmpegBar),
        figure(ratio(row, 'fpcalc', withPostgres), 2),
        figure(3600 / (perHour(row, 'earmark') as number), 0),
      ]),
    ),
    '',
    '![processor seconds an hour of audio](fingerprint.svg)',
  ].join('\n');
  const json = {
    runs: Number(options.runs),
    rows: rows.map((row) => ({
      ...row,
      cpuSecondsPerHour: Object.fromEntries(
        [...here.map(({ name }) => name), withPostgres].map((name) => [name, perHour(row, name)]),
      ),
      ratioToFpcalc: ratio(row, 'fpcalc'),
      ratioToFfmpeg: ratio(row, 'ffmpeg'),
      ratioToFpcalcWithPostgres: ratio(row, 'fpcalc', withPostgres),
    })),
    notInstalled: missing,
  };
  writeResults('fingerprint', circumstances, { markdown, json, svg: draw(rows) });
  for (const row of rows) {
    const found = `${figure(ratio(row, 'fpcalc'), 2)} times fpcalc's, ${figure(ratio(row, 'ffmpeg'), 2)} times ffmpeg's`;
    say(`${row.codec}: ${figure(perHour(row, 'earmark'), 2)} s/h, ${found}`);
  }
}

function draw(rows: readonly Row[]): string {
  const [width, left, right, top, barHeight] = [720, 70, 60, 52, 13];
  const rowHeight = here.length * barHeight + 12;
  const height = top + rows.length * rowHeight + 30;
  const most = Math.max(...rows.flatMap((row) => here.map(({ name }) => perHour(row, name) ?? 0))) * 1.02;
  const x = (seconds: number) => left + (seconds / most) * (width - left - right);
  return picture(width, height, [
    text(left, 18, 'Processor seconds for an hour of audio', { 'font-size': 13, 'font-weight': 600 }),
    ...here.flatMap(({ name }, i) => [
      rect(left + i * 90, 28, 10, 10, series[i] ?? faint),
      text(left + i * 90 + 15, 37, name),
    ]),
    ...ticks(most).flatMap((tick) => [
      line(x(tick), top - 4, x(tick), height - 24),
      text(x(tick), height - 10, `${tick} s`, { 'text-anchor': 'middle', fill: faint }),
    ]),
    ...rows.flatMap((row, r) => {
      const y = top + r * rowHeight;
      const bars = here.flatMap(({ name }, i) => {
        const seconds = perHour(row, name) ?? 0;
        const at = y + i * barHeight;
        return [
          rect(left, at, x(seconds) - left, barHeight - 2, series[i] ?? faint),
          text(x(seconds) + 5, at + 9, seconds.toFixed(1), { 'font-size': 10 }),
        ];
      });
      return [text(left - 8, y + rowHeight / 2 - 2, row.codec, { 'text-anchor': 'end' }), ...bars];
    }),
  ]);
}
