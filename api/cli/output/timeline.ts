/**
 * A scan's answer as a person reads it: one bar that is the upload from its first second to its last, a letter
 * for each recording found in it, and below one row for each segment and each stretch nobody has registered.
 *
 *     A                   B
 *     ████████████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓··········
 *     ╵0:00          ╵0:10          ╵0:20
 */
import type { ScanAnswer } from '../../registry/scan-answer.ts';
import { clock, counted } from './quantities.ts';
import { printable } from './terminal-text.ts';
import { drawBar } from './timeline-bar.ts';
import { drawRows } from './timeline-rows.ts';
import {
  type Gap,
  gapsBetween,
  indent,
  stretchesInOrder,
  type TimelineLayout,
} from './timeline-stretches.ts';

/** Lines without a line break at the end. `name` is what the reader knows the upload by. */
export function drawTimeline(answer: ScanAnswer, name: string, layout: TimelineLayout): string {
  const { paint } = layout;
  const stretches = stretchesInOrder(answer.matches);
  const gaps = gapsBetween(stretches, answer.duration_ms);
  const title = `${paint('bold', printable(name))}  ${paint('dim', clock(answer.duration_ms))}`;
  if (stretches.length === 0)
    return [title, indent + paint('dim', '· no registered recording in it')].join('\n');
  return [
    title,
    indent + paint('dim', verdict(answer, gaps)),
    '',
    ...drawBar(stretches, answer.duration_ms, layout),
    '',
    ...drawRows(stretches, gaps, layout),
  ].join('\n');
}

function verdict(answer: ScanAnswer, gaps: readonly Gap[]): string {
  const unmatchedMs = gaps.reduce((sum, gap) => sum + gap.endMs - gap.startMs, 0);
  const share = answer.duration_ms > 0 ? 1 - unmatchedMs / answer.duration_ms : 0;
  return `${counted(answer.matches.length, 'recording')} · ${Math.round(share * 100)} % of it recognised`;
}
