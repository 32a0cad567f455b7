/** SVG as text. Titles and names come from other people: every text and every attribute is escaped here, nowhere else. */

type Attributes = Readonly<Record<string, string | number>>;

export const colours = {
  paper: '#fdfcf9',
  panel: '#ffffff',
  ink: '#1d2733',
  faint: '#66727f',
  rule: '#e4e2dc',
  upload: '#6f9fd8',
  reference: '#e59a4a',
  agreement: '#0a7d55',
  stretch: '#dff1e8',
  near: '#efece4',
  found: '#0a7d55',
  missing: '#b3402e',
} as const;

/** Characters that XML 1.0 cannot hold, not even as references; halves of surrogate pairs among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const unspeakable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

export function escapeText(value: string): string {
  return value
    .toWellFormed()
    .replaceAll(unspeakable, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escapeText(value)}"`,
  );
  return content === ''
    ? `<${name}${written.join('')}/>`
    : `<${name}${written.join('')}>${content}</${name}>`;
}

export function text(x: number, y: number, value: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escapeText(value));
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): string {
  return element('line', { x1, y1, x2, y2, stroke: colours.rule, ...attributes });
}

export function rect(
  [x, y, width, height]: readonly [number, number, number, number],
  attributes: Attributes,
): string {
  return element('rect', { x, y, width, height, ...attributes });
}

/** Many dots of one kind as one path: a tenth of the bytes that as many circles take. */
export function dots(places: readonly (readonly [number, number])[], attributes: Attributes): string {
  if (places.length === 0) return '';
  const d = places.map(([x, y]) => `M${short(x)} ${short(y)}h.01`).join('');
  return element('path', { d, fill: 'none', 'stroke-linecap': 'round', ...attributes });
}

/** Lines of at most so many characters, broken at spaces; a word that is longer is cut. At most `most` lines. */
export function wrap(value: string, characters: number, most: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of value.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > characters) {
      lines.push(current);
      current = '';
    }
    current = cut(current === '' ? word : `${current} ${word}`, characters);
  }
  lines.push(current);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), cut(`${lines[most - 1]} …`, characters)];
}

/** So many characters at the most, an ellipsis among them; no character is cut in two. */
export function cut(value: string, characters: number): string {
  const points = [...value];
  return points.length <= characters ? value : `${points.slice(0, characters - 1).join('')}…`;
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
