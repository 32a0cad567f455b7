/**
 * Rows of metadata as they are sent: CSV (RFC 4180, UTF-8) with a header, or NDJSON with an object a line. Read as a
 * stream. A row that cannot be read is told by its line and skipped; the ones after it are read.
 */
import { type CsvError, type Info, parse } from 'csv-parse';
import { RegistryError } from '../errors.ts';
import { identifierSchemes } from '../rules/identifiers.ts';

export const metadataFormats = ['csv', 'ndjson'] as const;
export type MetadataFormat = (typeof metadataFormats)[number];

export const metadataColumns = [
  'external_id',
  'title',
  'artist',
  'label',
  'release_date',
  'version',
  ...identifierSchemes,
] as const;
const known: ReadonlySet<string> = new Set(metadataColumns);

const maxRowBytes = 64 * 1024;
const maxColumns = 100;

export type GivenRow = { readonly line: number } & (
  | { readonly fields: Readonly<Record<string, string>>; readonly unreadable?: never }
  /** Why it cannot be read. */
  | { readonly unreadable: string; readonly fields?: never }
);

/** Columns that are not used are told before the first row. Throws METADATA_INVALID where the header is not one. */
export function readMetadataRows(
  format: MetadataFormat,
  bytes: AsyncIterable<Uint8Array>,
  onIgnored: (columns: readonly string[]) => void = () => undefined,
): AsyncGenerator<GivenRow> {
  return format === 'csv' ? readCsv(bytes, onIgnored) : readNdjson(bytes);
}

async function* readCsv(
  bytes: AsyncIterable<Uint8Array>,
  onIgnored: (columns: readonly string[]) => void,
): AsyncGenerator<GivenRow> {
  const unreadable: GivenRow[] = [];
  let columns: readonly string[] | undefined;
  const parser = parse({
    bom: true,
    trim: true,
    skip_empty_lines: true,
    max_record_size: maxRowBytes,
    relax_column_count: true,
    skip_records_with_error: true,
    info: true,
  });
  parser.on('skip', (error: CsvError) => {
    unreadable.push({ line: Number(error['lines'] ?? 0), unreadable: error.message.slice(0, 200) });
  });
  const feeding = feed(parser, bytes);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      yield* unreadable.splice(0);
      if (columns === undefined) {
        columns = readHeader(record);
        onIgnored(columns.filter((column) => !known.has(column)));
      } else if (record.length === columns.length) {
        yield { line: info.lines, fields: fieldsOf(columns, record) };
      } else {
        const wrong = `expected ${columns.length} values; received ${record.length}`;
        yield { line: info.lines, unreadable: wrong };
      }
    }
    yield* unreadable.splice(0);
    await feeding;
  } finally {
    parser.destroy();
    await feeding.catch(() => undefined);
  }
  if (columns === undefined) throw headerless([]);
}

/** An error of who sends ends the parser too, and comes out of it. */
async function feed(parser: ReturnType<typeof parse>, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const piece of bytes) {
      if (parser.destroyed) return;
      if (!parser.write(piece)) {
        const { promise, resolve } = Promise.withResolvers<void>();
        parser.once('drain', resolve).once('close', resolve);
        await promise;
        parser.off('drain', resolve).off('close', resolve);
      }
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}

function readHeader(record: readonly string[]): string[] {
  const columns = record.map((name) => name.toLowerCase());
  const doubled = columns.find((column, at) => columns.indexOf(column) !== at);
  if (doubled !== undefined || !columns.includes('external_id') || columns.length > maxColumns)
    throw headerless(columns);
  return columns;
}

function headerless(columns: readonly string[]): RegistryError {
  const received = JSON.stringify(columns.join(',').slice(0, 200));
  return new RegistryError(
    'METADATA_INVALID',
    `The first line: expected the names of at most ${maxColumns} columns, each once, external_id among them; received ${received}.`,
  );
}

function fieldsOf(columns: readonly string[], record: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at < columns.length; at++) {
    const column = columns[at] as string;
    const value = record[at] as string;
    if (value !== '' && known.has(column)) fields[column] = value;
  }
  return fields;
}

async function* readNdjson(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<GivenRow> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: false });
  let [line, rest, isTooLong] = [1, '', false];
  for await (const piece of bytes) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const row = isTooLong ? tooLong(line) : readLine(line, text);
      if (row) yield row;
      isTooLong = false;
      line += 1;
    }
    // The rest of a line that is too long is not kept until its end comes.
    if (rest.length > maxRowBytes) [rest, isTooLong] = ['', true];
  }
  const row = isTooLong ? tooLong(line) : readLine(line, rest + decoder.decode());
  if (row) yield row;
}

const tooLong = (line: number): GivenRow => ({
  line,
  unreadable: `expected at most ${maxRowBytes} characters`,
});

function readLine(line: number, text: string): GivenRow | undefined {
  if (text.length > maxRowBytes) return tooLong(line);
  if (text.trim() === '') return undefined;
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return { line, unreadable: 'expected a line of JSON' };
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return { line, unreadable: 'expected an object' };
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!known.has(name)) {
      const names = metadataColumns.join(', ');
      return { line, unreadable: `expected ${names}; received ${JSON.stringify(name.slice(0, 60))}` };
    }
    if (value === null || value === '') continue;
    if (typeof value !== 'string') return { line, unreadable: `${name}: expected text` };
    fields[name] = value;
  }
  return { line, fields };
}
