/** bench/results/load.{md,json,svg}. */
import { type Circumstances, table, writeResults } from '../report/results.ts';
import { mean, quantile } from '../report/statistics.ts';
import { faint, line, path, picture, series, text, ticks } from '../report/svg.ts';
import type { Phase } from './cannon.ts';
import { kinds, shares } from './traffic.ts';

export type Step = {
  readonly connections: number;
  readonly goodput: number;
  readonly answeredMs: readonly number[];
  readonly seconds: Phase['seconds'];
  /** Of the server and of Postgres. */
  readonly cpuSeconds: number;
};
export type Overload = {
  readonly offered: number;
  readonly times: number;
  readonly phase: Phase;
  readonly cpuSeconds: number;
  /** Of the server's process, once a second. */
  readonly rssBytes: readonly number[];
};
export type LoadMeasured = {
  readonly steps: readonly Step[];
  /** Goodput before and after the overload, at the best number of connections. */
  readonly peaks: readonly number[];
  readonly overload: Overload;
  readonly acknowledged: number;
  readonly lost: number;
};

const aimShare = 0.9;
const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const row = (name: string, values: readonly number[]) => [
  name,
  ...[0.5, 0.95, 0.99, 1].map((q) => (quantile(values, q) ?? Number.NaN).toFixed(1)),
];

/** The first and the last sixth. */
function ends(values: readonly number[]): readonly [number, number] {
  const part = Math.max(1, Math.floor(values.length / 6));
  return [mean(values.slice(0, part)), mean(values.slice(-part))];
}

export function reportLoad(circumstances: Circumstances, measured: LoadMeasured): void {
  const { steps, peaks, overload, acknowledged, lost } = measured;
  const { phase, offered, times, rssBytes } = overload;
  const { seconds } = phase;
  const goodput = mean(seconds.map(({ answered }) => answered));
  const refused = sum(seconds.map((one) => one.refused));
  const sent = sum(seconds.map((one) => one.answered + one.refused + one.failed));
  const share = goodput / mean(peaks);
  const [rssFirst, rssLast] = ends(rssBytes);
  const byKind = (of: Phase['seconds']) =>
    kinds.map((kind) => mean(of.map((one) => one.byKind[kind])).toFixed(1));
  const perCpu = (of: Phase['seconds'], cpu: number) => (sum(of.map((one) => one.answered)) / cpu).toFixed(1);
  const failures = Object.entries(phase.failures).map(([what, count]) => `${count} × ${what}`);
  const markdown = `# Offered ${times} times what it can take

The peak is ${peaks.map((one) => one.toFixed(1)).join(' before and ')} after: answers a second of a mix of ${kinds.map((kind) => `${shares[kind]} % ${kind}s`).join(', ')}. For ${seconds.length} s ${offered.toFixed(0)} a second were offered. **${goodput.toFixed(1)} a second were answered, ${(share * 100).toFixed(0)} % of the peak** (aim: ${aimShare * 100}); ${refused.toLocaleString('en')} of ${sent.toLocaleString('en')} were refused with 503, ${phase.withoutRetryAfter} of them without Retry-After, half of them within ${(quantile(phase.refusedMs, 0.5) ?? Number.NaN).toFixed(0)} ms and 99 % within ${(quantile(phase.refusedMs, 0.99) ?? Number.NaN).toFixed(0)} ms. Neither answered nor refused: ${failures.join(', ') || 'none'}. Resident memory of the server: ${mib(rssFirst)} in the first sixth of the time, ${mib(rssLast)} in the last. Of ${acknowledged.toLocaleString('en')} registrations and submissions that were acknowledged, **${lost} were lost** when the server was killed.

${table(
  [
    '',
    'answered a second',
    'median ms',
    '95 % ms',
    ...kinds.map((kind) => `${kind}s a second`),
    'processor s a second',
    'answered for a processor second',
  ],
  [
    ...steps.map((step, i) => [
      `${step.connections} connections, each sending again when it is answered${i === steps.length - 1 ? '; after the overload' : ''}`,
      step.goodput.toFixed(1),
      (quantile(step.answeredMs, 0.5) ?? Number.NaN).toFixed(0),
      (quantile(step.answeredMs, 0.95) ?? Number.NaN).toFixed(0),
      ...byKind(step.seconds),
      (step.cpuSeconds / step.seconds.length).toFixed(2),
      perCpu(step.seconds, step.cpuSeconds),
    ]),
    [
      `${offered.toFixed(0)} a second offered`,
      goodput.toFixed(1),
      (quantile(phase.answeredMs, 0.5) ?? Number.NaN).toFixed(0),
      (quantile(phase.answeredMs, 0.95) ?? Number.NaN).toFixed(0),
      ...byKind(seconds),
      (overload.cpuSeconds / seconds.length).toFixed(2),
      perCpu(seconds, overload.cpuSeconds),
    ],
  ],
)}

A machine that is shared gives the server more or less of its processors from one minute to the next: the last two columns say how much it had. Uploads have fewer places than requests have, so that under overload more of them are refused than of look-ups.

## Under overload

${table(['ms', 'median', '95 %', '99 %', 'most'], [row('answered', phase.answeredMs), row('refused', phase.refusedMs)])}

![answered and refused a second, and memory](load.svg)`;
  writeResults('load', circumstances, {
    markdown,
    json: {
      steps: steps.map((step) => ({
        connections: step.connections,
        goodput: step.goodput,
        cpuSeconds: step.cpuSeconds,
      })),
      cpuSeconds: overload.cpuSeconds,
      peaks,
      offered,
      goodput,
      share,
      refused,
      refusedMs: row('', phase.refusedMs).slice(1).map(Number),
      answeredMs: row('', phase.answeredMs).slice(1).map(Number),
      failures: phase.failures,
      withoutRetryAfter: phase.withoutRetryAfter,
      acknowledged,
      lost,
      seconds,
      rssBytes,
    },
    svg: draw(measured),
  });
  process.stdout.write(
    `load: ${goodput.toFixed(1)} of a peak of ${mean(peaks).toFixed(1)} a second (${(share * 100).toFixed(0)} %); lost ${lost} of ${acknowledged}\n`,
  );
}

