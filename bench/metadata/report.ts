/** bench/results/metadata.{md,json,svg}. */
import { type Circumstances, table, writeResults } from '../report/results.ts';
import { quantile } from '../report/statistics.ts';
import { faint, line, path, picture, rect, series, text, ticks } from '../report/svg.ts';
import type { Plan, Size } from './plans.ts';

export type Loaded = {
  readonly rows: number;
  readonly bytes: number;
  readonly wallSeconds: number;
  readonly commandCpuSeconds: number;
  readonly postgresCpuSeconds: number;
  readonly summary: string;
};
export type Searched = {
  readonly caller: string;
  readonly kind: string;
  readonly times: readonly number[];
  readonly foundShare: number;
  /** Not among those that the figure is of. */
  readonly isApart?: boolean;
};
/** What Postgres did by itself between the load and the first question. */
export type Settled = {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** False where it was still at it when the wait ended. */
  readonly isQuiet: boolean;
};
export type MetadataMeasured = {
  readonly rowCount: number;
  readonly loaded: readonly Loaded[];
  readonly settled: Settled;
  readonly plans: readonly Plan[];
  readonly statementMs: readonly number[];
  readonly lookUpMs: readonly number[];
  readonly searched: readonly Searched[];
  readonly sizes: readonly Size[];
};

const searchLimitMs = 50;
const whole = (value: number) => Math.round(value).toLocaleString('en');
const ms = (values: readonly number[], q: number) => (quantile(values, q) ?? Number.NaN).toFixed(2);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

export function reportMetadata(circumstances: Circumstances, measured: MetadataMeasured): void {
  const { rowCount, loaded, settled, plans, statementMs, lookUpMs, searched, sizes } = measured;
  const wall = sum(loaded.map((one) => one.wallSeconds));
  const commandCpu = sum(loaded.map((one) => one.commandCpuSeconds));
  const postgresCpu = sum(loaded.map((one) => one.postgresCpuSeconds));
  const asked = searched.filter(({ isApart }) => !isApart);
  const all = asked.flatMap(({ times }) => times);
  const quantiles = [0.5, 0.95, 0.99, 1];
  const markdown = `# Metadata at scale

${whole(rowCount)} rows of metadata, each an ISRC of a recording with its title, artist and label, in ${loaded.length} files of ${whole(sum(loaded.map((one) => one.bytes)) / 2 ** 20)} MiB together, are loaded in **${(wall / 60).toFixed(1)} min**: ${whole(rowCount / wall)} rows a second; ${whole(commandCpu)} s of processor time in the command and ${whole(postgresCpu)} s in Postgres. An ISRC is looked up in **${ms(statementMs, 0.5)} ms** in the median and ${ms(statementMs, 0.99)} ms at 99 % (aim: 1), the statement with its way there and back. A search over HTTP takes **${ms(all, 0.95)} ms at 95 %** (aim: ${searchLimitMs}).

${table(
  ['file', 'rows', 's', 'rows/s', 'processor s, command', 'processor s, Postgres', 'what it said'],
  loaded.map((one, i) => [
    String(i),
    whole(one.rows),
    one.wallSeconds.toFixed(1),
    whole(one.rows / one.wallSeconds),
    one.commandCpuSeconds.toFixed(1),
    one.postgresCpuSeconds.toFixed(1),
    one.summary,
  ]),
)}

Then Postgres was left alone for ${whole(settled.wallSeconds)} s, until autovacuum had ${settled.isQuiet ? 'nothing to do any more' : 'taken its quarter of an hour, and it was still at work'}: ${whole(settled.cpuSeconds)} s of processor time. What follows was asked after that.

## Looked up by ISRC

${table(
  ['ms', 'median', '95 %', '99 %', 'most'],
  [
    ['the statement, as a tenant', ...quantiles.map((q) => ms(statementMs, q))],
    ['GET /v1/identifiers', ...quantiles.map((q) => ms(lookUpMs, q))],
  ],
)}

## Searched

GET /v1/recordings/search, ms. “The” alone does not count in the figure above.

${table(
  ['who', 'for', 'median', '95 %', 'most', 'something found'],
  [
    ...searched.map((one) => [
      one.caller,
      one.kind,
      ms(one.times, 0.5),
      ms(one.times, 0.95),
      ms(one.times, 1),
      `${Math.round(one.foundShare * 100)} %`,
    ]),
    ['all', 'all', ms(all, 0.5), ms(all, 0.95), ms(all, 1), ''],
  ],
)}

![milliseconds by kind of question](metadata.svg)

## What it takes

${table(
  ['table or index', 'MiB', 'bytes a row loaded'],
  sizes.map(({ name, bytes }) => [name, whole(bytes / 2 ** 20), (bytes / rowCount).toFixed(0)]),
)}

## Why so

- **No partitions.** An identifier is found by one descent of a B-tree of four or five pages (the plan below), and a partition takes none of these away. A load writes neighbouring ISRCs and ids that grow with time, so that the pages it changes stay in memory.
- **One index of words, each there once more as a word of its party.** A tenant's question reads what the party has of a word; with the party's id as a word beside, it read all that has the word and all that the party has, 60 ms for a common word in three million rows. \`@@\` and the operators of trigrams are not leakproof: under row-level security they are not asked before the policy, and the plan of a tenant that asks by itself reads what the party has. A function asks as the service, for the caller's own party.
- **Words and not trigrams of titles.** A title has five words and thirty trigrams, and a misspelt word asked of titles rereads tens of thousands of them; asked of the distinct words it rereads some.
- **A sample for the commonest words**, where all of what has them would be collected for a page of twenty; of two words all, because samples of each hardly meet.
- **Two batches at once**, in two transactions: a load is processor time of Postgres. Batches that say something of the same recording are merged one after the other.

## Plans

${plans.map(({ title, text: plan }) => `### ${title}\n\n\`\`\`\n${plan}\n\`\`\``).join('\n\n')}`;
  writeResults('metadata', circumstances, { markdown, json: { ...measured }, svg: draw(measured) });
  process.stdout.write(
    `metadata: ${(wall / 60).toFixed(1)} min for ${whole(rowCount)} rows, look-up ${ms(statementMs, 0.5)} ms, search ${ms(all, 0.95)} ms at 95 %\n`,
  );
}

