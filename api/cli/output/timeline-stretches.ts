/**
 * The stretches of an upload: each segment of each recording in the order in which they begin, with the letter,
 * colour and shade its recording keeps throughout, and the gaps that belong to nobody.
 */
import type { MatchedSegmentView, MatchView } from '../../registry/scan-answer.ts';
import type { Paint, Style } from './terminal-text.ts';

export type TimelineLayout = { readonly columns: number; readonly paint: Paint };
export const indent = '  ';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const palette = ['cyan', 'magenta', 'yellow', 'green', 'blue', 'red'] as const;
// Without colours, neighbours are told apart by shade.
const shades = ['█', '▓', '▒'] as const;

export type Stretch = {
  readonly match: MatchView;
  readonly segment: MatchedSegmentView;
  readonly letter: string;
  readonly letterStyle: Style;
  readonly shade: string;
  readonly shadeStyle: Style;
};

export type Gap = { readonly startMs: number; readonly endMs: number };

export function stretchesInOrder(matches: readonly MatchView[]): Stretch[] {
  const inOrder = matches
    .flatMap((match) => match.segments.map((segment) => ({ match, segment })))
    .sort(
      ({ segment: a }, { segment: b }) =>
        a.query_start_ms - b.query_start_ms || b.query_end_ms - a.query_end_ms,
    );
  const places = new Map<string, number>();
  return inOrder.map(({ match, segment }) => {
    const place = places.get(match.recording_id) ?? places.size;
    places.set(match.recording_id, place);
    const colour = palette[place % palette.length] ?? 'cyan';
    const shade = shades[place % shades.length] ?? '█';
    return {
      match,
      segment,
      letter: letters[place] ?? '*',
      letterStyle: ['bold', colour],
      shade,
      shadeStyle: colour,
    };
  });
}

export function gapsBetween(stretches: readonly Stretch[], durationMs: number): Gap[] {
  const gaps: Gap[] = [];
  let coveredToMs = 0;
  for (const { segment } of stretches) {
    if (segment.query_start_ms > coveredToMs)
      gaps.push({ startMs: coveredToMs, endMs: segment.query_start_ms });
    coveredToMs = Math.max(coveredToMs, segment.query_end_ms);
  }
  if (durationMs > coveredToMs) gaps.push({ startMs: coveredToMs, endMs: durationMs });
  return gaps;
}
