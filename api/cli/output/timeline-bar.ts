/** The bar of a timeline: the upload from its first second to its last, and a time axis below. */
import { clock, counted } from './quantities.ts';
import type { Paint, Style } from './terminal-text.ts';
import { indent, type Stretch, type TimelineLayout } from './timeline-stretches.ts';

const widestBar = 100;
const narrowestBar = 20;
/** Recordings that sound at the same time lie in lanes one above the other; more lanes say nothing to the eye. */
const maxLanes = 4;
/** Where one recording fades into the next, the ends of their segments overlap by about this much. */
const seamMs = 1000;
/** Columns between two times on the axis: `╵10:02:30` and room to breathe. */
const narrowestTick = 12;
const tickStepsSeconds = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400,
];

type Cell = { readonly text: string; readonly style?: Style };
const blank: Cell = { text: ' ' };
// Dots say that nobody registered these seconds.
const nobody: Cell = { text: '·', style: 'dim' };

export function drawBar(
  stretches: readonly Stretch[],
  durationMs: number,
  { columns, paint }: TimelineLayout,
): string[] {
  const cellCount = Math.max(narrowestBar, Math.min(columns - 2 * indent.length, widestBar));
  const msPerCell = Math.max(1, durationMs) / cellCount;
  const { lanes, leftOut } = layInLanes(stretches);
  const taken = new Array<boolean>(cellCount).fill(false);
  const drawn = lanes.map((lane) => {
    const bar = new Array<Cell>(cellCount).fill(blank);
    const marks = new Array<Cell>(cellCount).fill(blank);
    for (const { segment, shade, shadeStyle, letter, letterStyle } of lane) {
      // The nearest cell borders, and never nothing: three seconds in two hours must still be seen.
      const first = Math.min(cellCount - 1, Math.round(segment.query_start_ms / msPerCell));
      const end = Math.max(first + 1, Math.min(cellCount, Math.round(segment.query_end_ms / msPerCell)));
      bar.fill({ text: shade, style: shadeStyle }, first, end);
      taken.fill(true, first, end);
      marks[first] = { text: letter, style: letterStyle };
    }
    return { bar, marks };
  });
  const lines = drawn.flatMap(({ bar, marks }, lane) => {
    const filled = lane > 0 ? bar : bar.map((cell, at) => (taken[at] ? cell : nobody));
    return [indent + paintCells(marks, paint), indent + paintCells(filled, paint)];
  });
  if (leftOut > 0)
    lines.push(indent + paint('dim', `and ${counted(leftOut, 'more segment')} at the same time`));
  return [...lines, indent + paint('dim', drawAxis(cellCount, durationMs))];
}

function layInLanes(stretches: readonly Stretch[]): { lanes: Stretch[][]; leftOut: number } {
  const lanes: Stretch[][] = [];
  let leftOut = 0;
  for (const stretch of stretches) {
    const startMs = stretch.segment.query_start_ms;
    const free = lanes.find((lane) => (lane.at(-1)?.segment.query_end_ms ?? 0) <= startMs + seamMs);
    if (free) free.push(stretch);
    else if (lanes.length < maxLanes) lanes.push([stretch]);
    else leftOut += 1;
  }
  return { lanes, leftOut };
}

/** One escape sequence for a run of cells of one style, and nothing after the last one that shows. */
function paintCells(cells: readonly Cell[], paint: Paint): string {
  const shown = cells.slice(0, cells.findLastIndex((cell) => cell.text !== ' ') + 1);
  let painted = '';
  let run = '';
  for (const [at, { text, style }] of shown.entries()) {
    run += text;
    const next = shown[at + 1];
    if (next && next.style === style) continue;
    painted += style === undefined ? run : paint(style, run);
    run = '';
  }
  return painted;
}

function drawAxis(cellCount: number, durationMs: number): string {
  const msPerCell = Math.max(1, durationMs) / cellCount;
  const stepSeconds = tickStepsSeconds.find((step) => (step * 1000) / msPerCell >= narrowestTick);
  const stepMs = 1000 * (stepSeconds ?? Math.ceil(durationMs / 1000));
  let axis = '';
  for (let atMs = 0; ; atMs += stepMs) {
    const label = `╵${clock(atMs, 0)}`;
    const cell = Math.round(atMs / msPerCell);
    if (cell + label.length > cellCount + indent.length) return axis;
    axis = axis.padEnd(cell) + label;
  }
}
