import { type Circumstances, table, writeResults } from '../report/results.ts';
import { quantile } from '../report/statistics.ts';
import { draw } from './draw.ts';
import { overlapsMerge, type Sample, type Search } from './observe.ts';

export type Phase = {
  readonly name: string;
  /** Milliseconds from the start of the bench. */
  readonly begun: number;
  readonly workMs: number;
  /** Registrations acknowledged, or recordings removed. */
  readonly count: number;
  /** Processor seconds, searches included. */
  readonly cpu: readonly [first: number, second: number, postgres: number];
  readonly samples: readonly Sample[];
  readonly searches: readonly Search[];
  readonly loadAtEnd: number;
};

type State = Sample & { readonly files: number };

export type Measured = {
  readonly circumstances: Circumstances;
  readonly rate: number;
  readonly fill: { readonly count: number; readonly seconds: number };
  readonly phases: readonly [quiet: Phase, writing: Phase, takingDown: Phase, after: Phase];
  /** Milliseconds from an acknowledgement to an answer that has it, or has it no more. */
  readonly soon: {
    readonly first: readonly number[];
    readonly second: readonly number[];
    readonly goneFirst: readonly number[];
    readonly goneSecond: readonly number[];
  };
  /** At rest before and after recordings were taken down. */
  readonly before: State;
  readonly after: State;
  /** Of the first server, after the last searches. */
  readonly resting: number;
};

const aims = { rate: 200, mergeRatio: 3, soonMs: 1000 };

const ms = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(0));
const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const timesOf = (searches: readonly Search[]) =>
  searches.filter(({ isRefused }) => !isRefused).map(({ milliseconds }) => milliseconds);
const most = (values: readonly number[]) => (values.length === 0 ? undefined : Math.max(...values));

type Group = { readonly name: string; readonly searches: readonly Search[] };

function groupsOf([quiet, writing, takingDown, after]: Measured['phases']): Group[] {
  const during = ({ searches, samples }: Phase, isDuring: boolean) =>
    searches.filter((search) => overlapsMerge(search, samples) === isDuring);
  return [
    { name: 'quiet, before', searches: quiet.searches },
    { name: 'writing', searches: writing.searches },
    { name: '… during merges', searches: during(writing, true) },
    { name: '… between merges', searches: during(writing, false) },
    { name: 'taking down', searches: takingDown.searches },
    { name: '… during merges', searches: during(takingDown, true) },
    { name: 'quiet, after', searches: after.searches },
  ];
}

