/** The reliability of the stated probability for people who read. */
import { table } from '../report/results.ts';
import { controlTable } from './controls-markdown.ts';
import type { Arithmetic } from './model.ts';
import { model } from './model.ts';
import type { Evidence, Kind, Observation, Pair, Point } from './observe.ts';
import type { Control } from './shared-audio.ts';

export type Reliability = {
  readonly absent: Observation;
  readonly known: Observation;
  readonly arithmetic: readonly Arithmetic[];
  readonly references: number;
  /** Of the waveform comparison; undefined where the audio was not there. */
  readonly controls: readonly Control[] | undefined;
  /** Milliseconds of processor time of one scan, on average. */
  readonly cpuMs: number;
};

/** Wrong answers that are shown one by one. */
const shownAnswers = 12;

export function reliabilityMarkdown(result: Reliability): string {
  const { absent, known } = result;
  return [
    '# Reliability of the false-match probability',
    '',
    'What is counted: the peaks of a reference along a stretch, and how many of them the upload holds where the alignment puts them. ' +
      'The null: a peak is found again by chance as often as at wrong offsets of the same two recordings, and by a fixed share more, for what merely sounds alike; ' +
      'the tail of that count is bounded by Chernoff. How much was tried: that tail is multiplied by every offset of every reference, for every window of the upload, ' +
      'and in the search for alterations by every tempo and pitch. So the probability is of a whole scan against the whole catalog: ' +
      `reported is what lies at or below ${power(model.maxFalseMatchProbability)}, one scan in ${(1 / model.maxFalseMatchProbability).toLocaleString('en')} by the model, however large the catalog is.`,
    '',
    `Here the threshold was opened, and of each scan the wrong answer stated to be the most certain was kept; ${result.references} recordings registered, all transforms. ` +
      'The model holds where no greater share of the scans has one stated at p or below than p: the 95 % interval (Wilson) must not begin above p.',
    '',
    result.controls === undefined
      ? 'No waveforms were compared: an answer counts as wrong even where the recordings truly share audio.'
      : 'An answer is not wrong where the waveforms of the two recordings prove that they truly share the audio it lays over each other; those are counted apart and listed below.',
    '',
    ...verdict('absent queries', absent),
    ...verdict('known queries', known),
    '',
    '![stated against observed](reliability.svg)',
    '',
    '## Absent queries',
    '',
    'Nothing of them is registered, so every answer is wrong that is not of truly shared audio: the clean measure.',
    '',
    pointTable(absent),
    '',
    kindTable(absent.kinds),
    '',
    ...answerTable(absent),
    ...sharedSection(absent),
    ...(result.controls === undefined ? [] : controlTable(result.controls)),
    ...(known.scans === 0
      ? []
      : [
          '## Known queries',
          '',
          'Answers that name another recording than those in the query. Not so clean: recordings share samples, loops and whole passages, and what the right answer explains is not searched further.',
          '',
          pointTable(known),
          '',
          ...answerTable(known),
          ...sharedSection(known),
        ]),
    ...arithmeticSection(result.arithmetic),
    `A scan took ${result.cpuMs.toFixed(0)} ms of processor time on average.`,
  ].join('\n');
}

function verdict(name: string, { scans, points, wrong }: Observation): string[] {
  if (scans === 0) return [];
  const broken = points.filter(({ isBound }) => !isBound);
  const said =
    broken.length === 0
      ? 'the stated probability bounds the observed rate at every p'
      : `**the stated probability does not bound the observed rate** at ${broken.map(({ stated }) => power(stated)).join(', ')}`;
  const reported = wrong.filter(({ stated }) => stated <= model.maxFalseMatchProbability).length;
  const [least] = wrong;
  return [
    `- **${scans} ${name}: ${reported} wrong answers at the default threshold**; ${said}. ` +
      `The most certain wrong answer: ${least === undefined ? 'none' : power(least.stated)}.`,
  ];
}

function pointTable({ scans, points }: Observation): string {
  return table(
    [
      'stated p',
      'scans with a wrong answer at p or below',
      `of ${scans}, %`,
      '95 %',
      'bound',
      'with shared audio counted as wrong',
    ],
    points.map((point: Point) => [
      power(point.stated),
      String(point.count),
      percent(point.observed),
      `${percent(point.interval.low)}–${percent(point.interval.high)}`,
      point.isBound ? 'yes' : '**no**',
      String(point.countWithShared),
    ]),
  );
}

