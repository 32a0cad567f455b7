/** What a retroscan costs and finds, as a table and a picture. */
import { table } from '../report/results.ts';
import { mean } from '../report/statistics.ts';
import { accent, faint, line, picture, rect, series, text } from '../report/svg.ts';

const barSeconds = 2;

export type Replayed = {
  readonly reference: string;
  readonly seconds: number;
  /** Processor time of looking through the bank, and of scanning again what it named. */
  readonly lookCpuSeconds: number;
  readonly scanCpuSeconds: number;
  readonly named: number;
  readonly plantedCount: number;
  /** Of the planted, those that a scan finds the reference in; and those that the retroscan found. */
  readonly scannable: number;
  readonly found: number;
  /** `attack/length` of those that a scan finds and the retroscan did not. */
  readonly missed: readonly string[];
  /** Synthetic submissions in which the reference was found. */
  readonly falseMatches: number;
};

/** Real uploads of others, each scanned against the reference without a hint. */
export type Thorough = {
  readonly reference: string;
  readonly seconds: number;
  readonly scanned: number;
  readonly hours: number;
  readonly found: number;
  readonly cpuSeconds: number;
};

export type RetroscanFigures = {
  readonly submissions: number;
  readonly hours: number;
  readonly bankMegabytes: number;
  readonly buildCpuSeconds: number;
  readonly readSeconds: number;
  readonly openCpuSeconds: number;
  readonly replayed: readonly Replayed[];
  readonly thorough: readonly Thorough[];
};

const sum = (rows: readonly Replayed[], of: (row: Replayed) => number) =>
  rows.reduce((all, row) => all + of(row), 0);

export function retroscanMarkdown(figures: RetroscanFigures): string {
  const { replayed, submissions } = figures;
  const totals = replayed.map((row) => row.lookCpuSeconds + row.scanCpuSeconds);
  const looks = replayed.map((row) => row.lookCpuSeconds);
  const within = totals.filter((seconds) => seconds <= barSeconds).length;
  const scannable = sum(replayed, (row) => row.scannable);
  const found = sum(replayed, (row) => row.found);
  const scans = sum(replayed, (row) => row.named);
  const missed = Map.groupBy(
    replayed.flatMap((row) => row.missed),
    (name) => name,
  );
  return [
    '# A new reference looked for in past submissions',
    '',
    `${submissions.toLocaleString('en')} past submissions (${figures.hours.toFixed(0)} h: synthetic uploads of 15, 30, 60 and 180 s, made of the constellations of other recordings, and the planted real ones). ` +
      `Each row is a retroscan of one new reference. Planted: excerpts of it of 5 to 30 s, unaltered and altered, real audio fingerprinted after the alteration.`,
    '',
    `- Bar: at most ${barSeconds} s of processor time. **${within} of ${replayed.length} retroscans are within it**: ${mean(totals).toFixed(2)} s on average, ${Math.max(...totals).toFixed(2)} s at the most, of which looking through the bank takes ${mean(looks).toFixed(2)} s on average and ${Math.max(...looks).toFixed(2)} s at the most; the rest is scanning again what it named, ${((1000 * sum(replayed, (row) => row.scanCpuSeconds)) / Math.max(1, scans)).toFixed(0)} ms each. Writing to the database is not in it.`,
    `- Bar: finds all planted ones. **Found: ${found} of ${scannable}** that a scan of the upload finds (of ${sum(replayed, (row) => row.plantedCount)} planted). ${missed.size === 0 ? '' : `Missed: ${[...missed].map(([name, all]) => (all.length > 1 ? `${name} ×${all.length}` : name)).join(', ')}.`}`,
    `- Synthetic submissions in which one was found: ${sum(replayed, (row) => row.falseMatches)}.`,
    `- The bank takes ${figures.bankMegabytes.toFixed(0)} MB. Made anew from fingerprints it takes ${figures.buildCpuSeconds.toFixed(1)} s of processor time, without reading them from the database; read from its files ${figures.readSeconds.toFixed(1)} s with checksums, and ${figures.openCpuSeconds.toFixed(2)} s to open.`,
    '',
    ...thoroughLines(figures),
    '![processor time of each retroscan](retroscan.svg)',
    '',
    table(
      [
        'reference',
        'length, s',
        'look, CPU s',
        'scans, CPU s',
        'scanned again',
        'planted',
        'a scan finds',
        'found',
        'false',
      ],
      replayed.map((row) => [
        row.reference,
        row.seconds.toFixed(0),
        row.lookCpuSeconds.toFixed(2),
        row.scanCpuSeconds.toFixed(2),
        String(row.named),
        String(row.plantedCount),
        String(row.scannable),
        String(row.found),
        String(row.falseMatches),
      ]),
    ),
  ].join('\n');
}

function thoroughLines({ thorough, replayed, submissions }: RetroscanFigures): string[] {
  if (thorough.length === 0) return [];
  const scannable = sum(replayed, (row) => row.scannable);
  const costs = thorough.map(({ reference, seconds, scanned, cpuSeconds }) => {
    const each = cpuSeconds / scanned;
    const hours = (each * submissions) / 3600;
    return `${(1000 * each).toFixed(0)} s for ${reference}, which lasts ${seconds.toFixed(0)} s (${hours.toFixed(1)} h for all)`;
  });
  const [{ scanned, hours, cpuSeconds }] = thorough as [Thorough];
  return [
    `A **thorough** retroscan scans every submission against the reference, and so finds all ${scannable} that a scan of the upload finds. ` +
      `Processor time for 1,000 submissions: **${costs.join(', ')}**, ${((1000 * cpuSeconds) / (3600 * hours)).toFixed(1)} ms for a second of upload. ` +
      `Measured on ${scanned} uploads of the lengths of those in the bank (${hours.toFixed(1)} h), real audio that does not hold it, without reading them from the database.`,
    '',
  ];
}

export function retroscanSvg({ replayed, submissions }: RetroscanFigures): string {
  const [width, left, right, top, rowHeight] = [760, 110, 60, 60, 18];
  const bottom = top + replayed.length * rowHeight;
  const most = Math.max(barSeconds, ...replayed.map((row) => row.lookCpuSeconds + row.scanCpuSeconds)) * 1.05;
  const x = (seconds: number) => left + (seconds / most) * (width - left - right);
  return picture(width, bottom + 30, [
    text(left, 20, `Processor time of a retroscan of ${submissions.toLocaleString('en')} submissions, s`, {
      'font-size': 14,
      'font-weight': 600,
    }),
    rect(left, 30, 10, 10, accent),
    text(left + 16, 39, 'looking through the bank'),
    rect(left + 180, 30, 10, 10, series[1]),
    text(left + 196, 39, 'scanning again what it named'),
    ...replayed.flatMap((row, i) => {
      const y = top + i * rowHeight;
      const end = row.lookCpuSeconds + row.scanCpuSeconds;
      return [
        text(left - 8, y + 12, `${row.reference}, ${row.seconds.toFixed(0)} s`, { 'text-anchor': 'end' }),
        rect(left, y + 2, x(row.lookCpuSeconds) - left, rowHeight - 5, accent),
        rect(x(row.lookCpuSeconds), y + 2, x(end) - x(row.lookCpuSeconds), rowHeight - 5, series[1]),
        text(x(end) + 5, y + 12, `${row.found} of ${row.scannable}`, { fill: faint }),
      ];
    }),
    line(x(barSeconds), top - 6, x(barSeconds), bottom, { stroke: series[4] }),
    text(x(barSeconds), bottom + 14, `${barSeconds} s`, { 'text-anchor': 'middle', fill: series[4] }),
  ]);
}
