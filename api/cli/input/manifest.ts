/**
 * Manifests: CSV (RFC 4180, UTF-8) with a header, read as a stream. Columns external_id and path, and optionally
 * isrc, title, artist, label, release_date, version. A path is relative to the manifest's own folder or, where nothing
 * lies there, to the folder the command runs in: tools write manifests elsewhere than the audio. A manifest is read
 * through once before any work begins, so that a mistake on line 30,000 is told at once and not at night.
 */
import { createReadStream, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CsvError, parse } from 'csv-parse';
import type { RecordingMetadata } from '../../registry/recording-metadata.ts';
import { usageError } from '../exit-status.ts';
import type { WorkItem } from './items.ts';

/** The external ids are held in memory to find doubles: about 100 bytes each. */
const maxRows = 1_000_000;
const maxRowBytes = 64 * 1024;
const maxColumns = 100;
const maxMistakesShown = 5;

const required = ['external_id', 'path'] as const;
const metadataFields: Readonly<Record<string, keyof RecordingMetadata>> = {
  isrc: 'isrc',
  title: 'title',
  artist: 'artist',
  label: 'label',
  release_date: 'releaseDate',
  version: 'version',
};

export type ManifestSurvey = {
  readonly externalIds: ReadonlySet<string>;
  readonly warnings: readonly string[];
};

/** Reads the whole manifest and does nothing else. Throws a usage error that names file and line. */
export async function surveyManifest(manifestPath: string): Promise<ManifestSurvey> {
  const lineOf = new Map<string, number>();
  const mistakes: string[] = [];
  let header: readonly string[] = [];
  for await (const { line, row } of readRows(manifestPath, (columns) => (header = columns))) {
    const { external_id: externalId = '', path = '' } = row;
    const doubled = lineOf.get(externalId);
    if (externalId === '') mistakes.push(`line ${line}: external_id is empty`);
    else if (path === '') mistakes.push(`line ${line}: path is empty`);
    else if (doubled !== undefined)
      mistakes.push(`line ${line}: external_id "${externalId}" stands on line ${doubled} too`);
    else lineOf.set(externalId, line);
    if (lineOf.size > maxRows) mistakes.push(`more than ${maxRows} rows: split it into several manifests`);
    if (mistakes.length >= maxMistakesShown || lineOf.size > maxRows) break;
  }
  if (mistakes.length > 0) {
    throw usageError(
      `The manifest ${manifestPath} cannot be used; nothing was done.\n  ${mistakes.join('\n  ')}`,
    );
  }
  const unknown = header.filter((column) => !isKnown(column));
  const warnings = unknown.map(
    (column) =>
      `${manifestPath}: column "${column}" is not used (used are ${[...required, ...Object.keys(metadataFields)].join(', ')})`,
  );
  if (lineOf.size === 0) warnings.push(`${manifestPath} has no rows`);
  return { externalIds: new Set(lineOf.keys()), warnings };
}

export async function* readManifest(manifestPath: string): AsyncGenerator<WorkItem> {
  const folder = dirname(resolve(manifestPath));
  for await (const { row } of readRows(manifestPath, () => {})) {
    const metadata: Record<string, string> = {};
    for (const [column, field] of Object.entries(metadataFields)) {
      const value = row[column];
      if (value !== undefined && value !== '') metadata[field] = value;
    }
    const { external_id: externalId = '', path = '' } = row;
    const besideManifest = resolve(folder, path);
    yield {
      externalId,
      path: existsSync(besideManifest) ? besideManifest : findHere(path, besideManifest),
      metadata,
    };
  }
}

/** Where neither is there, the path beside the manifest is the one that is reported missing. */
function findHere(path: string, besideManifest: string): string {
  return existsSync(path) ? resolve(path) : besideManifest;
}

type Line = { readonly line: number; readonly row: Readonly<Record<string, string>> };

async function* readRows(
  manifestPath: string,
  onHeader: (columns: readonly string[]) => void,
): AsyncGenerator<Line> {
  const parser = parse({
    bom: true,
    trim: true,
    skip_empty_lines: true,
    max_record_size: maxRowBytes,
    info: true,
    columns: (names: string[]) => {
      const columns = names.map((name) => name.trim().toLowerCase());
      checkHeader(manifestPath, columns);
      onHeader(columns);
      return columns;
    },
  });
  const file = createReadStream(manifestPath);
  file.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of file.pipe(parser)) yield { line: info.lines, row: record };
  } catch (error) {
    if (error instanceof CsvError)
      throw usageError(`The manifest ${manifestPath} is not well-formed CSV: ${error.message}`);
    if (error instanceof Error && 'syscall' in error)
      throw usageError(`The manifest cannot be read: ${error.message}`);
    throw error;
  } finally {
    file.destroy();
  }
}

function checkHeader(manifestPath: string, columns: readonly string[]): void {
  const missing = required.filter((column) => !columns.includes(column));
  const doubled = columns.find((column, at) => columns.indexOf(column) !== at);
  const received = columns.slice(0, maxColumns).join(',').slice(0, 200);
  if (missing.length > 0) {
    throw usageError(
      `The manifest ${manifestPath} needs a first line that names its columns, with ${required.join(' and ')}; received "${received}".`,
    );
  }
  if (doubled !== undefined)
    throw usageError(`The manifest ${manifestPath} names the column "${doubled}" twice.`);
  if (columns.length > maxColumns)
    throw usageError(`The manifest ${manifestPath} has more than ${maxColumns} columns.`);
}

function isKnown(column: string): boolean {
  return column in metadataFields || required.some((name) => name === column);
}