function kindTable(kinds: readonly Kind[]): string {
  return table(
    ['query', 'scans', 'most certain wrong answer'],
    kinds.map(({ attack, scans, least }) => [
      attack.replace('absent_', ''),
      String(scans),
      least === undefined ? 'none' : power(least),
    ]),
  );
}

function answerTable({ wrong, pairs }: Observation): string[] {
  if (wrong.length === 0) return [];
  return [
    `The most certain wrong answers, ${Math.min(shownAnswers, wrong.length)} of ${wrong.length}:`,
    '',
    table(
      [
        'query',
        'cut from',
        'taken for',
        'stated p',
        'in the query, s',
        'in the recording from, s',
        'tempo',
        'pitch, cents',
        'shared, s',
      ],
      wrong
        .slice(0, shownAnswers)
        .map((answer) => [
          answer.query,
          answer.source || '–',
          answer.reference,
          power(answer.stated),
          `${answer.queryStart.toFixed(1)}–${answer.queryEnd.toFixed(1)}`,
          answer.referenceStart.toFixed(1),
          answer.tempo.toFixed(3),
          String(answer.pitchCents ?? '–'),
          sharedOf(answer.evidence),
        ]),
    ),
    '',
    'Excerpts of one recording err alike, so the scans are not independent. By pairs of recordings:',
    '',
    pairTable(pairs.slice(0, shownAnswers)),
    '',
  ];
}

function pairTable(pairs: readonly Pair[]): string {
  return table(
    [
      'cut from',
      'taken for',
      'scans',
      'most certain',
      'shared, of s compared',
      'correlation at one lag',
      'at any other',
    ],
    pairs.map((pair) => [
      pair.source || '–',
      pair.reference,
      String(pair.scans),
      power(pair.least),
      pair.seconds === 0 ? '–' : `${pair.sharedSeconds.toFixed(1)} of ${pair.seconds.toFixed(1)}`,
      pair.correlation?.toFixed(2) ?? '–',
      pair.elsewhere?.toFixed(2) ?? '–',
    ]),
  );
}

/** What of an answer's seconds is proved to be shared, and what speaks against the whole of it. */
function sharedOf(evidence: Evidence | undefined): string {
  if (evidence === undefined) return '–';
  const { shared_seconds, seconds, why, correlation } = evidence;
  if (correlation === null) return why;
  const proved = `${shared_seconds.toFixed(1)} of ${seconds.toFixed(1)}`;
  return why === '' ? proved : `${proved}: ${why}`;
}

function sharedSection({ shared, sharedPairs, points, byPart }: Observation): string[] {
  if (shared.length === 0) return [];
  return [
    `Truly shared audio, ${shared.length} scans, not counted as wrong:`,
    '',
    pairTable(sharedPairs),
    '',
    'Scans with a wrong answer stated at p or below, if another part of an answer had to be proved than half:',
    '',
    table(
      ['part', ...points.map(({ stated }) => power(stated))],
      byPart.map(({ part, counts }) => [`${percent(part)} %`, ...counts.map(String)]),
    ),
    '',
  ];
}

function arithmeticSection(rows: readonly Arithmetic[]): string[] {
  return [
    "## The model's arithmetic",
    '',
    `What a scan of one 10 s window tries, recordings taken to be ${model.recordingSeconds} s long, and what that leaves to a single alignment under the threshold of ${power(model.maxFalseMatchProbability)}; ` +
      `in brackets what is asked of an altered recording. The last column: the least agreement that is reported, of ${model.windowPeaks} peaks where ${percent(model.ordinaryChance)} % are found again by chance. ` +
      'A longer upload tries as many times more as it has windows.',
    '',
    table(
      ['recordings', 'tried (altered)', 'left to one alignment (altered)', 'least agreement, % (altered)'],
      rows.map((row) => [
        row.recordings.toLocaleString('en'),
        `${power(row.tried)} (${power(row.triedAltered)})`,
        `${power(row.tail)} (${power(row.tailAltered)})`,
        `${percent(row.share)} (${percent(row.shareAltered)})`,
      ]),
    ),
    '',
  ];
}

export function power(value: number): string {
  if (value >= 0.001 && value < 1000) return String(Number(value.toPrecision(2)));
  const [digits, exponent] = value.toExponential(1).split('e') as [string, string];
  const factor = digits === '1.0' ? '' : `${digits} × `;
  return `${factor}10^${exponent.replace('-', '−').replace('+', '')}`;
}

function percent(share: number): string {
  return String(Number((share * 100).toPrecision(share < 0.01 ? 2 : 3)));
}
