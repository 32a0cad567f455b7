/** What bench:scale found, for people and to look at, and what it comes to beyond what was measured. */
import { table } from '../report/results.ts';
import { circle, faint, line, path, picture, rect, series, text } from '../report/svg.ts';
import type { AskFigures, Timed } from './ask.ts';
import type { compareBuckets, Meetings } from './buckets.ts';
import type { BuildFigures } from './build.ts';

export type Figures = {
  readonly build: BuildFigures;
  readonly ask: AskFigures;
};

/** A streaming service's archive, and machines as they are rented. */
const archive = { recordings: 86e6, secondsEach: 200 };
const machine = { memoryGb: 256, cores: 64, usableShare: 0.85 };

export function scaleMarkdown(
  measured: readonly Figures[],
  buckets: ReturnType<typeof compareBuckets>,
): string {
  return [
    '# Cost by size of the catalog',
    '',
    `${buckets.real} real recordings among synthetic ones made of their constellations; every size is an index built from Postgres by the follower of the change feed, opened again from its files by another process, and asked by it. Bars are those for a million recordings on two processors.`,
    '',
    ...sizeTable(measured),
    '',
    '## Queries',
    '',
    ...queryTable(measured),
    '',
    '![cost by size of the catalog](scale.svg)',
    '',
    '## What is found',
    '',
    ...foundTable(measured),
    '',
    '## How near synthetic recordings are to real ones',
    '',
    ...bucketText(buckets),
    '',
    '## Beyond: 86 million recordings',
    '',
    ...extrapolation(measured),
  ].join('\n');
}

const fixed = (value: number | undefined, digits = 1) =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);
const count = (value: number) => value.toLocaleString('en');

function sizeTable(measured: readonly Figures[]): string[] {
  const rows: (readonly [name: string, bar: string, of: (figures: Figures) => string])[] = [
    ['hours of audio', '', ({ build }) => count(Math.round(build.hours))],
    ['index in memory, bytes a second of audio', '≤ 40', ({ build }) => fixed(build.indexBytesPerSecond)],
    ['fingerprint, bytes a second', '≤ 40', ({ build }) => fixed(build.fingerprintBytesPerSecond)],
    ['database files, bytes a second', '', ({ build }) => fixed(build.databaseBytesPerSecond)],
    ['resident, GB, after all queries', '≤ 10', ({ ask }) => fixed(ask.residentBytes / 1e9, 2)],
    ['segments', '', ({ build }) => String(build.segments)],
    ['loading into Postgres by COPY, s', '', ({ build }) => fixed(build.loadSeconds, 0)],
    [
      'rebuilding from Postgres until all is found, s',
      '≤ 3600',
      ({ build }) => fixed(build.rebuildSeconds, 0),
    ],
    ['… until all is merged and in files, s', '', ({ build }) => fixed(build.restSeconds, 0)],
    ['… processor seconds', '', ({ build }) => fixed(build.cpuSeconds, 0)],
    ['… of Postgres', '', ({ build }) => fixed(build.postgresCpuSeconds, 0)],
    ['… most that was resident meanwhile, GB', '', ({ build }) => fixed(build.peakResidentBytes / 1e9, 2)],
    ['restart from files, s', '≤ 60', ({ ask }) => fixed(ask.restartSeconds)],
    ['10 s queries a second, `none`, all threads', '', ({ ask }) => fixed(ask.queriesPerSecond)],
  ];
  return [
    table(
      ['', 'bar', ...measured.map(({ build }) => `${count(build.recordings)} recordings`)],
      rows.map(([name, bar, of]) => [name, bar, ...measured.map(of)]),
    ),
  ];
}

const bars: Readonly<Record<string, number>> = {
  'none 10 s': 25,
  'common 10 s': 120,
  'all 10 s': 800,
  'none 4 min of strangers': 250,
  'none 4 min of a registered recording': 250,
};
const nameOf = ({ what, transforms }: Timed) => `${transforms} ${what}`;

