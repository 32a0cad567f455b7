/** The robustness card to look at: hit rates with their intervals beside the peers', and the plane as a heat map. */
import { accent, circle, faint, ink, line, picture, rect, series, text } from '../report/svg.ts';
import { findAim, planeAim } from './aims.ts';
import type { Card, PlaneCell } from './card.ts';
import { peerNames } from './peers.ts';
import type { Row } from './score.ts';

const width = 860;
const left = 110;
const right = 150;
const rowHeight = 15;
const top = 74;

export function cardSvg(card: Card): string {
  const rows = card.rows.filter(({ length }) => length === '10');
  const planeTop = rows.length === 0 ? 20 : top + rows.length * rowHeight + 50;
  const plane = drawPlane(card, planeTop);
  return picture(width, planeTop + plane.height, [
    ...(rows.length === 0 ? [] : drawRows(card, rows)),
    ...plane.parts,
  ]);
}

function drawRows(card: Card, rows: readonly Row[]): string[] {
  const bottom = top + rows.length * rowHeight;
  const x = (share: number) => left + share * (width - left - right);
  const version = card.facts ? `, parameter version ${card.facts.circumstances.parameterVersion}` : '';
  const legend: [mark: (x: number, y: number) => string, label: string][] = [
    [(cx, cy) => circle(cx, cy, 4), 'earmark, 95 %'],
    ...peerNames.map((name, i): [(x: number, y: number) => string, string] => [
      (cx, cy) => peerMark(i, cx, cy),
      name,
    ]),
    [(cx, cy) => aimMark(cx, cy), 'aim'],
  ];
  return [
    text(left, 20, `Excerpts of 10 s: found, %${version}`, { 'font-size': 14, 'font-weight': 600 }),
    text(left, 37, headline(card), { fill: faint }),
    ...legend.flatMap(([mark, label], i) => [
      mark(left + 5 + i * 105, 51),
      text(left + 14 + i * 105, 55, label, { 'font-size': 10 }),
    ]),
    ...[0, 0.25, 0.5, 0.75, 1].flatMap((share) => [
      line(x(share), top - 6, x(share), bottom),
      text(x(share), bottom + 14, String(share * 100), { 'text-anchor': 'middle', fill: faint }),
    ]),
    ...rows.flatMap((row, i) => drawRow(card, row, top + i * rowHeight + rowHeight / 2, x)),
  ];
}

function drawRow({ peers }: Card, row: Row, y: number, x: (share: number) => number): string[] {
  const share = row.hits / row.count;
  const aim = findAim(row.attack, row.length);
  const isShort = aim !== undefined && share < aim;
  const offset = row.offsetErrorMs === undefined ? '' : `±${row.offsetErrorMs.toFixed(0)} ms`;
  return [
    text(left - 8, y + 4, row.attack, { 'text-anchor': 'end' }),
    ...peerNames.flatMap((name, i) => {
      const peer = peers[row.attack]?.[name];
      return peer === undefined ? [] : [peerMark(i, x(Number(peer) / 100), y)];
    }),
    line(x(row.interval.low), y, x(row.interval.high), y, {
      stroke: accent,
      'stroke-width': 2,
      'stroke-opacity': 0.55,
    }),
    ...(aim === undefined ? [] : [aimMark(x(aim), y)]),
    circle(x(share), y, 4),
    text(width - right + 12, y + 4, percent(share), {
      'font-weight': isShort ? 700 : 400,
      fill: isShort ? series[4] : ink,
    }),
    text(width - right + 52, y + 4, offset, { fill: faint, 'font-size': 10 }),
  ];
}

/** Small and grey, told apart by shape: the peers are the background. */
function peerMark(index: number, x: number, y: number): string {
  const stroke = { stroke: faint, 'stroke-width': 1.2 };
  if (index === 0) return line(x - 3, y - 3, x + 3, y + 3, stroke) + line(x - 3, y + 3, x + 3, y - 3, stroke);
  if (index === 1) return circle(x, y, 3, { fill: 'none', ...stroke });
  if (index === 2) return rect(x - 2.5, y - 2.5, 5, 5, '#b9c3cd');
  return line(x - 3.5, y, x + 3.5, y, stroke) + line(x, y - 3.5, x, y + 3.5, stroke);
}

