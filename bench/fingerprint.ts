/**
 * What an hour of audio costs to fingerprint, in processor time, beside two programs that everybody can run.
 *
 *   npm run bench:fingerprint -- [--audio FOLDER] [--files 12] [--codecs vorbis,opus,mp3,aac,flac | as-is]
 *                                [--copies 10] [--runs 5] [--threads N] [--decoder auto|ffmpeg|wasm]
 *
 * On one folder of files per codec, whole processes, user and system time with all children:
 *   earmark   `earmark fingerprint FOLDER`, one process, start-up and writing of the files included
 *   fpcalc    `fpcalc -length 0 FILE`, one process a file: Chromaprint's own tool
 *   ffmpeg    `ffmpeg -i FILE -f null -`, one process a file: decoding to the end and nothing else
 * The three take turns, several runs each, in another order every run; what counts is the median, and its ratio
 * to fpcalc's. A program that is not installed is left out and the report says so.
 *
 * The files: the first --files of the folder (default: the bundled catalog), encoded by ffmpeg to each codec (kept in bench/cache).
 * `--codecs as-is`, and a machine without ffmpeg, takes them as they are, grouped by extension. earmark's
 * start-up (about .8 s) is paid once for a folder, so a short folder makes it look dearer than a catalog would:
 * every file lies there --copies times, which makes an hour of the bundled catalog's 5.6 minutes.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeFingerprint } from '../workers/fingerprint/fingerprint-file.ts';
import { hasCommand, inParallel, run } from './measure/command.ts';
import { audioFilesIn } from './measure/mix.ts';
import { processorTimeOf } from './measure/processor-time.ts';
import { launcher, plainEnvironment } from './measure/server.ts';
import { openProgress, say } from './report/progress.ts';
import { bundledCatalog, cacheFolder, circumstancesOf, table, writeResults } from './report/results.ts';
import { median } from './report/statistics.ts';
import { faint, line, picture, rect, series, text, ticks } from './report/svg.ts';

const { values: options } = parseArgs({
  options: {
    audio: { type: 'string', default: bundledCatalog },
    files: { type: 'string', default: '12' },
    copies: { type: 'string', default: '10' },
    codecs: { type: 'string', default: 'vorbis,opus,mp3,aac,flac' },
    runs: { type: 'string', default: '5' },
    threads: { type: 'string' },
    decoder: { type: 'string', default: 'auto' },
  },
});

const encoders: Readonly<
  Record<string, { readonly extension: string; readonly arguments: readonly string[] }>
> = {
  vorbis: { extension: 'ogg', arguments: ['-c:a', 'libvorbis', '-b:a', '160k', '-ar', '44100'] },
  opus: { extension: 'opus', arguments: ['-c:a', 'libopus', '-b:a', '96k'] },
  mp3: { extension: 'mp3', arguments: ['-c:a', 'libmp3lame', '-b:a', '128k', '-ar', '44100'] },
  aac: { extension: 'm4a', arguments: ['-c:a', 'aac', '-b:a', '128k', '-ar', '44100'] },
  flac: { extension: 'flac', arguments: ['-c:a', 'flac', '-sample_fmt', 's16', '-ar', '44100'] },
};

type Program = {
  readonly name: string;
  /** The script's `"$@"` are the folder, then its files. */
  readonly script: string;
};

const earmark = [process.execPath, launcher, 'fingerprint', '--decoder', options.decoder]
  .concat(options.threads === undefined ? [] : ['--threads', options.threads])
  .map((word) => `'${word}'`)
  .join(' ');
const programs: readonly Program[] = [
  { name: 'earmark', script: `folder=$1; out=$2; ${earmark} "$folder" --output-dir "$out"` },
  // 3 is a complaint about the last frame, after which it prints the fingerprint all the same.
  { name: 'fpcalc', script: 'shift 2; for file; do fpcalc -length 0 "$file" || [ $? = 3 ] || exit; done' },
  {
    name: 'ffmpeg',
    script: 'shift 2; for file; do ffmpeg -nostdin -v error -i "$file" -f null - || exit; done',
  },
];

type Folder = { readonly codec: string; readonly path: string; readonly files: readonly string[] };
type Row = {
  readonly codec: string;
  readonly files: number;
  readonly audioSeconds: number;
  readonly cpuSeconds: Record<string, number[]>;
};

