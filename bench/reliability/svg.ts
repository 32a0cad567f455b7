/** Stated against observed, both logarithmic; what lies below the diagonal is bound by what was stated. */
import { circle, faint, ink, line, path, picture, series, text } from '../report/svg.ts';
import { power } from './markdown.ts';
import type { Observation, Point } from './observe.ts';

const [width, height] = [560, 520];
const [left, right, top, bottom] = [76, 24, 66, 52];
/** Powers of ten of both axes. */
const lowest = -6;

type Curve = { readonly name: string; readonly observation: Observation; readonly stroke: string };

export function reliabilitySvg(absent: Observation, known: Observation): string {
  const curves = [
    { name: 'absent queries', observation: absent, stroke: series[0] },
    { name: 'known queries', observation: known, stroke: series[1] },
  ].filter(({ observation }) => observation.scans > 0);
  const powers = Array.from({ length: 1 - lowest }, (_, i) => 10 ** (lowest + i));
  return picture(width, height, [
    text(left, 20, 'Scans with a wrong answer stated at p or below', { 'font-size': 14, 'font-weight': 600 }),
    ...curves.flatMap(({ name, observation, stroke }, i) => [
      circle(left + 5 + i * 190, 37, 4, { fill: stroke }),
      text(left + 14 + i * 190, 41, `${name}, ${observation.scans} scans`),
    ]),
    text(left, 57, 'Hollow, at the lower edge: no such scan. Whiskers: 95 %.', {
      'font-size': 10,
      fill: faint,
    }),
    ...powers.flatMap((p) => [
      line(x(p), top, x(p), height - bottom),
      line(left, y(p), width - right, y(p)),
      text(x(p), height - bottom + 16, power(p), { 'text-anchor': 'middle', fill: faint }),
      text(left - 6, y(p) + 4, power(p), { 'text-anchor': 'end', fill: faint }),
    ]),
    path(
      [
        [x(10 ** lowest), y(10 ** lowest)],
        [x(1), y(1)],
      ],
      { stroke: ink, 'stroke-width': 1, 'stroke-dasharray': '5 4' },
    ),
    text(x(0.02), y(0.06), 'observed = stated', { 'font-size': 10, fill: faint, 'text-anchor': 'end' }),
    ...curves.flatMap(drawCurve),
    text((left + width - right) / 2, height - 12, 'stated false-match probability p', {
      'text-anchor': 'middle',
    }),
    text(left - 60, top - 6, 'share of scans', { 'font-size': 10, fill: faint }),
  ]);
}

/** Sets of points are moved a little apart, so that whiskers do not hide each other. */
function drawCurve({ observation, stroke }: Curve, index: number): string[] {
  const move = index * 6 - 3;
  const at = ({ stated }: Point) => x(stated) + move;
  const seen = observation.points.filter(({ count }) => count > 0);
  return [
    path(
      seen.map((point) => [at(point), y(point.observed)] as const),
      { stroke },
    ),
    ...observation.points.flatMap((point) => [
      line(at(point), y(point.interval.low), at(point), y(point.interval.high), {
        stroke,
        'stroke-width': 2,
        'stroke-opacity': 0.5,
      }),
      point.count > 0
        ? circle(at(point), y(point.observed), 4, { fill: stroke })
        : circle(at(point), y(0), 3.5, { fill: 'none', stroke, 'stroke-width': 1.2 }),
    ]),
  ];
}

function x(p: number): number {
  return left + share(p) * (width - left - right);
}

function y(p: number): number {
  return height - bottom - share(p) * (height - top - bottom);
}

function share(p: number): number {
  return Math.max(0, (Math.log10(Math.max(p, 1e-300)) - lowest) / -lowest);
}