function queryTable(measured: readonly Figures[]): string[] {
  const names = [...new Set(measured.flatMap(({ ask }) => ask.timed.map(nameOf)))];
  const rows = names.map((name) => [
    name,
    bars[name] === undefined ? '' : `≤ ${bars[name]}`,
    ...measured.flatMap(({ ask }) => {
      const one = ask.timed.find((timed) => nameOf(timed) === name);
      return [fixed(one?.cpuMedianMs), fixed(one?.cpu99Ms), fixed(one?.wallMedianMs), fixed(one?.wall99Ms)];
    }),
  ]);
  const heads = measured.flatMap(({ build }) => {
    const size = count(build.recordings);
    return [`${size}: CPU, ms`, 'p99', 'latency, ms', 'p99'];
  });
  const [first, last] = [growsFrom(measured), measured.at(-1)];
  const ratio = noneMs(last) / noneMs(first);
  return [
    table(['transforms, upload', 'bar', ...heads], rows),
    '',
    `A \`none\` query of 10 s costs ${fixed(ratio)} times as much among ${count(last?.build.recordings ?? 0)} as among ${count(first?.build.recordings ?? 0)} (bar, from ten thousand to a million: 6).`,
  ];
}

/** The growth that has a bar begins at ten thousand; smaller catalogs say what is found without a crowd. */
function growsFrom(measured: readonly Figures[]): Figures | undefined {
  return measured.find(({ build }) => build.recordings >= 10_000) ?? measured[0];
}

function noneMs(figures: Figures | undefined): number {
  return figures?.ask.timed.find((timed) => nameOf(timed) === 'none 10 s')?.cpuMedianMs ?? Number.NaN;
}

function foundTable(measured: readonly Figures[]): string[] {
  const [first] = measured;
  const before = new Set(first?.ask.hitNames);
  return [
    table(
      ['recordings', 'found', 'share', 'lost that the smallest has', 'false matches'],
      measured.map(({ build, ask }) => {
        const now = new Set(ask.hitNames);
        return [
          count(build.recordings),
          `${ask.found.hits} of ${ask.found.present}`,
          `${fixed((100 * ask.found.hits) / ask.found.present)} %`,
          [...before].filter((name) => !now.has(name)).join(', ') || 'none',
          `${ask.found.falseMatches} of ${ask.found.absent}`,
        ];
      }),
    ),
  ];
}

function bucketText({ spread }: ReturnType<typeof compareBuckets>): string[] {
  const row = (name: string, { realInReal, realInSynthetic, syntheticInSynthetic }: Meetings) => [
    name,
    ...[realInReal, realInSynthetic, syntheticInSynthetic].map((value) => fixed(value, 2)),
  ];
  return [
    `A reference has ${fixed(spread.landmarksPerSecond, 2)} landmarks a second. What a search costs follows from how many postings a landmark meets, of a million:`,
    '',
    table(
      ['', 'real among real', 'real among synthetic', 'synthetic among synthetic'],
      [row('at any pitch', spread.metInBucket), row('at its own pitch', spread.metAtPitch)],
    ),
    '',
    table(
      ['share of postings in the fullest', 'real', 'synthetic'],
      spread.fullest.map(({ buckets, real, synthetic }) => [
        `${count(buckets)} buckets`,
        `${fixed(100 * real)} %`,
        `${fixed(100 * synthetic)} %`,
      ]),
    ),
  ];
}