function draw({ loaded, searched }: MetadataMeasured): string {
  const [width, left, plotWidth, rowHeight] = [760, 290, 420, 16];
  const top = 220;
  const height = top + 50 + searched.length * rowHeight;
  const most = Math.max(searchLimitMs * 1.2, ...searched.map(({ times }) => quantile(times, 0.95) ?? 0));
  const x = (value: number) => left + (Math.min(value, most) / most) * plotWidth;
  const total = sum(loaded.map((one) => one.rows));
  const rates = loaded.map((one) => one.rows / one.wallSeconds);
  const mostRate = Math.max(...rates) * 1.1;
  const rowX = (rows: number) => 60 + (rows / total) * 650;
  const rateY = (rate: number) => 160 - (rate / mostRate) * 110;
  let done = 0;
  const steps = loaded.flatMap((one, i) => {
    const from = done;
    done += one.rows;
    const y = rateY(rates[i] as number);
    return [[rowX(from), y] as const, [rowX(done), y] as const];
  });
  return picture(width, height, [
    text(60, 22, 'Rows loaded a second, over the rows that were there', { 'font-weight': 600 }),
    ...ticks(mostRate).flatMap((rate) => [
      line(60, rateY(rate), 710, rateY(rate), { stroke: faint, 'stroke-width': 0.3 }),
      text(54, rateY(rate) + 4, whole(rate), { 'text-anchor': 'end' }),
    ]),
    path(steps, { stroke: series[0], 'stroke-width': 2 }),
    ...ticks(total).map((rows) => text(rowX(rows), 176, `${rows / 1e6} M`, { 'text-anchor': 'middle' })),
    text(60, top - 14, 'A search over HTTP: median and 95 %', { 'font-weight': 600 }),
    ...searched.flatMap(({ caller, kind, times }, i) => {
      const y = top + i * rowHeight;
      return [
        text(left - 8, y + 10, `${caller}: ${kind}`, { 'text-anchor': 'end', 'font-size': 10 }),
        rect(
          left,
          y + 2,
          x(quantile(times, 0.95) ?? 0) - left,
          rowHeight - 5,
          '#bcd5de',
          `95 %: ${ms(times, 0.95)} ms`,
        ),
        rect(
          left,
          y + 2,
          x(quantile(times, 0.5) ?? 0) - left,
          rowHeight - 5,
          series[0],
          `median: ${ms(times, 0.5)} ms`,
        ),
      ];
    }),
    line(x(searchLimitMs), top - 4, x(searchLimitMs), height - 40, {
      stroke: series[4],
      'stroke-dasharray': '4 3',
    }),
    ...ticks(most).map((value) => text(x(value), height - 22, `${value} ms`, { 'text-anchor': 'middle' })),
  ]);
}
