/** Reads XML as strictly as a picture needs: elements that close in order, quoted attributes, known entities. */
import { expect } from 'vitest';

export type XmlNode = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  text: string;
};

const token = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)|(<)/g;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids them
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Every element in the order in which they begin, each with its own text. Fails where it is not well-formed. */
export function nodesOf(xml: string): XmlNode[] {
  expect(xml).not.toMatch(forbidden);
  expect(xml.isWellFormed()).toBe(true);
  const nodes: XmlNode[] = [];
  const open: XmlNode[] = [];
  for (const [, closing, name, attributes, empty, text, stray] of xml.matchAll(token)) {
    if (stray !== undefined) throw new Error(`a "<" begins no element: ${xml.slice(0, 200)}`);
    if (text !== undefined) {
      const inside = open.at(-1);
      if (inside) inside.text += decode(text);
      else expect(text.trim()).toBe('');
    } else if (closing) expect(open.pop()?.name).toBe(name);
    else {
      if (open.length === 0) expect(nodes).toHaveLength(0);
      const node = { name: name as string, attributes: readAttributes(attributes ?? ''), text: '' };
      nodes.push(node);
      if (!empty) open.push(node);
    }
  }
  expect(open).toEqual([]);
  return nodes;
}

function readAttributes(written: string): Map<string, string> {
  const pairs = [...written.matchAll(/([\w:-]+)="([^"]*)"/g)].map(
    ([, key, value]) => [key as string, decode(value as string)] as const,
  );
  const attributes = new Map(pairs);
  expect(attributes.size).toBe(pairs.length);
  return attributes;
}

function decode(text: string): string {
  return text.replaceAll(/&(\w*);?/g, (whole, name: string) => {
    const character = whole.endsWith(';') ? entities[name] : undefined;
    if (character === undefined) throw new Error(`"${whole}" is no entity`);
    return character;
  });
}
