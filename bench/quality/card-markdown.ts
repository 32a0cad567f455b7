/** The robustness card for people who read. */
import { table } from '../report/results.ts';
import { wilsonInterval } from '../report/statistics.ts';
import { bothAim, compilationAims, findAim, planeAim } from './aims.ts';
import type { Card, PlaneCell } from './card.ts';
import { peerNames, peersSource } from './peers.ts';
import type { Row } from './score.ts';

const lengths = ['10', '5', '3', '30', 'full'] as const;

export function cardMarkdown(card: Card): string {
  return [
    '# Robustness card',
    '',
    ...summary(card),
    '',
    '![hit rates and the tempo × pitch plane](robustness-card.svg)',
    '',
    ...lengths.flatMap((length) => rowSection(card, length)),
    ...absentSection(card),
    ...compilationSection(card),
    ...planeSection(card),
    ...costSection(card),
  ].join('\n');
}

function summary({
  facts,
  falseMatchCount,
  absentCount,
  falseMatchInterval,
  compilations,
  rows,
  errors,
}: Card): string[] {
  const lines = [
    'A hit: the surest match is the recording the excerpt was cut from. Intervals are 95 % (Wilson); errors are medians over the hits.',
  ];
  if (facts) {
    const { index, transforms, syntheticRecordings, circumstances } = facts;
    const synthetic = syntheticRecordings > 0 ? ` and ${syntheticRecordings} synthetic ones` : '';
    lines.push(
      `Parameter version ${circumstances.parameterVersion}; ${index.recordings} recordings (${(index.seconds / 3600).toFixed(1)} h)${synthetic} registered; ` +
        `transforms: ${transforms ?? 'the default'}.`,
    );
  }
  const ten = rows.filter(({ length }) => length === '10');
  const short = ten.filter((row) => isShort(row));
  lines.push('');
  if (ten.length > 0) {
    lines.push(
      `- **10 s, mean of ${ten.length} rows: ${percent(meanOf(ten))} %**; ${ten.length - short.length} rows reach their aim, ${short.length} do not.`,
    );
  }
  if (absentCount > 0) {
    lines.push(
      `- **False matches: ${falseMatchCount} of ${absentCount}** absent queries (at most ${percent(falseMatchInterval.high)} % with 95 % confidence).`,
    );
  }
  if (compilations) {
    lines.push(
      `- **Compilations: precision ${three(compilations.precision)} (aim ${compilationAims.precision}), recall ${three(compilations.recall)} (aim ${compilationAims.recall})** over time.`,
    );
  }
  const refused = Object.entries(errors).map(([code, count]) => `${count} × ${code}`);
  if (refused.length > 0) lines.push(`- Refused (they count as not found): ${refused.join(', ')}.`);
  return lines;
}

function rowSection({ rows, peers }: Card, length: string): string[] {
  const members = rows.filter((row) => row.length === length);
  if (members.length === 0) return [];
  const withPeers = length === '10';
  const head = ['condition', 'n', 'hit %', '95 %', 'aim', 'wrong', 'offset, ms', 'tempo, %', 'pitch, cents'];
  const body = members.map((row) => [
    row.attack,
    String(row.count),
    isShort(row) ? `**${percent(row.hits / row.count)}**` : percent(row.hits / row.count),
    `${percent(row.interval.low)}–${percent(row.interval.high)}`,
    percent(findAim(row.attack, length)),
    String(row.wrong),
    row.offsetErrorMs === undefined ? '–' : row.offsetErrorMs.toFixed(0),
    row.tempoError === undefined ? '–' : (row.tempoError * 100).toFixed(2),
    row.pitchErrorCents === undefined ? '–' : row.pitchErrorCents.toFixed(0),
    ...(withPeers ? peerNames.map((name) => peers[row.attack]?.[name] ?? '–') : []),
  ]);
  const both = members.filter((row) => row.both !== undefined);
  const mean = ['**mean**', '', `**${percent(meanOf(members))}**`, '', '', '', '', '', ''];
  const peerMeans = withPeers ? peerNames.map((name) => peers['mean, 10 s']?.[name] ?? '–') : [];
  return [
    `## ${length === 'full' ? 'Whole files' : `Excerpts of ${length} s`}`,
    '',
    table([...head, ...(withPeers ? peerNames : [])], [...body, [...mean, ...peerMeans]]),
    '',
    ...both.map(({ attack, both: count, count: trials }) => {
      const { low, high } = wilsonInterval(count ?? 0, trials);
      const aim = length === '10' ? `; aim ${percent(bothAim)} %` : '';
      return `${attack}: both recordings found in ${percent((count ?? 0) / trials)} % (${percent(low)}–${percent(high)}${aim}).`;
    }),
    ...(withPeers ? [`Bold: below its aim. ${peersSource}`] : []),
    '',
  ];
}

