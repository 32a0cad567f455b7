/** What matching cost, for people, for programs and to look at. */
import { type TransformSet, transformSets } from '../../workers/protocol.ts';
import { say } from '../report/progress.ts';
import { type Circumstances, table, writeResults } from '../report/results.ts';
import { circle, faint, line, path, picture, rect, series, text } from '../report/svg.ts';

export type Measurement = {
  readonly transforms: TransformSet;
  readonly syntheticRecordings: number;
  readonly catalogHours: number;
  readonly segmentBytes: number;
  readonly queries: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly meanMs: number;
  /** Of the queries that matched nothing, in which everything is tried; undefined where there is none. */
  readonly unmatchedMedianMs: number | undefined;
  readonly matched: number;
  /** Of the queries with a known truth; undefined without --truth. */
  readonly hits: Share | undefined;
  readonly falseMatches: Share | undefined;
};
type Share = { readonly count: number; readonly of: number };

/** What was asked of what. */
export type Comparison = {
  readonly queryCount: number;
  readonly seconds: string;
  /** The pattern that chose the queries, empty for all. */
  readonly only: string;
  /** Real recordings. */
  readonly referenceCount: number;
};

/** Milliseconds that a 10 s query may cost against the kit's catalog. */
const bars: Readonly<Record<TransformSet, number>> = { none: 15, common: 60, all: 250 };
export function reportMatching(
  measurements: readonly Measurement[],
  comparison: Comparison,
  circumstances: Circumstances,
): void {
  const share = (value: Share | undefined) => (value === undefined ? '–' : `${value.count} of ${value.of}`);
  const markdown = [
    '# Processor time of matching',
    '',
    `${comparison.queryCount} queries of ${comparison.seconds} s (${comparison.only === '' ? 'all kinds' : `\`${comparison.only}\``}), fingerprints given, one thread; ` +
      `${comparison.referenceCount} real recordings, and synthetic ones made of their constellations. Bars, against the kit's catalog alone: ` +
      `${transformSets.map((set) => `${set} ≤ ${bars[set]} ms`).join(', ')}.`,
    '',
    table(
      [
        'transforms',
        'synthetic recordings',
        'catalog, h',
        'index, MB',
        'median, ms',
        '95 %, ms',
        'mean, ms',
        'median without a match, ms',
        'with a match',
        'hits',
        'false matches',
      ],
      measurements.map((m) => [
        m.transforms,
        String(m.syntheticRecordings),
        m.catalogHours.toFixed(1),
        (m.segmentBytes / 1e6).toPrecision(3),
        m.medianMs.toFixed(1),
        m.p95Ms.toFixed(1),
        m.meanMs.toFixed(1),
        m.unmatchedMedianMs?.toFixed(1) ?? '–',
        String(m.matched),
        share(m.hits),
        share(m.falseMatches),
      ]),
    ),
    '',
    '![milliseconds by size of the catalog](match.svg)',
  ].join('\n');
  writeResults('match', circumstances, {
    markdown,
    json: { bars, measurements },
    svg: draw(measurements, comparison),
  });
  for (const m of measurements)
    say(
      `${m.transforms}, ${m.catalogHours.toFixed(1)} h: median ${m.medianMs.toFixed(1)} ms, 95 % ${m.p95Ms.toFixed(1)} ms`,
    );
}

/** Median as a line, the 95 % as a whisker above it; both axes logarithmic, since catalogs and settings differ by powers. */
function draw(measurements: readonly Measurement[], comparison: Comparison): string {
  const [width, height, left, right, top, bottom] = [720, 340, 60, 20, 54, 44];
  const sets = transformSets.filter((set) => measurements.some((m) => m.transforms === set));
  const log = (value: number) => Math.log10(Math.max(value, 0.01));
  const span = (values: readonly number[]) =>
    [Math.floor(log(Math.min(...values))), Math.ceil(log(Math.max(...values)))] as const;
  const [x0, x1] = span(measurements.map((m) => m.catalogHours));
  const [y0, y1] = span(measurements.flatMap((m) => [m.medianMs, m.p95Ms]));
  const x = (hours: number) => left + ((log(hours) - x0) / Math.max(1, x1 - x0)) * (width - left - right);
  const y = (ms: number) =>
    height - bottom - ((log(ms) - y0) / Math.max(1, y1 - y0)) * (height - top - bottom);
  const powers = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  return picture(width, height, [
    text(left, 18, `Processor time of a ${comparison.seconds} s query, ms: median, and whisker to 95 %`, {
      'font-size': 13,
      'font-weight': 600,
    }),
    ...sets.flatMap((set, i) => [
      rect(left + i * 90, 28, 10, 10, series[i] ?? faint),
      text(left + i * 90 + 15, 37, set),
    ]),
    ...powers(y0, y1).flatMap((ms) => [
      line(left, y(ms), width - right, y(ms)),
      text(left - 6, y(ms) + 4, String(ms), { 'text-anchor': 'end', fill: faint }),
    ]),
    ...powers(x0, x1).flatMap((hours) => [
      line(x(hours), top, x(hours), height - bottom),
      text(x(hours), height - 26, hours.toLocaleString('en'), { 'text-anchor': 'middle', fill: faint }),
    ]),
    text((left + width - right) / 2, height - 8, 'hours in the catalog', {
      'text-anchor': 'middle',
      fill: faint,
    }),
    ...sets.flatMap((set, i) => {
      const stroke = series[i] ?? faint;
      const own = measurements.filter((m) => m.transforms === set);
      return [
        path(
          own.map((m) => [x(m.catalogHours), y(m.medianMs)] as const),
          { stroke },
        ),
        ...own.flatMap((m) => [
          line(x(m.catalogHours), y(m.medianMs), x(m.catalogHours), y(m.p95Ms), {
            stroke,
            'stroke-opacity': 0.5,
            'stroke-width': 2,
          }),
          circle(x(m.catalogHours), y(m.medianMs), 4, { fill: stroke }),
        ]),
      ];
    }),
  ]);
}
