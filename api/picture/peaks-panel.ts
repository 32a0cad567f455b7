/** The constellations laid over each other: time of the upload across, frequency upwards, octaves equally high. */
import type { AlignmentView, PeaksView } from '../registry/explanation-answer.ts';
import { clock, linear, logarithmic, timeTicks, whole } from './scales.ts';
import { colours, dots, element, line, rect, text } from './svg.ts';

type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

/** What a fingerprint hears, with a margin. */
const lowestHz = 170;
const highestHz = 3700;
const writtenHz = [200, 300, 500, 700, 1000, 1500, 2000, 3000];
const timeTickCount = 12;
/** Shorter than this, times are written with tenths. */
const maxTenthsMs = 10_000;

export function drawPeaksPanel(
  peaks: PeaksView,
  alignment: AlignmentView,
  { isMatch, box }: { readonly isMatch: boolean; readonly box: Box },
): string[] {
  const { left, right, top, bottom } = box;
  const view = [peaks.query_start_ms, peaks.query_end_ms] as const;
  const x = linear(view, [left, right]);
  const y = logarithmic([lowestHz, highestHz], [bottom, top]);
  const inside = ({ at_ms: at, hz }: { at_ms: number; hz: number }) =>
    at >= view[0] && at <= view[1] && hz >= lowestHz && hz <= highestHz;
  const places = (list: PeaksView['upload'], agrees: boolean) =>
    list.peaks
      .filter((peak) => peak.agrees === agrees && inside(peak))
      .map((peak) => [x(peak.at_ms), y(peak.hz)] as const);
  const pairs = places(peaks.reference, true);
  return [
    rect([left, top, right - left, bottom - top], { fill: colours.panel, stroke: colours.rule }),
    ...drawStretch(alignment, isMatch, x, box),
    ...drawFrequencies(y, box),
    ...drawTimes(peaks, box),
    dots(places(peaks.upload, false), {
      stroke: colours.upload,
      'stroke-width': 3.4,
      'stroke-opacity': 0.6,
    }),
    element(
      'g',
      { fill: 'none', stroke: colours.reference, 'stroke-width': 1.5 },
      places(peaks.reference, false)
        .map(([cx, cy]) => element('circle', { cx, cy, r: 3 }))
        .join(''),
    ),
    element(
      'g',
      { fill: 'none', stroke: colours.agreement, 'stroke-width': 1.4 },
      pairs.map(([cx, cy]) => element('circle', { cx, cy, r: 4.2 })).join(''),
    ),
    dots(places(peaks.upload, true), { stroke: colours.agreement, 'stroke-width': 4.4 }),
    ...drawLegend(peaks, box),
  ];
}

/** The span on which the two agree, or were compared, and its name. */
function drawStretch(
  { query_start_ms: start, query_end_ms: end }: AlignmentView,
  isMatch: boolean,
  x: (ms: number) => number,
  { left, right, top, bottom }: Box,
): string[] {
  const from = Math.max(left, x(start));
  const to = Math.min(right, x(end));
  const edge = { stroke: isMatch ? colours.agreement : colours.faint, 'stroke-dasharray': '4 3' };
  return [
    rect([from, top, Math.max(0, to - from), bottom - top], {
      fill: isMatch ? colours.stretch : colours.near,
      'fill-opacity': 0.8,
    }),
    ...(from > left ? [line(from, top, from, bottom, edge)] : []),
    ...(to < right ? [line(to, top, to, bottom, edge)] : []),
  ];
}

function drawFrequencies(y: (hz: number) => number, { left, right, top, bottom }: Box): string[] {
  return [
    ...writtenHz.flatMap((hz) => [
      line(left, y(hz), right, y(hz), { 'stroke-opacity': 0.7 }),
      text(left - 8, y(hz) + 4, whole(hz), { 'text-anchor': 'end', class: 'tick' }),
    ]),
    element(
      'text',
      {
        x: left - 52,
        y: (top + bottom) / 2,
        class: 'axis',
        'text-anchor': 'middle',
        transform: `rotate(-90 ${left - 52} ${(top + bottom) / 2})`,
      },
      'frequency, Hz',
    ),
  ];
}

/** The upload's time below; the recording's above, which runs along it at the tempo of the alignment. */
function drawTimes(peaks: PeaksView, { left, right, top, bottom }: Box): string[] {
  const axes = [
    { from: peaks.query_start_ms, to: peaks.query_end_ms, at: bottom, way: 1, name: 'time in the upload' },
    {
      from: peaks.reference_start_ms,
      to: peaks.reference_end_ms,
      at: top,
      way: -1,
      name: 'time in the recording',
    },
  ];
  return axes.flatMap(({ from, to, at, way, name }) => {
    const x = linear([from, to], [left, right]);
    const labels = at + (way > 0 ? 19 : -10);
    return [
      ...timeTicks(from, to, timeTickCount).flatMap((ms) => [
        line(x(ms), at, x(ms), at + 5 * way, { stroke: colours.faint }),
        text(x(ms), labels, clock(ms, to - from < maxTenthsMs ? 1 : 0), {
          'text-anchor': 'middle',
          class: 'tick',
        }),
      ]),
      text((left + right) / 2, at + (way > 0 ? 38 : -29), name, { 'text-anchor': 'middle', class: 'axis' }),
    ];
  });
}

/** Below the axis, with the counts of what is shown. */
function drawLegend({ upload, reference }: PeaksView, { left, bottom }: Box): string[] {
  const y = bottom + 64;
  const only = (list: PeaksView['upload']) => whole(list.count - list.agreeing_count);
  const omitted = upload.count + reference.count - upload.peaks.length - reference.peaks.length;
  const ring = (cx: number, r: number, stroke: string) =>
    element('circle', { cx, cy: y - 4, r, fill: 'none', stroke, 'stroke-width': 1.5 });
  const dot = (cx: number, attributes: Record<string, string | number>) => dots([[cx, y - 4]], attributes);
  const marks = [
    {
      mark: (cx: number) =>
        ring(cx, 4.2, colours.agreement) + dot(cx, { stroke: colours.agreement, 'stroke-width': 4.4 }),
      label: `in both: ${whole(reference.agreeing_count)} of the recording's ${whole(reference.count)}`,
      width: 285,
    },
    {
      mark: (cx: number) => ring(cx, 3, colours.reference),
      label: `only in the recording: ${only(reference)}`,
      width: 240,
    },
    {
      mark: (cx: number) => dot(cx, { stroke: colours.upload, 'stroke-width': 4, 'stroke-opacity': 0.6 }),
      label: `only in the upload: ${only(upload)}`,
      width: 225,
    },
  ];
  let at = left + 6;
  const parts: string[] = [];
  for (const { mark, label, width } of marks) {
    parts.push(mark(at), text(at + 12, y, label, { class: 'label' }));
    at += width;
  }
  if (omitted > 0) parts.push(text(at, y, `${whole(omitted)} faint peaks left out`, { class: 'tick' }));
  return parts;
}