const circumstances = circumstancesOf('bench:fingerprint');
const here = programs.filter(({ name }) => name === 'earmark' || hasCommand(name));
const missing = programs.filter((program) => !here.includes(program)).map(({ name }) => name);
for (const name of missing) say(`${name} is not installed: left out`);
mkdirSync(cacheFolder, { recursive: true });
const scratch = mkdtempSync(join(cacheFolder, 'fingerprint-'));
try {
  report(await measure(await prepareFolders()));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function prepareFolders(): Promise<Folder[]> {
  const files = audioFilesIn(resolve(options.audio)).slice(0, Number(options.files));
  if (files.length === 0) throw new Error(`no audio in ${options.audio}`);
  if (options.codecs === 'as-is' || !hasCommand('ffmpeg')) return foldersAsTheyAre(files);
  const folders: Folder[] = [];
  for (const codec of options.codecs.split(',')) {
    const encoder = encoders[codec];
    if (encoder === undefined)
      throw new Error(`--codecs knows ${Object.keys(encoders).join(', ')}, received ${codec}`);
    const path = join(
      cacheFolder,
      `fingerprint-${basename(resolve(options.audio))}-${files.length}-${codec}`,
    );
    mkdirSync(path, { recursive: true });
    say(`${files.length} files as ${codec}`);
    await inParallel([...files.entries()], 2, async ([i, file]) => {
      const target = join(path, `${String(i).padStart(3, '0')}.${encoder.extension}`);
      if (existsSync(target)) return;
      const part = join(path, `part-${i}.${encoder.extension}`);
      await run('ffmpeg', [
        '-nostdin',
        '-v',
        'error',
        '-y',
        '-i',
        file,
        '-map',
        'a:0',
        '-ac',
        '2',
        ...encoder.arguments,
        part,
      ]);
      renameSync(part, target);
    });
    folders.push(folderOf(codec, audioFilesIn(path)));
  }
  return folders;
}

function foldersAsTheyAre(files: readonly string[]): Folder[] {
  const byExtension = Map.groupBy(files, (file) => extname(file).slice(1).toLowerCase());
  return [...byExtension].map(([extension, members]) => folderOf(extension, members));
}

/** Copies, so that a folder holds one codec and nothing else. */
function folderOf(codec: string, files: readonly string[]): Folder {
  const path = join(scratch, codec);
  mkdirSync(path);
  for (const [i, file] of files.entries()) {
    for (let copy = 0; copy < Number(options.copies); copy++)
      cpSync(file, join(path, `${i}-${copy}${extname(file)}`));
  }
  return { codec, path, files: audioFilesIn(path) };
}

async function measure(folders: readonly Folder[]): Promise<Row[]> {
  const runs = Number(options.runs);
  const rows = folders.map(
    ({ codec, files }): Row => ({ codec, files: files.length, audioSeconds: 0, cpuSeconds: {} }),
  );
  const progress = openProgress('measuring', runs * folders.length * here.length);
  for (let turn = 0; turn < runs; turn++) {
    for (const [i, folder] of folders.entries()) {
      for (let k = 0; k < here.length; k++) {
        const program = here[(k + turn) % here.length] as Program;
        const out = mkdtempSync(join(scratch, 'out-'));
        const { cpuSeconds, status, errors } = await processorTimeOf(
          program.script,
          [folder.path, out, ...folder.files],
          {
            env: plainEnvironment(),
          },
        );
        if (status !== 0)
          throw new Error(`${program.name} ended with ${status} on ${folder.codec}: ${errors}`);
        const row = rows[i] as Row;
        row.cpuSeconds[program.name] = [...(row.cpuSeconds[program.name] ?? []), cpuSeconds];
        if (program.name === 'earmark') rows[i] = { ...row, audioSeconds: audioSecondsIn(out) };
        rmSync(out, { recursive: true });
        progress.step(`${folder.codec}, ${program.name}`);
      }
    }
  }
  progress.end();
  return rows;
}

/** The fingerprints themselves say how much audio was heard. */
function audioSecondsIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.earmark'))
    .reduce((sum, name) => sum + decodeFingerprint(readFileSync(join(folder, name))).durationMs / 1000, 0);
}

/** Processor seconds an hour of audio. */
function perHour(row: Row, program: string): number | undefined {
  const middle = median(row.cpuSeconds[program] ?? []);
  return middle === undefined ? undefined : (middle / row.audioSeconds) * 3600;
}

function ratio(row: Row, to: string): number | undefined {
  const [own, other] = [perHour(row, 'earmark'), perHour(row, to)];
  return own === undefined || other === undefined ? undefined : own / other;
}

function report(rows: readonly Row[]): void {
  const figure = (value: number | undefined, digits: number) =>
    value === undefined ? 'not installed' : value.toFixed(digits);
  const names = programs.map(({ name }) => name);
  const markdown = [
    '# Processor time of fingerprinting',
    '',
    `Processor seconds (user and system, whole processes with their children) for an hour of audio; median of ${options.runs} runs in alternation. ` +
      '`earmark fingerprint` takes a folder in one process; `fpcalc -length 0` and `ffmpeg -f null` (decoding alone) one process a file.' +
      (missing.length > 0 ? ` Not installed here and left out: ${missing.join(', ')}.` : ''),
    '',
    table(
      [
        'codec',
        'files',
        'audio, min',
        ...names,
        'earmark : fpcalc',
        'earmark : ffmpeg',
        'earmark, × real time',
      ],
      rows.map((row) => [
        row.codec,
        String(row.files),
        (row.audioSeconds / 60).toFixed(1),
        ...names.map((name) => figure(perHour(row, name), 2)),
        figure(ratio(row, 'fpcalc'), 2),
        figure(ratio(row, 'ffmpeg'), 2),
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
      cpuSecondsPerHour: Object.fromEntries(here.map(({ name }) => [name, perHour(row, name)])),
      ratioToFpcalc: ratio(row, 'fpcalc'),
      ratioToFfmpeg: ratio(row, 'ffmpeg'),
    })),
    notInstalled: missing,
  };
  writeResults('fingerprint', circumstances, { markdown, json, svg: draw(rows) });
  for (const row of rows) {
    const toFpcalc = ratio(row, 'fpcalc');
    say(
      `${row.codec}: ${figure(perHour(row, 'earmark'), 2)} s/h` +
        (toFpcalc === undefined ? '' : `, ${toFpcalc.toFixed(2)} times fpcalc's`),
    );
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
