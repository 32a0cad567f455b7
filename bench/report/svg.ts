/** Charts as hand-written SVG: shapes, text, one palette. Coordinates are pixels from the top left. */

export const ink = '#1f2933';
export const faint = '#8a97a6';
const rule = '#e1e6eb';
export const accent = '#0b6e8f';
/** For things laid side by side, told apart without colour vision too by their lightness. */
export const series = ['#0b6e8f', '#d9822b', '#7a5195', '#5a8f3c', '#b23a48'] as const;

type Attributes = Readonly<Record<string, string | number | undefined>>;

function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escapeText(String(value))}"`,
    )
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, fill: ink, 'font-size': 11, ...attributes }, escapeText(content));
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): string {
  return element('line', { x1, y1, x2, y2, stroke: rule, 'stroke-width': 1, ...attributes });
}

export function rect(x: number, y: number, width: number, height: number, fill: string, title = ''): string {
  const tip = title === '' ? '' : element('title', {}, escapeText(title));
  return element('rect', { x, y, width: Math.max(0, width), height, fill }, tip);
}

export function circle(cx: number, cy: number, r: number, attributes: Attributes = {}): string {
  return element('circle', { cx, cy, r, fill: accent, ...attributes });
}

export function path(
  points: readonly (readonly [x: number, y: number])[],
  attributes: Attributes = {},
): string {
  const d = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
  return element('path', { d, fill: 'none', stroke: accent, 'stroke-width': 1.5, ...attributes });
}

export function picture(width: number, height: number, parts: readonly string[]): string {
  const background = rect(0, 0, width, height, '#ffffff');
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      'font-family': 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif',
    },
    `\n${[background, ...parts].join('\n')}\n`,
  )}\n`;
}

/** Round steps for an axis from 0 to `most`: four to eight of them. */
export function ticks(most: number): number[] {
  const rough = Math.max(most, 1e-9) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escapeText(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
