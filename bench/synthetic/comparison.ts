/** The rows of the card with and without synthetic recordings in the catalog, from the answers of both. */
import type { Claim } from '../quality/answers.ts';
import { type Row, scoreAbsent, scoreRows } from '../quality/score.ts';
import type { Query } from '../quality/truth.ts';
import { table } from '../report/results.ts';
import { mean } from '../report/statistics.ts';
import { circle, faint, ink, line, picture, series, text } from '../report/svg.ts';

/** Points a row may lose. */
const mostLost = 0.01;

type Side = {
  readonly recordings: number;
  readonly hours: number;
  readonly bytes: number;
  /** Milliseconds of processor time of a query, on average. */
  readonly cpuMs: number;
  readonly falseMatches: number;
};

export type Comparison = {
  readonly alone: Side;
  readonly crowded: Side;
  readonly rows: readonly ComparedRow[];
  readonly absentCount: number;
  /** Queries whose surest answer is right in the one catalog and not in the other. */
  readonly changed: readonly string[];
};

type ComparedRow = {
  readonly alone: Row;
  readonly crowded: Row;
  /** Share of the row's queries; negative where synthetic recordings cost hits. */
  readonly difference: number;
};

type Claims = ReadonlyMap<string, readonly Claim[]>;
type SideFacts = Omit<Side, 'falseMatches'>;

export function compare(
  queries: readonly Query[],
  alone: { readonly claims: Claims; readonly facts: SideFacts },
  crowded: { readonly claims: Claims; readonly facts: SideFacts },
): Comparison {
  const crowdedRows = scoreRows(queries, crowded.claims);
  const rows = scoreRows(queries, alone.claims).map((row, i): ComparedRow => {
    const other = crowdedRows[i] as Row;
    return { alone: row, crowded: other, difference: (other.hits - row.hits) / row.count };
  });
  const side = ({ claims, facts }: { readonly claims: Claims; readonly facts: SideFacts }): Side => ({
    ...facts,
    falseMatches: scoreAbsent(queries, claims).reduce((sum, row) => sum + row.falseMatches.length, 0),
  });
  const isHit = (query: Query, claims: Claims) => {
    const surest = claims.get(query.name)?.[0]?.reference;
    return surest !== undefined && (surest === query.expected || surest === query.also);
  };
  const present = queries.filter(({ expected }) => expected !== '');
  return {
    alone: side(alone),
    crowded: side(crowded),
    rows,
    absentCount: queries.length - present.length,
    changed: present
      .filter((query) => isHit(query, alone.claims) !== isHit(query, crowded.claims))
      .map(({ name }) => name),
  };
}

export function comparisonMarkdown({ alone, crowded, rows, absentCount, changed }: Comparison): string {
  const losing = rows.filter(({ difference }) => difference < -mostLost);
  const rate = (select: (row: ComparedRow) => Row) =>
    mean(rows.map(select).map((row) => row.hits / row.count));
  const facts = (side: Side) => [
    side.recordings.toLocaleString('en'),
    side.hours.toFixed(0),
    (side.bytes / 1e6).toFixed(0),
    side.cpuMs.toFixed(0),
    `${side.falseMatches} of ${absentCount}`,
  ];
  return [
    '# With and without synthetic recordings',
    '',
    'The same queries asked of the same recordings, alone and among synthetic ones: real constellations cut into pieces of about a second, shuffled and transposed, as long as real ones. ' +
      `A hit: the surest match is the recording the excerpt was cut from. No row is to lose more than ${percent(mostLost)} point.`,
    '',
    `- **${losing.length === 0 ? 'No row loses more' : `${losing.length} of ${rows.length} rows lose more`}**; mean of the rows ${percent(rate((row) => row.alone))} % alone, ${percent(rate((row) => row.crowded))} % among them.`,
    `- Queries whose answer became right or wrong: ${changed.length === 0 ? 'none' : changed.join(', ')}.`,
    '',
    table(
      ['', 'recordings', 'hours', 'index and constellations, MB', 'CPU of a query, ms', 'false matches'],
      [
        ['alone', ...facts(alone)],
        ['among synthetic', ...facts(crowded)],
      ],
    ),
    '',
    '![hit rates with and without](synthetic.svg)',
    '',
    table(
      [
        'condition',
        's',
        'n',
        'hit %, alone',
        'hit %, among synthetic',
        'difference',
        'wrong',
        'wrong, among synthetic',
      ],
      rows.map((row) => [
        row.alone.attack,
        row.alone.length,
        String(row.alone.count),
        percent(row.alone.hits / row.alone.count),
        percent(row.crowded.hits / row.crowded.count),
        row.difference < -mostLost ? `**${percent(row.difference)}**` : percent(row.difference),
        String(row.alone.wrong),
        String(row.crowded.wrong),
      ]),
    ),
  ].join('\n');
}

export function comparisonSvg({ rows, alone, crowded }: Comparison): string {
  const [width, left, right, top, rowHeight] = [760, 120, 70, 66, 15];
  const bottom = top + rows.length * rowHeight;
  const x = (share: number) => left + share * (width - left - right);
  return picture(width, bottom + 30, [
    text(left, 20, 'Found, %', { 'font-size': 14, 'font-weight': 600 }),
    circle(left + 5, 37, 4, { fill: 'none', stroke: series[0], 'stroke-width': 1.5 }),
    text(left + 14, 41, `${alone.recordings.toLocaleString('en')} recordings`),
    circle(left + 185, 37, 3, { fill: series[1] }),
    text(left + 194, 41, `${crowded.recordings.toLocaleString('en')}, the others synthetic`),
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      line(x(share), top - 6, x(share), bottom),
      text(x(share), bottom + 14, String(share * 100), { 'text-anchor': 'middle', fill: faint }),
    ]),
    ...rows.flatMap((row, i) => {
      const y = top + i * rowHeight + rowHeight / 2;
      const [before, after] = [row.alone.hits / row.alone.count, row.crowded.hits / row.crowded.count];
      return [
        text(left - 8, y + 4, `${row.alone.attack} ${row.alone.length}`, { 'text-anchor': 'end' }),
        line(x(before), y, x(after), y, { stroke: series[1], 'stroke-width': 2 }),
        circle(x(before), y, 4, { fill: 'none', stroke: series[0], 'stroke-width': 1.5 }),
        circle(x(after), y, 3, { fill: series[1] }),
        text(width - right + 12, y + 4, percent(row.difference), {
          fill: row.difference < -mostLost ? series[4] : ink,
        }),
      ];
    }),
  ]);
}

function percent(share: number): string {
  return String(Math.round(share * 1000) / 10).replace('-', '−');
}
