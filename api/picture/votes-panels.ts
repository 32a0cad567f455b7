/** What landmarks voted for: three small bar charts, the winner in colour. */
import type { AlignmentView, VotesView } from '../registry/explanation-answer.ts';
import { linear, type Scale } from './scales.ts';
import { colours, line, rect, text } from './svg.ts';

type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
type Bar = { readonly votes: number; readonly isBest: boolean; readonly isFaint?: boolean };
type Chart = {
  readonly title: string;
  readonly axis: string;
  readonly bars: readonly Bar[];
  /** Written below the bar of this place; places may lie between bars. */
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
};

const gap = 48;

/** Side by side in the box. */
export function drawVotesPanels(
  votes: VotesView,
  { tempo_ratio: tempo, pitch_cents: cents, least_votes: leastVotes }: AlignmentView,
  { left, right, top, bottom }: Box,
): string[] {
  const charts = [offsetChart(votes), tempoChart(votes, tempo), pitchChart(votes, cents)];
  const width = (right - left - 2 * gap) / charts.length;
  return charts.flatMap((chart, i) => {
    const from = left + i * (width + gap);
    return drawChart(chart, leastVotes, { left: from, right: from + width, top, bottom });
  });
}

function offsetChart({ by_offset: bins }: VotesView): Chart {
  const first = bins[0]?.offset_ms ?? 0;
  const step = (bins[1]?.offset_ms ?? 1) - first;
  return {
    title: 'Votes by offset',
    axis: 'seconds from the best line',
    bars: bins.map(({ offset_ms: ms, votes }) => ({ votes, isBest: Math.abs(ms) <= step })),
    ticks: [-6, -4, -2, 0, 2, 4, 6]
      .map((seconds) => ({ at: (seconds * 1000 - first) / step, label: signed(seconds) }))
      .filter(({ at }) => at >= 0 && at < bins.length),
  };
}

function tempoChart({ by_tempo: bins }: VotesView, tempo: number): Chart {
  const place = (ratio: number) =>
    placeIn(
      bins.map((bin) => Math.log(bin.tempo_ratio)),
      Math.log(ratio),
    );
  const best = Math.round(place(tempo));
  return {
    title: 'Votes by tempo',
    axis: bins.every((bin) => bin.was_tried)
      ? 'tempo of the upload'
      : 'tempo of the upload; grey: not tried by this scan',
    bars: bins.map(({ votes, was_tried: wasTried }, i) => ({
      votes,
      isBest: i === best,
      isFaint: !wasTried,
    })),
    ticks: [0.5, 0.7, 1, 1.25, 1.5].map((ratio) => ({ at: place(ratio), label: `×${ratio}` })),
  };
}

function pitchChart({ by_pitch: bins }: VotesView, cents: number): Chart {
  const place = (value: number) =>
    placeIn(
      bins.map((bin) => bin.pitch_cents),
      value,
    );
  return {
    title: 'Votes by pitch',
    axis: 'semitones that the upload sounds higher',
    bars: bins.map(({ votes, pitch_cents: at }) => ({ votes, isBest: Math.abs(at - cents) <= 84 })),
    ticks: [-12, -8, -4, 0, 4, 8, 12].map((semitones) => ({
      at: place(semitones * 100),
      label: signed(semitones),
    })),
  };
}

/** Where a value lies among equally wide bars. */
function placeIn(bars: readonly number[], value: number): number {
  const first = bars[0] ?? 0;
  const last = bars.at(-1) ?? 1;
  return linear([first, last], [0, bars.length - 1])(value);
}

function drawChart(chart: Chart, leastVotes: number, { left, right, top, bottom }: Box): string[] {
  const most = Math.max(leastVotes + 1, ...chart.bars.map(({ votes }) => votes));
  const y = linear([0, most], [bottom, top + 14]);
  const width = (right - left) / chart.bars.length;
  const x: Scale = (place) => left + (place + 0.5) * width;
  const scale = [0, most].map((votes) =>
    text(left - 6, y(votes) + 4, String(votes), { 'text-anchor': 'end', class: 'tick' }),
  );
  return [
    text(left, top - 12, chart.title, { class: 'heading' }),
    rect([left, top, right - left, bottom - top], { fill: colours.panel, stroke: colours.rule }),
    ...scale,
    ...chart.bars.flatMap(({ votes, isBest, isFaint }, i) =>
      votes === 0
        ? []
        : [
            rect([left + i * width + 0.5, y(votes), Math.max(1, width - 1), bottom - y(votes)], {
              fill: isBest ? colours.agreement : isFaint ? '#c9ced4' : colours.upload,
              'fill-opacity': isBest ? 1 : 0.8,
            }),
          ],
    ),
    line(left, y(leastVotes), right, y(leastVotes), { stroke: colours.missing, 'stroke-dasharray': '3 3' }),
    text(right - 4, y(leastVotes) - 4, `needed: ${leastVotes}`, {
      'text-anchor': 'end',
      class: 'needed',
    }),
    ...chart.ticks.flatMap(({ at, label }) => [
      line(x(at), bottom, x(at), bottom + 4, { stroke: colours.faint }),
      text(x(at), bottom + 17, label, { 'text-anchor': 'middle', class: 'tick' }),
    ]),
    text((left + right) / 2, bottom + 35, chart.axis, { 'text-anchor': 'middle', class: 'axis' }),
  ];
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0';
}
