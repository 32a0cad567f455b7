/** The rows of a timeline: one for each segment with its alternatives below, one for each stretch nobody has registered. */
import type { MatchView, SegmentView } from '../../registry/scan-answer.ts';
import { clock, counted, odds } from './quantities.ts';
import { columnCount, printable, type Style, toWidth } from './terminal-text.ts';
import { type Gap, indent, type Stretch, type TimelineLayout } from './timeline-stretches.ts';

const maxRows = 500;
const narrowestRecording = 16;
/** Gaps shorter than this are the seams between segments, not something nobody registered. */
const shortestGapMs = 2000;

type Row = {
  readonly startMs: number;
  readonly letter: string;
  readonly letterStyle: Style;
  readonly style?: Style;
  readonly upload: string;
  /** The fullest first: the first that fits the terminal is shown, or else the last, cut. */
  readonly recording: readonly string[];
  readonly reference: string;
  readonly altered: string;
  readonly chance: string;
};

const heads: Row = {
  startMs: 0,
  letter: ' ',
  letterStyle: 'dim',
  style: 'dim',
  upload: 'in the upload',
  recording: ['recording'],
  reference: 'in the recording',
  altered: 'altered',
  chance: 'by chance',
};

export function drawRows(
  stretches: readonly Stretch[],
  gaps: readonly Gap[],
  layout: TimelineLayout,
): string[] {
  const longGaps = gaps.filter((gap) => gap.endMs - gap.startMs >= shortestGapMs);
  const rows = [...stretches.map(stretchRows), ...longGaps.map((gap) => [gapRow(gap)])]
    .sort(([a], [b]) => (a?.startMs ?? 0) - (b?.startMs ?? 0))
    .flat();
  const drawn = drawTable(rows.slice(0, maxRows), layout);
  const leftOut = rows.length - maxRows;
  if (leftOut > 0)
    drawn.push(indent + layout.paint('dim', `and ${counted(leftOut, 'more row')} (NDJSON has them all)`));
  return drawn;
}

function drawTable(rows: readonly Row[], { columns, paint }: TimelineLayout): string[] {
  const lines = [heads, ...rows];
  const widest = (text: (row: Row) => string) => Math.max(...lines.map((row) => columnCount(text(row))));
  const upload = (row: Row) => row.upload;
  // A column in which nothing would stand, such as "altered" for untouched excerpts, is left out.
  const after = [(row: Row) => row.reference, (row: Row) => row.altered, (row: Row) => row.chance]
    .filter((text) => rows.some((row) => text(row) !== ''))
    .map((text) => ({ text, columns: widest(text) }));
  const taken = after.reduce(
    (sum, column) => sum + column.columns + 2,
    indent.length + 3 + widest(upload) + 2,
  );
  const room = Math.max(narrowestRecording, columns - taken);
  const recording = (row: Row) =>
    row.recording.find((name) => columnCount(name) <= room) ?? row.recording.at(-1) ?? '';
  const before = [
    { text: upload, columns: widest(upload) },
    { text: recording, columns: Math.min(room, widest(recording)) },
  ];
  return lines.map((row) => {
    const cells = [...before, ...after].map((column) => toWidth(column.text(row), column.columns));
    const text = cells.join('  ').trimEnd();
    return `${indent}${paint(row.letterStyle, row.letter)}  ${row.style ? paint(row.style, text) : text}`;
  });
}

function stretchRow({ match, segment, letter, letterStyle }: Stretch): Row {
  return {
    startMs: segment.query_start_ms,
    letter,
    letterStyle,
    upload: span(segment.query_start_ms, segment.query_end_ms),
    recording: recordingNames(match),
    ...placeOf(segment),
  };
}

function placeOf(segment: SegmentView): Pick<Row, 'reference' | 'altered' | 'chance'> {
  return {
    reference: span(segment.reference_start_ms, segment.reference_end_ms),
    altered: alteration(segment),
    chance: odds(segment.false_match_probability),
  };
}

/** A segment, and indented below it where else in the recording the same seconds agree. */
function stretchRows(stretch: Stretch): Row[] {
  const alternatives = stretch.segment.alternatives ?? [];
  return [stretchRow(stretch), ...alternatives.map(alternativeRow)];
}

function alternativeRow(segment: SegmentView): Row {
  return {
    startMs: segment.query_start_ms,
    letter: ' ',
    letterStyle: 'dim',
    style: 'dim',
    upload: `  ${span(segment.query_start_ms, segment.query_end_ms)}`,
    recording: ['also at'],
    ...placeOf(segment),
  };
}

function gapRow({ startMs, endMs }: Gap): Row {
  const nothing = { reference: '', altered: '', chance: '' };
  const upload = span(startMs, endMs);
  return {
    startMs,
    letter: '·',
    letterStyle: 'dim',
    style: 'dim',
    upload,
    recording: ['not registered'],
    ...nothing,
  };
}

function recordingNames({ title, artist, external_id: externalId }: MatchView): string[] {
  const named = [title, artist].filter((part) => part !== null && part !== '').join(' · ');
  return named === '' ? [printable(externalId)] : [printable(`${named} (${externalId})`), printable(named)];
}

/** What was done to time and pitch. A tenth of a percent and ten cents are within the error of measurement. */
function alteration({ tempo_ratio: tempoRatio, pitch_cents: pitchCents, transform }: SegmentView): string {
  const faster = Math.abs(tempoRatio - 1) >= 0.001;
  const shifted = Math.abs(pitchCents) >= 10;
  if (faster && transform === 'speed') return `speed ×${tempoRatio.toFixed(3)}`;
  const pitch = `pitch ${pitchCents > 0 ? '+' : '−'}${Math.abs(Math.round(pitchCents))} cents`;
  return [faster ? `tempo ×${tempoRatio.toFixed(3)}` : '', shifted ? pitch : ''].filter(Boolean).join(', ');
}

const span = (startMs: number, endMs: number): string => `${clock(startMs)} – ${clock(endMs)}`;