function extrapolation(measured: readonly Figures[]): string[] {
  const last = measured.at(-1);
  if (last === undefined) return [];
  const seconds = archive.recordings * archive.secondsEach;
  const indexGb = (seconds * last.build.indexBytesPerSecond) / 1e9;
  const machines = Math.ceil(indexGb / (machine.memoryGb * machine.usableShare));
  const shard = archive.recordings / machines;
  const buildCpuHours = ((last.build.cpuSeconds / (last.build.hours * 3600)) * seconds) / 3600;
  const first = growsFrom(measured) ?? last;
  const decades = Math.log10(last.build.recordings / first.build.recordings);
  const measuredGrowth = decades > 0 ? (noneMs(last) / noneMs(first)) ** (1 / decades) : Number.NaN;
  // What a look may read is bounded, so that a curve can be flat; none falls for ever.
  const growth = Math.max(1, measuredGrowth);
  const atShard = noneMs(last) * growth ** Math.log10(shard / last.build.recordings);
  return [
    table(
      ['', ''],
      [
        ['audio', `${count(Math.round(seconds / 3600))} h (${archive.secondsEach} s each)`],
        [
          'index in memory',
          `${count(Math.round(indexGb))} GB at ${fixed(last.build.indexBytesPerSecond)} bytes a second`,
        ],
        [
          'constellations on local disks',
          `${count(Math.round((seconds * last.build.fingerprintBytesPerSecond) / 1e9))} GB, and as much in Postgres`,
        ],
        [
          `machines of ${machine.memoryGb} GB`,
          `${machines}, of ${fixed(shard / 1e6)} million recordings each`,
        ],
        [
          'building it from fingerprints',
          `${count(Math.round(buildCpuHours))} processor hours, ${fixed(buildCpuHours / machines / machine.cores)} h with ${machine.cores} cores a machine`,
        ],
        [
          'a `none` query of 10 s',
          `${fixed(atShard)} ms of processor time on each machine, ${fixed(atShard * machines)} ms in all`,
        ],
      ],
    ),
    '',
    `Assumed: bytes a second and processor time of building stay what they are at ${count(last.build.recordings)} recordings, because both are of segments that have a largest size; every machine holds a shard by the hash of the reference and answers every query; a query grows ${fixed(growth, 2)} times for each tenfold catalog (${fixed(measuredGrowth, 2)} between ${count(first.build.recordings)} and ${count(last.build.recordings)}; less than 1 is taken for 1). What gathering the answers costs is not in it.`,
  ];
}

/** Processor time of 10 s queries by size: both axes logarithmic. */
export function scaleSvg(measured: readonly Figures[]): string {
  const [width, height, left, right, top, bottom] = [720, 360, 60, 20, 54, 44];
  const names = [...new Set(measured.flatMap(({ ask }) => ask.timed.map(nameOf)))];
  const lines = names.map((name) =>
    measured.flatMap(({ build, ask }) => {
      const one = ask.timed.find((timed) => nameOf(timed) === name);
      return one === undefined ? [] : [{ recordings: build.recordings, ...one }];
    }),
  );
  const log = (value: number) => Math.log10(Math.max(value, 0.01));
  const span = (values: readonly number[]) =>
    [Math.floor(log(Math.min(...values))), Math.ceil(log(Math.max(...values)))] as const;
  const [x0, x1] = span(measured.map(({ build }) => build.recordings));
  const [y0, y1] = span(lines.flat().flatMap((one) => [one.cpuMedianMs, one.cpu99Ms]));
  const x = (recordings: number) =>
    left + ((log(recordings) - x0) / Math.max(1, x1 - x0)) * (width - left - right);
  const y = (ms: number) =>
    height - bottom - ((log(ms) - y0) / Math.max(1, y1 - y0)) * (height - top - bottom);
  const powers = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  const colour = (i: number) => series[i % series.length] ?? faint;
  return picture(width, height, [
    text(left, 18, 'Processor time of a query, ms: median, and whisker to 99 %', {
      'font-size': 13,
      'font-weight': 600,
    }),
    ...names.flatMap((name, i) => [
      rect(left + (i % 3) * 220, 24 + Math.floor(i / 3) * 14, 10, 10, colour(i)),
      text(left + (i % 3) * 220 + 15, 33 + Math.floor(i / 3) * 14, name),
    ]),
    ...powers(y0, y1).flatMap((ms) => [
      line(left, y(ms), width - right, y(ms)),
      text(left - 6, y(ms) + 4, String(ms), { 'text-anchor': 'end', fill: faint }),
    ]),
    ...powers(x0, x1).flatMap((recordings) => [
      line(x(recordings), top, x(recordings), height - bottom),
      text(x(recordings), height - 26, count(recordings), { 'text-anchor': 'middle', fill: faint }),
    ]),
    text((left + width - right) / 2, height - 8, 'recordings in the catalog', {
      'text-anchor': 'middle',
      fill: faint,
    }),
    ...lines.flatMap((own, i) => [
      path(
        own.map((one) => [x(one.recordings), y(one.cpuMedianMs)] as const),
        { stroke: colour(i) },
      ),
      ...own.flatMap((one) => [
        line(x(one.recordings), y(one.cpuMedianMs), x(one.recordings), y(one.cpu99Ms), {
          stroke: colour(i),
          'stroke-opacity': 0.5,
          'stroke-width': 2,
        }),
        circle(x(one.recordings), y(one.cpuMedianMs), 4, { fill: colour(i) }),
      ]),
    ]),
  ]);
}
