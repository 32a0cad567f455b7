/**
 * An explanation as a picture: what was found in words and numbers, the two constellations laid over each other, and
 * what the landmarks voted for. One SVG with its own background, that needs no style, font or script from elsewhere.
 */
import type { AlignmentView, ExplanationAnswer } from '../registry/explanation-answer.ts';
import { drawPeaksPanel } from './peaks-panel.ts';
import { clock } from './scales.ts';
import { colours, cut, element, escapeText, line, rect, text, wrap } from './svg.ts';
import { drawVotesPanels } from './votes-panels.ts';

const width = 1200;
const margin = 40;
const panelLeft = 96;
const right = width - margin;
const panelHeight = 430;
const chartHeight = 130;

const ownClass = 'earmark-explanation';

const style = `text{font-family:system-ui,'Segoe UI','Helvetica Neue','DejaVu Sans',Arial,sans-serif;fill:${colours.ink};font-size:13px}
.title{font-size:22px;font-weight:700}.sub{font-size:14px;fill:${colours.faint}}.sentence{font-size:15px}
.badge{font-size:13px;font-weight:700;fill:#fff}.value{font-size:19px;font-weight:700}
.tick{font-size:11px}.tick,.axis,.unit{fill:${colours.faint}}.axis,.label{font-size:12px}.unit{font-size:11.5px}.heading{font-weight:700}.needed{font-size:11px;fill:${colours.missing}}`;

export function drawExplanation(answer: ExplanationAnswer): string {
  const { recording, verdict, alignment, peaks, votes } = answer;
  const name = recording.title ?? recording.external_id;
  const heading = recording.artist === null ? name : `${name} · ${recording.artist}`;
  const parts = drawHeader(answer, heading);
  let y = parts.bottom;
  const drawn = [...parts.drawn];
  if (alignment !== null) {
    drawn.push(...drawNumbers(alignment, y + 8));
    y += 82;
  }
  if (alignment !== null && peaks !== null) {
    const top = y + 74;
    const bottom = top + panelHeight;
    drawn.push(text(margin, y + 20, viewTitle(answer), { class: 'heading' }));
    const box = { left: panelLeft, right, top, bottom };
    drawn.push(...drawPeaksPanel(peaks, alignment, { isMatch: verdict.segments.length > 0, box }));
    y = bottom + 84;
  }
  if (alignment !== null && votes !== null) {
    const top = y + 44;
    drawn.push(
      ...drawVotesPanels(votes, alignment, { left: panelLeft - 28, right, top, bottom: top + chartHeight }),
    );
    y = top + chartHeight + 50;
  }
  if (alignment === null) {
    drawn.push(text(margin, y + 34, 'There is nothing to lay over each other.', { class: 'sub' }));
    y += 54;
  }
  drawn.push(line(margin, y + 12, right, y + 12), text(margin, y + 34, footnote(answer), { class: 'tick' }));
  const height = y + 54;
  const content = [
    element('title', {}, escapeText(heading)),
    element('desc', {}, escapeText(verdict.sentence)),
    element('style', {}, style),
    rect([0, 0, width, height], { fill: colours.paper }),
    ...drawn,
  ].join('\n');
  const size = { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img' };
  return `${element('svg', { xmlns: 'http://www.w3.org/2000/svg', class: ownClass, ...size }, content)}\n`;
}

/** Whether a file that begins so is a picture of ours. */
export function isExplanationPicture(start: string): boolean {
  return start.startsWith('<svg ') && start.includes(`class="${ownClass}"`);
}

/** Whose recording in which upload, whether it is there, and the sentence that says so. */
function drawHeader(
  { external_id: externalId, scan_id: scanId, duration_ms: durationMs, verdict }: ExplanationAnswer,
  heading: string,
): { drawn: string[]; bottom: number } {
  const upload = externalId === null ? `scan ${scanId}` : externalId;
  const badge = verdict.is_match ? 'MATCH' : `NO MATCH: ${(verdict.missing ?? '').replaceAll('_', ' ')}`;
  const badgeWidth = 24 + badge.length * 8.8;
  const sentences = [
    ...wrap(verdict.sentence, 140, 5),
    ...(verdict.remark === null ? [] : wrap(verdict.remark, 140, 3)),
  ];
  return {
    drawn: [
      text(margin, 48, cut(heading, 80), { class: 'title' }),
      text(margin, 74, `in the upload ${cut(upload, 100)}, ${clock(durationMs, 1)} long`, { class: 'sub' }),
      rect([margin, 92, badgeWidth, 26], {
        rx: 13,
        fill: verdict.is_match ? colours.found : colours.missing,
      }),
      text(margin + badgeWidth / 2, 110, badge, { class: 'badge', 'text-anchor': 'middle' }),
      ...sentences.map((sentence, i) => text(margin, 145 + i * 22, sentence, { class: 'sentence' })),
    ],
    bottom: 145 + (sentences.length - 1) * 22,
  };
}

/** The figures one looks for first, side by side. */
function drawNumbers(alignment: AlignmentView, top: number): string[] {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const numbers = [
    { value: percent(alignment.agreement), unit: `of peaks agree; chance: ${percent(alignment.chance)}` },
    {
      value: power(alignment.log10_false_match_probability),
      unit: `false-match probability; at most ${power(alignment.log10_threshold)}`,
    },
    { value: `×${alignment.tempo_ratio.toFixed(3)}`, unit: 'tempo' },
    { value: `${signed(alignment.pitch_cents)} cents`, unit: 'pitch' },
    {
      value: `${clock(alignment.query_start_ms, 1)} – ${clock(alignment.query_end_ms, 1)}`,
      unit: `of the upload: ${clock(alignment.reference_start_ms, 1)} – ${clock(alignment.reference_end_ms, 1)} of the recording`,
    },
  ];
  const places = [0, 215, 480, 590, 750];
  return numbers.flatMap(({ value, unit }, i) => [
    text(margin + (places[i] as number), top + 30, value, { class: 'value' }),
    text(margin + (places[i] as number), top + 50, unit, { class: 'unit' }),
  ]);
}

function viewTitle({ peaks, duration_ms: durationMs }: ExplanationAnswer): string {
  if (peaks === null) return '';
  const { query_start_ms: from, query_end_ms: to } = peaks;
  const isWhole = to - from >= durationMs - 500;
  const span = isWhole
    ? 'the whole upload'
    : `${clock(from)} – ${clock(to)} of the upload's ${clock(durationMs)}`;
  return `Spectral peaks of both, laid over each other: ${span}`;
}

function footnote(answer: ExplanationAnswer): string {
  const { transforms, index_position: now, scan_index_position: then } = answer;
  const index = now === then ? `index position ${now}` : `index position ${now} (the scan's: ${then})`;
  return `earmark · searched again as the scan did: transforms "${transforms}", ${index}, the reference of now · scan ${answer.scan_id}`;
}

/** A probability by its log10. */
function power(log: number): string {
  if (log >= 0) return '1';
  return log > -3 ? (10 ** log).toPrecision(1) : `1e${Math.round(log)}`;
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0';
}