function absentSection({ absent, peers }: Card): string[] {
  if (absent.length === 0) return [];
  const found = absent.flatMap(({ falseMatches }) => falseMatches);
  const said = peerNames.map((name) => `${name} ${peers['false matches on absent queries']?.[name]}`);
  return [
    '## Absent queries',
    '',
    'Recordings that are not registered, altered in the same ways, and what is no music: they must match nothing.',
    '',
    table(
      ['query', 'length', 'n', 'false matches', 'at most, % (95 %)'],
      absent.map(({ attack, length, count, falseMatches }) => [
        attack.replace('absent_', ''),
        length,
        String(count),
        String(falseMatches.length),
        percent(wilsonInterval(falseMatches.length, count).high),
      ]),
    ),
    '',
    ...found.map(
      ({ query, reference, score }) => `- ${query} matched ${reference}, probability 10^−${score.toFixed(1)}`,
    ),
    `Peers, on other absent queries: ${said.join(', ')}.`,
    '',
  ];
}

function compilationSection({ compilations, peers }: Card): string[] {
  if (compilations === undefined) return [];
  const peerRow = (row: string) => peerNames.map((name) => peers[row]?.[name] ?? '–');
  const none = peerNames.map(() => '–');
  return [
    '## Compilations',
    '',
    `${compilations.compilations} compilations of 5–8 minutes, ${compilations.pieces} registered pieces of 12–60 s with crossfades of 2 s; share of time.`,
    '',
    table(
      ['', 'earmark', ...peerNames],
      [
        ['precision', three(compilations.precision), ...peerRow('compilations: precision over time')],
        ['recall', three(compilations.recall), ...peerRow('compilations: recall over time')],
        ...Object.entries(compilations.recallByAttack).map(([attack, recall]) => [
          `recall, ${attack === 'none' ? 'unaltered' : attack === 'speed' ? 'speed ±5 %' : attack}`,
          three(recall),
          ...(attack === 'speed' ? peerRow('… pieces at ±5 % speed') : none),
        ]),
        ['never-registered time that was claimed', three(compilations.absentTimeClaimed), ...none],
      ],
    ),
    '',
  ];
}

function planeSection({ plane, planeSpeeds }: Card): string[] {
  if (plane.length === 0) return [];
  const tempos = [...new Set(plane.map(({ tempo }) => tempo))].sort((a, b) => a - b);
  const pitches = [...new Set(plane.map(({ pitchCents }) => pitchCents))].sort((a, b) => b - a);
  const show = (cell: PlaneCell | undefined) => {
    if (cell === undefined) return '–';
    const share = cell.hits / cell.count;
    return share < planeAim ? `**${percent(share)}**` : percent(share);
  };
  const all = [...plane, ...planeSpeeds];
  const sum = (figure: (cell: PlaneCell) => number) => all.reduce((total, cell) => total + figure(cell), 0);
  const [hits, exact] = [sum((cell) => cell.hits), sum((cell) => cell.exact)];
  const reached = all.filter((cell) => cell.hits / cell.count >= planeAim).length;
  return [
    '## The tempo × pitch plane',
    '',
    `Hit rate in % of ${plane[0]?.count} excerpts of 10 s a cell (librubberband; the last row by resampling, both together). ` +
      `Aim: ${percent(planeAim)} in each cell; ${reached} of ${all.length} cells reach it. With so few a cell one excerpt is ${percent(1 / (plane[0]?.count ?? 1))} points. ` +
      `All cells together: ${hits} of ${sum((cell) => cell.count)} found; of these, ${exact} (${percent(exact / Math.max(1, hits))} %) with tempo within 0.5 % and pitch within 20 cents.`,
    '',
    table(
      ['semitones', ...tempos.map((tempo) => `×${tempo}`)],
      pitches.map((pitchCents) => [
        signed(pitchCents / 100),
        ...tempos.map((tempo) =>
          show(plane.find((cell) => cell.tempo === tempo && cell.pitchCents === pitchCents)),
        ),
      ]),
    ),
    '',
    table(['speed', ...planeSpeeds.map(({ tempo }) => `×${tempo}`)], [['hit %', ...planeSpeeds.map(show)]]),
    '',
  ];
}

function costSection({ facts, peers }: Card): string[] {
  if (facts === undefined) return [];
  const { costs, index } = facts;
  const registration = costs.register;
  const queries = costs.queries;
  const peerRow = (row: string) => peerNames.map((name) => peers[row]?.[name] ?? '–');
  const registered = 'registration, seconds of audio per CPU second (whole process)';
  const asked = 'query, CPU s each (whole process, decoding included; mostly 10 s)';
  return [
    '## Cost',
    '',
    table(
      ['', 'earmark', ...peerNames],
      [
        [
          registered,
          registration ? (index.seconds / registration.cpuSeconds).toFixed(0) : '–',
          ...peerRow(registered),
        ],
        [asked, queries ? (queries.cpuSeconds / queries.items).toFixed(2) : '–', ...peerRow(asked)],
        [
          'index, bytes per second of audio',
          (index.bytes / index.seconds).toFixed(0),
          ...peerRow('index, bytes per second of audio'),
        ],
      ],
    ),
    '',
  ];
}

function isShort({ attack, length, hits, count }: Row): boolean {
  const aim = findAim(attack, length);
  return aim !== undefined && hits / count < aim;
}

function meanOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { hits, count }) => sum + hits / count, 0) / rows.length;
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : String(Math.round(share * 1000) / 10);
}

function three(share: number | undefined): string {
  return share === undefined ? '–' : share.toFixed(3);
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value).replace('-', '−');
}
