/**
 * What memory and time a scan of a long upload takes: a two-hour mix posted to the real server.
 *
 *   npm run bench:memory -- [--audio FOLDER] [--minutes 120] [--codec vorbis|opus|wav] [--mix FILE] [--scans 2]
 *                           [--transforms none|common|all] [--decoder auto|ffmpeg|wasm] [--threads N]
 *
 * Measured is the resident memory of `earmark serve` with everything below it: threads, embedded Postgres,
 * ffmpeg. Idle is the median of 5 s after the recordings in the mix are registered (they come over HTTP as
 * fingerprints, so no decoder has run in the server yet); then the mix is posted to POST /v1/scans, once or
 * several times, and the highest sample of each is reported above idle. The bar is 400 MB.
 *
 * How the mix is made: `measure/mix.ts`. It is kept in bench/cache. Default audio: the bundled catalog.
 * Needs Linux (/proc).
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { audioFilesIn, type MixCodec, makeMix } from './measure/mix.ts';
import { highWaterBytes, memoryOfTrees, postmasterPids, type TreeMemory } from './measure/process-tree.ts';
import { processorTimeOf } from './measure/processor-time.ts';
import { launcher, plainEnvironment, postScan, type Server, startServer } from './measure/server.ts';
import { say } from './report/progress.ts';
import { bundledCatalog, cacheFolder, circumstancesOf, table, writeResults } from './report/results.ts';
import { median } from './report/statistics.ts';
import { accent, faint, line, path, picture, series, text, ticks } from './report/svg.ts';

const barMegabytes = 400;
const sampleEveryMs = 100;
const idleMs = 5000;

const { values: options } = parseArgs({
  options: {
    audio: { type: 'string', default: bundledCatalog },
    minutes: { type: 'string', default: '120' },
    codec: { type: 'string', default: 'vorbis' },
    mix: { type: 'string' },
    scans: { type: 'string', default: '2' },
    transforms: { type: 'string', default: 'all' },
    decoder: { type: 'string', default: 'auto' },
    threads: { type: 'string' },
  },
});

type Sample = { readonly seconds: number; readonly megabytes: number };
type Scan = {
  readonly seconds: number;
  readonly audioSeconds: number;
  readonly peakMegabytes: number;
  readonly recordings: number;
  readonly segments: number;
  readonly from: number;
  readonly to: number;
};

const circumstances = circumstancesOf('bench:memory');
const files = audioFilesIn(resolve(options.audio));
if (files.length === 0) throw new Error(`no audio in ${options.audio}`);
const mix = options.mix === undefined ? await findOrMakeMix() : resolve(options.mix);
mkdirSync(cacheFolder, { recursive: true });
const dataDir = mkdtempSync(join(cacheFolder, 'memory-'));
const server = await startServer(dataDir, {
  EARMARK_DECODER: options.decoder,
  ...(options.threads === undefined ? {} : { EARMARK_THREADS: options.threads }),
});
try {
  await register(server);
  await measure(server);
} finally {
  await server.end();
  rmSync(dataDir, { recursive: true, force: true });
}

async function findOrMakeMix(): Promise<string> {
  mkdirSync(cacheFolder, { recursive: true });
  const codec = options.codec as MixCodec;
  if (!['vorbis', 'opus', 'wav'].includes(codec))
    throw new Error(`--codec is vorbis, opus or wav, received ${codec}`);
  const target = join(cacheFolder, `mix-${basename(resolve(options.audio))}-${options.minutes}min-${codec}`);
  const made = ['ogg', 'opus', 'wav']
    .map((extension) => `${target}.${extension}`)
    .find((name) => existsSync(name));
  return made ?? makeMix(files, Number(options.minutes), codec, target);
}

async function register({ address, key }: Server): Promise<void> {
  say(`registering ${files.length} recordings`);
  const script = '"$@"';
  const args = [process.execPath, launcher, 'register', resolve(options.audio), '--url', address];
  const { status, errors } = await processorTimeOf(script, args, {
    env: plainEnvironment({ EARMARK_API_KEY: key }),
  });
  if (status !== 0) throw new Error(`registering ended with ${status}: ${errors}`);
}

async function measure(server: Server): Promise<void> {
  const samples: (Sample & { readonly tree: TreeMemory })[] = [];
  const roots = [server.pid, ...postmasterPids(dataDir)];
  const begun = performance.now();
  const sampling = setInterval(() => {
    const tree = memoryOfTrees(roots);
    samples.push({ seconds: (performance.now() - begun) / 1000, megabytes: tree.residentBytes / 1e6, tree });
  }, sampleEveryMs);
  say('idle');
  await sleep(idleMs);
  const idleMegabytes = median(samples.map(({ megabytes }) => megabytes)) as number;
  const scans: Scan[] = [];
  for (let i = 0; i < Number(options.scans); i++) {
    const from = (performance.now() - begun) / 1000;
    say(`scan ${i + 1} of ${options.scans}`);
    const { status, body, seconds } = await postScan(server, mix, options.transforms);
    if (status !== 200) throw new Error(`POST /v1/scans answered ${status}: ${body}`);
    const to = (performance.now() - begun) / 1000;
    const answer: { duration_ms: number; matches: { segments: unknown[] }[] } = JSON.parse(body);
    scans.push({
      seconds,
      audioSeconds: answer.duration_ms / 1000,
      peakMegabytes: peakOf(samples.filter((sample) => sample.seconds >= from)).megabytes,
      recordings: answer.matches.length,
      segments: answer.matches.reduce((sum, { segments }) => sum + segments.length, 0),
      from,
      to,
    });
    await sleep(idleMs);
  }
  clearInterval(sampling);
  const afterMegabytes = median(samples.slice(-20).map(({ megabytes }) => megabytes)) as number;
  report({
    samples,
    idleMegabytes,
    afterMegabytes,
    scans,
    highWaterMegabytes: highWaterBytes(server.pid) / 1e6,
  });
}

function peakOf<T extends Sample>(samples: readonly T[]): T {
  return samples.reduce((highest, sample) => (sample.megabytes > highest.megabytes ? sample : highest));
}

type Measured = {
  readonly samples: readonly (Sample & { readonly tree: TreeMemory })[];
  readonly idleMegabytes: number;
  readonly afterMegabytes: number;
  readonly highWaterMegabytes: number;
  readonly scans: readonly Scan[];
};

function report({ samples, idleMegabytes, afterMegabytes, highWaterMegabytes, scans }: Measured): void {
  const peak = peakOf(samples);
  const aboveIdle = peak.megabytes - idleMegabytes;
  const minutes = (scans[0]?.audioSeconds ?? 0) / 60;
  const parts = Object.entries(peak.tree.byCommand).map(
    ([command, bytes]) => `${command} ${mb(bytes / 1e6)}`,
  );
  const markdown = [
    '# Memory and time of a long scan',
    '',
    `A mix of ${minutes.toFixed(0)} minutes (${basename(mix).replace(/^.*\./, '')}, decoder \`${options.decoder}\`, transforms \`${options.transforms}\`), posted to the running server ` +
      `that holds the ${files.length} recordings it is made of. Resident memory of the server with all its threads and child processes, MB = 10⁶ bytes.`,
    '',
    table(
      ['', 'MB'],
      [
        ['idle, index loaded', mb(idleMegabytes)],
        ['peak', mb(peak.megabytes)],
        [`**peak above idle** (bar: ≤ ${barMegabytes})`, `**${mb(aboveIdle)}**`],
        [`${idleMs / 1000} s after the last scan`, mb(afterMegabytes)],
        ["the server process's own high-water mark (VmHWM)", mb(highWaterMegabytes)],
      ],
    ),
    '',
    `At the peak: ${parts.join(', ')}. Memory shared between Postgres' processes counts in each of them.`,
    '',
    table(
      ['scan', 'seconds', '× real time', 'peak above idle, MB', 'recordings found', 'segments'],
      scans.map((scan, i) => [
        String(i + 1),
        scan.seconds.toFixed(1),
        (scan.audioSeconds / scan.seconds).toFixed(0),
        mb(scan.peakMegabytes - idleMegabytes),
        String(scan.recordings),
        String(scan.segments),
      ]),
    ),
    '',
    '![memory over time](scan-memory.svg)',
  ].join('\n');
  const json = {
    barMegabytes,
    idleMegabytes,
    peakMegabytes: peak.megabytes,
    aboveIdleMegabytes: aboveIdle,
    afterMegabytes,
    highWaterMegabytes,
    scans,
  };
  writeResults('scan-memory', circumstances, { markdown, json, svg: draw(samples, idleMegabytes, scans) });
  say(
    `peak ${mb(aboveIdle)} MB above idle (bar ${barMegabytes}); scans ${scans.map(({ seconds }) => `${seconds.toFixed(1)} s`).join(', ')}`,
  );
}

function draw(samples: readonly Sample[], idleMegabytes: number, scans: readonly Scan[]): string {
  const [width, height, left, right, top, bottom] = [720, 300, 56, 16, 34, 40];
  const lastSecond = samples.at(-1)?.seconds ?? 1;
  const most = Math.max(idleMegabytes + barMegabytes, peakOf(samples).megabytes) * 1.08;
  const x = (seconds: number) => left + (seconds / lastSecond) * (width - left - right);
  const y = (megabytes: number) => height - bottom - (megabytes / most) * (height - top - bottom);
  const level = (megabytes: number, label: string, stroke: string) => [
    line(left, y(megabytes), width - right, y(megabytes), { stroke, 'stroke-dasharray': '4 3' }),
    text(width - right, y(megabytes) + (label === 'idle' ? 12 : -4), label, {
      'text-anchor': 'end',
      'font-size': 10,
      fill: stroke,
    }),
  ];
  return picture(width, height, [
    text(left, 18, 'Resident memory of the server and its children, MB', {
      'font-size': 13,
      'font-weight': 600,
    }),
    ...ticks(most).flatMap((tick) => [
      line(left, y(tick), width - right, y(tick)),
      text(left - 6, y(tick) + 4, String(tick), { 'text-anchor': 'end', fill: faint }),
    ]),
    ...ticks(lastSecond).map((tick) =>
      text(x(tick), height - 22, `${tick} s`, { 'text-anchor': 'middle', fill: faint }),
    ),
    ...level(idleMegabytes, 'idle', faint),
    ...level(idleMegabytes + barMegabytes, `idle + ${barMegabytes} MB`, series[4]),
    path(samples.map((sample) => [x(sample.seconds), y(sample.megabytes)] as const)),
    ...scans.map((scan, i) =>
      text((x(scan.from) + x(scan.to)) / 2, height - 6, `scan ${i + 1}: ${scan.seconds.toFixed(0)} s`, {
        'text-anchor': 'middle',
        fill: accent,
      }),
    ),
  ]);
}

function mb(megabytes: number): string {
  return megabytes.toFixed(0);
}