export function report(measured: Measured): void {
  const { circumstances, phases, fill, soon, before, after } = measured;
  const [quiet, writing, takingDown] = phases;
  const groups = groupsOf(phases);
  const p99 = (group: Group | undefined) => quantile(timesOf(group?.searches ?? []), 0.99);
  const written = writing.count / (writing.workMs / 1000);
  const ratio = (p99(groups[2]) ?? Number.NaN) / (p99(groups[0]) ?? Number.NaN);
  const ratioBetween = (p99(groups[2]) ?? Number.NaN) / (p99(groups[3]) ?? Number.NaN);
  const searchRow = ({ name, searches }: Group) => {
    const times = timesOf(searches);
    const refused = searches.filter(({ isRefused }) => isRefused).length;
    const missed = searches.filter(({ isRefused, isFound }) => !isRefused && !isFound).length;
    const figures = [quantile(times, 0.5), quantile(times, 0.95), quantile(times, 0.99), most(times)];
    return [name, String(searches.length), ...figures.map(ms), String(refused), String(missed)];
  };
  const cpuRow = ({ name, cpu, workMs }: Phase) => [
    name,
    ...cpu.map((used) => `${((used * 1e5) / workMs).toFixed(0)} %`),
  ];
  const perRegistration = [
    'ms per registration',
    ...writing.cpu.map((used, i) => {
      const searching = ((quiet.cpu[i] as number) / quiet.workMs) * writing.workMs;
      return (((used - searching) / writing.count) * 1000).toFixed(2);
    }),
  ];
  const soonRow = (name: string, values: readonly number[]) => [
    name,
    String(values.length),
    ms(quantile(values, 0.5)),
    ms(quantile(values, 0.99)),
    ms(most(values)),
  ];
  const highest = (samples: readonly Sample[], of: (sample: Sample) => number) =>
    megabytes(Math.max(...samples.map(of)));
  const memoryRow = ({ name, samples }: Phase) => [
    name,
    highest(samples, ({ residentBytes }) => residentBytes),
    highest(samples, ({ otherResidentBytes }) => otherResidentBytes),
    highest(samples, ({ postgresBytes }) => postgresBytes),
    highest(samples, ({ figures }) => figures.bytes),
  ];
  const stateRow = (name: string, { figures, files, residentBytes }: State) => [
    name,
    String(figures.references),
    megabytes(figures.bytes),
    megabytes(files),
    megabytes(residentBytes),
  ];
  const markdown = `# Writes while reading

**${written.toFixed(0)} registrations a second** acknowledged for ${(writing.workMs / 1000).toFixed(0)} s, ${measured.rate} a second being offered (aim: ${aims.rate}), with two servers following and ${(quiet.searches.length / (quiet.workMs / 1000)).toFixed(1)} searches a second at the first. Filled before that, as fast as it went: ${fill.count} in ${fill.seconds.toFixed(1)} s, ${(fill.count / fill.seconds).toFixed(0)} a second. Taken down: ${takingDown.count}, ${(takingDown.count / (takingDown.workMs / 1000)).toFixed(0)} a second.

The 99th percentile of searches during merges is **${ratio.toFixed(1)} times** that of the quiet ones before (aim: ${aims.mergeRatio}), and ${ratioBetween.toFixed(1)} times that of searches between merges while writing.

## Searches

Of 10 s excerpts, half of them with every transform; milliseconds as the client sees them.

${table(['', 'searches', 'median', '95 %', '99 %', 'longest', 'refused', 'not found'], groups.map(searchRow))}

Load average at the end of each: ${phases.map(({ name, loadAtEnd }) => `${name} ${loadAtEnd.toFixed(1)}`).join(', ')}.

## Processor time

Per second, searches included; and per registration, less what the searches took while it was quiet.

${table(['', 'first server', 'second', 'Postgres'], [...phases.map(cpuRow), perRegistration])}

## From an acknowledgement to an answer

Milliseconds until a search, asked at once, has answered with what was registered, or without what was removed (aim: ${aims.soonMs}). The search is in it.

${table(
  ['', 'asked', 'median', '99 %', 'longest'],
  [
    soonRow('registered, found at the same server', soon.first),
    soonRow('registered, found at the other', soon.second),
    soonRow('removed, gone at the same server', soon.goneFirst),
    soonRow('removed, gone at the other', soon.goneSecond),
  ],
)}

## Memory

Resident at the most, and the landmarks of the index.

${table(['', 'first server', 'second', 'Postgres', 'index'], phases.map(memoryRow))}

Before and after the take-downs, at rest:

${table(
  ['', 'references', 'index', 'index files', 'first server resident'],
  [stateRow('before', before), stateRow('after', after)],
)}

${megabytes(measured.resting)} resident after the last searches.

![rate, searches and memory over time](writes.svg)`;
  writeResults('writes', circumstances, {
    markdown,
    json: {
      aims,
      registrationsPerSecond: written,
      fill,
      mergeRatio: ratio,
      mergeRatioToBetween: ratioBetween,
      soon,
      before,
      after,
      phases,
    },
    svg: draw(phases),
  });
  process.stdout.write(
    `writes: ${written.toFixed(0)} a second, 99 % of searches during merges ${ratio.toFixed(1)} times quiet, found at the other within ${ms(most(soon.second))} ms\n`,
  );
}