function aimMark(x: number, y: number): string {
  return line(x, y - 6, x, y + 6, { stroke: series[1], 'stroke-width': 1.5 });
}

function headline({ falseMatchCount, absentCount, compilations }: Card): string {
  const parts = [
    absentCount > 0 ? `false matches: ${falseMatchCount} of ${absentCount} absent queries` : '',
    compilations
      ? `compilations: precision ${compilations.precision?.toFixed(3) ?? '–'}, recall ${compilations.recall?.toFixed(3) ?? '–'}`
      : '',
    'right: found %, median offset error',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function drawPlane({ plane, planeSpeeds }: Card, planeTop: number): { parts: string[]; height: number } {
  if (plane.length === 0) return { parts: [], height: 0 };
  const tempos = distinct([...plane, ...planeSpeeds].map(({ tempo }) => tempo));
  const pitches = distinct(plane.map(({ pitchCents }) => pitchCents)).reverse();
  const cellWidth = (width - left - right) / tempos.length;
  const cellHeight = 22;
  const gridTop = planeTop + 34;
  const x = (tempo: number) => left + tempos.indexOf(tempo) * cellWidth;
  const draw = (cell: PlaneCell, y: number) => {
    const share = cell.hits / cell.count;
    const title = `tempo ×${cell.tempo}, ${(cell.pitchCents / 100).toFixed(1)} semitones: ${cell.hits} of ${cell.count}`;
    return [
      rect(x(cell.tempo) + 1, y + 1, cellWidth - 2, cellHeight - 2, heat(share), title),
      text(x(cell.tempo) + cellWidth / 2, y + 15, percent(share), {
        'text-anchor': 'middle',
        'font-size': 10,
        fill: share > 0.96 || share < 0.3 ? '#ffffff' : ink,
      }),
    ];
  };
  const speedTop = gridTop + pitches.length * cellHeight + 8;
  const axis = speedTop + (planeSpeeds.length > 0 ? cellHeight : 0) + 14;
  return {
    height: axis - planeTop + 30,
    parts: [
      text(
        left,
        planeTop + 14,
        `Tempo × pitch, 10 s: found, % of ${plane[0]?.count} a cell; blue reaches the aim of ${planeAim * 100}`,
        {
          'font-size': 14,
          'font-weight': 600,
        },
      ),
      ...pitches.map((cents, i) =>
        text(
          left - 8,
          gridTop + i * cellHeight + 15,
          `${cents > 0 ? '+' : ''}${cents / 100} st`.replace('-', '−'),
          { 'text-anchor': 'end' },
        ),
      ),
      ...plane.flatMap((cell) => draw(cell, gridTop + pitches.indexOf(cell.pitchCents) * cellHeight)),
      ...(planeSpeeds.length > 0
        ? [text(left - 8, speedTop + 15, 'resampled', { 'text-anchor': 'end' })]
        : []),
      ...planeSpeeds.flatMap((cell) => draw(cell, speedTop)),
      ...tempos.map((tempo) =>
        text(x(tempo) + cellWidth / 2, axis, `×${tempo}`, { 'text-anchor': 'middle', fill: faint }),
      ),
    ],
  };
}

/** Warm below the aim, blue from it on. */
function heat(share: number): string {
  const [from, to, at] =
    share < planeAim
      ? ([[189, 74, 58], [250, 232, 205], share / planeAim] as const)
      : ([[186, 218, 228], [11, 110, 143], (share - planeAim) / (1 - planeAim)] as const);
  const mixed = from.map((value, i) => Math.round(value + ((to[i] ?? 0) - value) * at));
  return `rgb(${mixed.join(',')})`;
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function percent(share: number): string {
  return String(Math.round(share * 1000) / 10);
}
