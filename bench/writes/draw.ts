/** Over time: how long searches took, registrations in the index, memory; merges as bars behind. */
import { faint, ink, line, path, picture, rect, series, text, ticks } from '../report/svg.ts';
import type { Phase } from './report.ts';

const [width, left, plotWidth] = [760, 64, 660];
const panelHeight = 130;
const panelGap = 50;

type Panel = { readonly top: number; readonly most: number; readonly unit: string; readonly title: string };

export function draw(phases: readonly Phase[]): string {
  const samples = phases.flatMap((phase) => phase.samples);
  const begin = phases[0]?.begun ?? 0;
  const end = Math.max(...samples.map(({ at }) => at));
  const x = (at: number) => left + ((at - begin) / (end - begin)) * plotWidth;
  const y = ({ top, most }: Panel, value: number) => top + (1 - Math.min(1, value / most)) * panelHeight;
  const searches = phases.flatMap((phase) => phase.searches);
  const panels = {
    searches: panel(0, Math.max(...searches.map(({ milliseconds }) => milliseconds)), 'ms', 'Searches'),
    references: panel(
      1,
      Math.max(...samples.map(({ figures }) => figures.references)),
      '',
      'References in the index',
    ),
    memory: panel(
      2,
      Math.max(...samples.map((sample) => Math.max(sample.residentBytes, sample.otherResidentBytes))) /
        2 ** 20,
      'MiB',
      'Resident memory of the two servers, and the index of the first',
    ),
  };
  const height = panels.memory.top + panelHeight + 40;
  const along = (of: Panel, value: (sample: (typeof samples)[number]) => number) =>
    samples.map((sample) => [x(sample.at), y(of, value(sample))] as const);
  const merges = samples.flatMap((sample, i) => {
    const next = samples[i + 1];
    if (next === undefined || sample.figures.merging === 0) return [];
    return [rect(x(sample.at), panels.searches.top, x(next.at) - x(sample.at), panelHeight, '#f3dfc8')];
  });
  return picture(width, height, [
    ...merges,
    ...Object.values(panels).flatMap((of) => axes(of, y)),
    ...phases.flatMap(({ name, begun }) => [
      line(x(begun), 30, x(begun), height - 40, { stroke: faint, 'stroke-dasharray': '3 3' }),
      text(x(begun) + 3, 42, name, { fill: faint }),
    ]),
    ...searches.map(({ begun, milliseconds, isRefused }) =>
      rect(x(begun) - 1, y(panels.searches, milliseconds) - 1, 2, 2, isRefused ? series[4] : series[0]),
    ),
    path(
      along(panels.references, ({ figures }) => figures.references),
      { stroke: series[0] },
    ),
    path(
      along(panels.memory, ({ residentBytes }) => residentBytes / 2 ** 20),
      { stroke: series[0] },
    ),
    path(
      along(panels.memory, ({ otherResidentBytes }) => otherResidentBytes / 2 ** 20),
      { stroke: series[1] },
    ),
    path(
      along(panels.memory, ({ figures }) => figures.bytes / 2 ** 20),
      { stroke: series[2] },
    ),
    text(left, height - 10, 'first server', { fill: series[0] }),
    text(left + 90, height - 10, 'second', { fill: series[1] }),
    text(left + 150, height - 10, 'index', { fill: series[2] }),
    text(left + 210, height - 10, 'bars: merges at the first', { fill: ink }),
  ]);
}

function panel(row: number, most: number, unit: string, title: string): Panel {
  return { top: 50 + row * (panelHeight + panelGap), most: Math.max(1, most), unit, title };
}

function axes(of: Panel, y: (of: Panel, value: number) => number): string[] {
  return [
    text(left, of.top - 22, of.title, { 'font-weight': 600 }),
    ...ticks(of.most).flatMap((value) => [
      line(left, y(of, value), left + plotWidth, y(of, value), { stroke: faint, 'stroke-width': 0.4 }),
      text(left - 6, y(of, value) + 4, `${value} ${of.unit}`.trim(), { 'text-anchor': 'end' }),
    ]),
  ];
}
