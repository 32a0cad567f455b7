/**
 * Text as it takes up columns on a terminal. Titles, names and messages come from other people: what could move
 * the cursor, change colours or turn the reading direction is taken out before it is shown.
 */
import { styleText as styled, type styleText } from 'node:util';

// Control characters, and the format characters that reorder text (bidirectional overrides and isolates).
// Zero-width joiners stay: Indic scripts, Persian and emoji need them.
const unsafe = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/gu;
const wide =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Foreign text made safe to print on one line. */
export function printable(text: string): string {
  return text.replace(unsafe, '\ufffd');
}

export function columnCount(text: string): number {
  let columns = 0;
  for (const { segment } of segmenter.segment(text)) columns += graphemeColumns(segment);
  return columns;
}

/** The text cut (with an ellipsis) or padded to exactly so many columns. */
export function toWidth(text: string, columns: number): string {
  const own = columnCount(text);
  if (own <= columns) return text + ' '.repeat(columns - own);
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const next = graphemeColumns(segment);
    if (used + next > columns - 1) break;
    kept += segment;
    used += next;
  }
  return `${kept}…${' '.repeat(columns - 1 - used)}`;
}

function graphemeColumns(grapheme: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}

export type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;
const coloured: Paint = (style, text) => styled(style, text, { validateStream: false });

export type OutputStream = NodeJS.WritableStream & {
  isTTY?: boolean;
  columns?: number;
  hasColors?: () => boolean;
};

/** Colours only on a terminal that has them; `hasColors` also honours NO_COLOR and TERM=dumb. */
export function paintFor(stream: OutputStream): Paint {
  return stream.isTTY === true && stream.hasColors?.() === true ? coloured : plain;
}

/** Where nobody's terminal sets the width. */
const columnsInPipe = 120;

export function columnsOf(stream: OutputStream): number {
  return stream.columns ?? columnsInPipe;
}