/** Means over some seconds, so that a line is a line. */
const smoothed = (values: readonly number[]): number[] =>
  values.map((_, i) => mean(values.slice(Math.max(0, i - 2), i + 3)));

function draw({ overload, peaks }: LoadMeasured): string {
  const [width, left, plotWidth, plotHeight] = [720, 70, 620, 150];
  const { seconds } = overload.phase;
  const answered = smoothed(seconds.map((one) => one.answered));
  const refused = smoothed(seconds.map((one) => one.refused));
  const rss = overload.rssBytes.map((bytes) => bytes / 2 ** 20);
  const x = (i: number, count: number) => left + (i / Math.max(1, count - 1)) * plotWidth;
  const plot = (top: number, most: number, unit: string, lines: readonly (readonly [number[], string])[]) => {
    const y = (value: number) => top + plotHeight * (1 - value / most);
    return [
      ...ticks(most).flatMap((value) => [
        line(left, y(value), left + plotWidth, y(value), { stroke: faint, 'stroke-width': 0.3 }),
        text(left - 6, y(value) + 4, `${value}${unit}`, { 'text-anchor': 'end' }),
      ]),
      ...lines.map(([values, stroke]) =>
        path(
          values.map((value, i) => [x(i, values.length), y(Math.min(value, most))] as const),
          { stroke },
        ),
      ),
    ];
  };
  const most = Math.max(...refused, ...answered, mean(peaks)) * 1.1;
  const peakY = 40 + plotHeight * (1 - mean(peaks) / most);
  return picture(width, 460, [
    text(left, 22, 'Answered and refused a second, over time', { 'font-weight': 600 }),
    ...plot(40, most, '', [
      [answered, series[0]],
      [refused, series[1]],
    ]),
    line(left, peakY, left + plotWidth, peakY, { stroke: series[4], 'stroke-dasharray': '4 3' }),
    text(left, 212, 'answered', { fill: series[0] }),
    text(left + 80, 212, 'refused', { fill: series[1] }),
    text(left + 160, 212, 'peak', { fill: series[4] }),
    text(left, 246, 'Resident memory of the server', { 'font-weight': 600 }),
    ...plot(262, Math.max(...rss) * 1.2, ' MiB', [[rss, series[2]]]),
    ...ticks(seconds.length).map((second) =>
      text(x(second, seconds.length), 432, `${second} s`, { 'text-anchor': 'middle' }),
    ),
  ]);
}
