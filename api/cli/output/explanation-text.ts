/** An explanation for a terminal: the verdict, its sentence, and the figures one looks for. */
import type { AlignmentView, ExplanationAnswer } from '../../registry/explanation-answer.ts';
import { clock, counted, odds } from './quantities.ts';
import { columnCount, type Paint, printable } from './terminal-text.ts';

export type TextLayout = { readonly columns: number; readonly paint: Paint };

const indent = '  ';
const nameColumns = 12;
const widestSentence = 100;

/** Lines without a line break at the end. */
export function describeExplanationText(answer: ExplanationAnswer, { columns, paint }: TextLayout): string {
  const { recording, verdict, alignment } = answer;
  const badge = verdict.is_match
    ? paint('green', 'MATCH')
    : paint('red', `NO MATCH (${(verdict.missing ?? '').replaceAll('_', ' ')})`);
  const named = [recording.title, recording.artist].filter((part) => part !== null).join(' · ');
  const name = named === '' ? recording.external_id : `${named} (${recording.external_id})`;
  const upload = `${answer.external_id ?? answer.scan_id}, ${clock(answer.duration_ms)}`;
  const width = Math.min(widestSentence, columns) - indent.length;
  return [
    `${badge}  ${paint('bold', printable(name))}`,
    indent + paint('dim', `in ${printable(upload)}`),
    '',
    ...[verdict.sentence, verdict.remark ?? ''].flatMap((text) =>
      wrapped(printable(text), width).map((line) => indent + line),
    ),
    ...(alignment === null ? [] : ['', ...figures(alignment).map((line) => indent + line)]),
  ].join('\n');
}

function figures(of: AlignmentView): string[] {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const cents = of.pitch_cents > 0 ? `+${of.pitch_cents}` : String(of.pitch_cents);
  const lines: [string, string][] = [
    ['in upload', `${clock(of.query_start_ms)} – ${clock(of.query_end_ms)}`],
    ['in recording', `${clock(of.reference_start_ms)} – ${clock(of.reference_end_ms)}`],
    ['altered', `tempo ×${of.tempo_ratio.toFixed(3)}, pitch ${cents} cents`],
    [
      'agreement',
      `${of.agreeing_peaks} of ${counted(of.expected_peaks, 'peak')} (${percent(of.agreement)}); chance gives ${percent(of.chance)}`,
    ],
    [
      'by chance',
      `${odds(10 ** of.log10_false_match_probability)}; needed: ${odds(10 ** of.log10_threshold)}`,
    ],
    ['votes', `${of.votes} for this line; needed: ${of.least_votes}`],
  ];
  return lines.map(([name, value]) => `${name.padEnd(nameColumns)}  ${value}`);
}

function wrapped(text: string, columns: number): string[] {
  if (text === '') return [];
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && columnCount(longer) > columns) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current];
}
