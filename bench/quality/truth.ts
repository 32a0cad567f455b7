/** What is true of every query, as the kit writes it: `truth.csv` and `comps.json` (bench/kit/make_queries.py). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

export type Query = {
  readonly name: string;
  /** What was done to it; `absent_…` where nothing of it is registered. */
  readonly attack: string;
  /** Seconds, or `full`. */
  readonly length: string;
  /** The recording in it; empty where none is registered. */
  readonly expected: string;
  readonly referenceStart: number;
  readonly referenceEnd: number;
  /** How much faster than the recording it runs. */
  readonly tempo: number;
  readonly pitchCents: number;
  /** A second recording mixed in, and where in it the excerpt begins; empty where there is none. */
  readonly also: string;
  readonly alsoStart: number;
  /** The recording it was cut from, registered or not; empty where it is none or the list does not say. */
  readonly source: string;
};

export type Piece = {
  readonly query_start: number;
  readonly query_end: number;
  /** Empty where the piece comes from a recording that is not registered. */
  readonly ref: string;
  readonly ref_start: number;
  readonly speed: number;
  readonly attack: string;
};

export type Compilation = {
  readonly query: string;
  readonly duration: number;
  readonly segments: readonly Piece[];
};

const truthColumns = [
  'query',
  'attack',
  'length',
  'expected',
  'ref_start',
  'ref_end',
  'speed',
  'pitch',
  'also',
  'also_start',
] as const;

/** Attacks that resample, so that pitch follows tempo; the kit's pitch column says nothing of them. */
const resampled = /^(absent_)?(speed|nightcore|slowedreverb|drift)/;

export function readTruth(path: string): Query[] {
  return readCsv(path, truthColumns).map((row) => {
    const { attack, length, expected, also } = row;
    const tempo = Number(row.speed);
    return {
      name: row.query,
      attack,
      length,
      expected,
      referenceStart: Number(row.ref_start),
      referenceEnd: Number(row.ref_end),
      tempo,
      pitchCents: resampled.test(attack) ? 1200 * Math.log2(tempo) : Number(row.pitch) * 100,
      also,
      alsoStart: Number(row.also_start),
      source: (row as { source?: string }).source ?? '',
    };
  });
}

export function readCompilations(folder: string): Compilation[] {
  const path = join(folder, 'comps.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
}

/** Throws where a column is missing; further ones are left alone. */
export function readCsv<Column extends string>(
  path: string,
  columns: readonly Column[],
): Record<Column, string>[] {
  const rows: Record<Column, string>[] = parse(readFileSync(path), {
    columns: true,
    skip_empty_lines: true,
    record_delimiter: ['\r\n', '\n'],
  });
  const missing = columns.filter((column) => rows[0] !== undefined && !(column in rows[0]));
  if (missing.length > 0)
    throw new Error(`${path}: expected the columns ${columns.join()}, ${missing.join()} missing`);
  return rows;
}
