import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPeriod } from '../../api/registry/report-period.ts';
import { csvLine, writeReport } from '../../api/registry/report-text.ts';

const now = new Date('2026-03-03T12:00:00Z');
const allOf = async (texts: AsyncIterable<string>) => {
  const all: string[] = [];
  for await (const text of texts) all.push(text);
  return all;
};
const pagesOf = async function* (...pages: Record<string, string | number | null>[][]) {
  yield* pages;
};

describe('a line of CSV', () => {
  it('quotes what would end a cell or a line, and doubles quotes', () => {
    expect(csvLine(['plain', 'a,b', 'said "so"', 'two\nlines', null, 7, ['DE', 'FR']])).toBe(
      'plain,"a,b","said ""so""","two\nlines",,7,DE FR\r\n',
    );
  });

  it('gives an apostrophe to what a spreadsheet would calculate, and leaves numbers as they are', () => {
    const cells = ['=1+1', '+49', '-x', '@SUM(A1)', '\t=1', '\uff1d1', -3, 'a=b'];
    expect(csvLine(cells)).toBe("'=1+1,'+49,'-x,'@SUM(A1),'\t=1,'\uff1d1,-3,a=b\r\n");
  });

  it('is read back as it was, but for the apostrophe', () => {
    const text = fc.string({ unit: 'binary' }).map((given) => given.replace(/^\ufeff/, ''));
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 6 }), (cells) => {
        const [read] = parse(csvLine(cells), { record_delimiter: '\r\n' }) as string[][];
        expect(read?.map((cell, at) => (cell === cells[at] ? cell : cell.replace(/^'/, '')))).toEqual(cells);
      }),
    );
  });
});

describe('a report', () => {
  it('has the names of its columns before the first page, also where there is no row', async () => {
    const texts = await allOf(writeReport('csv', ['a', 'b'], pagesOf([])));
    expect(texts).toEqual(['a,b\r\n']);
  });

  it('is a text for each page, in the order of the columns', async () => {
    const pages = () =>
      pagesOf(
        [
          { b: 2, a: 1 },
          { a: 3, b: null },
        ],
        [{ a: 5, b: 6 }],
      );
    expect(await allOf(writeReport('csv', ['a', 'b'], pages()))).toEqual([
      'a,b\r\n',
      '1,2\r\n3,\r\n',
      '5,6\r\n',
    ]);
    expect(await allOf(writeReport('ndjson', ['a', 'b'], pages()))).toEqual([
      '{"b":2,"a":1}\n{"a":3,"b":null}\n',
      '{"a":5,"b":6}\n',
    ]);
  });
});

describe('a period', () => {
  it('goes from the midnight of its first day to that of the first day after it', () => {
    const { from, to } = readPeriod({ from: '2024-01-01', to: '2025-01-01' }, now);
    expect([from.toISOString(), to.toISOString()]).toEqual([
      '2024-01-01T00:00:00.000Z',
      '2025-01-01T00:00:00.000Z',
    ]);
    expect(readPeriod({ from: '2024-01-01T00:00:00+02:00', to: '2024-01-01' }, now).from.getUTCHours()).toBe(
      22,
    );
  });

  it('is of thirty days where its beginning is not said, and until now where its end is not', () => {
    expect(readPeriod({}, now)).toEqual({ from: new Date('2026-02-01T12:00:00Z'), to: now });
    expect(readPeriod({ to: '2026-02-01' }, now).from).toEqual(new Date('2026-01-02'));
  });

  it.each([
    ['2026-01-01', '2026-01-01', 'from before to'],
    ['2026-01-02', '2026-01-01', 'from before to'],
    ['2024-01-01', '2025-01-02', 'at most 366 days'],
    ['2026-02-30', '2026-03-01', 'from such as'],
    ['2026-01-01', 'tomorrow', 'to such as'],
    ['2026-01-01T12:00:00', '2026-01-02', 'from such as'],
  ])('is refused from %s to %s', (from, to, expected) => {
    expect(() => readPeriod({ from, to }, now)).toThrow(expected);
  });
});
