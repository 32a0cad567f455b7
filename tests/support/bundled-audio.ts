/**
 * The audio that comes with the repository: registered recordings, uploads cut from them with the truth
 * about every second, a recording that is never registered, and one recording in two codecs.
 *
 * Every path returned is absolute. Where the audio comes from: NOTICE; how it was cut: bench/make-bundle.sh.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';

const bundleDirectory = path.resolve(import.meta.dirname, '../audio-bundle');
const catalogManifest = path.join(bundleDirectory, 'catalog/catalog.csv');
const uploadsManifest = path.join(bundleDirectory, 'uploads/uploads.csv');

export type BundledRecording = { externalId: string; path: string; title: string; artist: string };

/** The pieces of an upload meet without a gap: in a crossfade, one ends and the next begins in its middle. */
type BundledPiece =
  | { queryStartMs: number; queryEndMs: number; externalId: string; referenceStartMs: number }
  /** Audio that is in no registered recording. */
  | { queryStartMs: number; queryEndMs: number; externalId: null; referenceStartMs: null };

export type BundledUpload = { externalId: string; path: string; pieces: BundledPiece[] };

type TruthPiece = {
  query_start_ms: number;
  query_end_ms: number;
  external_id: string | null;
  reference_start_ms: number | null;
};

export function bundledCatalog(): BundledRecording[] {
  return readManifest(catalogManifest).map((row) => ({
    externalId: getCell(row, 'external_id'),
    path: path.join(bundleDirectory, 'catalog', getCell(row, 'path')),
    title: getCell(row, 'title'),
    artist: getCell(row, 'artist'),
  }));
}

export function bundledUploads(): BundledUpload[] {
  const truthFile = path.join(bundleDirectory, 'uploads/truth.json');
  const truth = JSON.parse(readFileSync(truthFile, 'utf8')) as Record<string, TruthPiece[]>;
  return readManifest(uploadsManifest).map((row) => {
    const externalId = getCell(row, 'external_id');
    const pieces = truth[externalId];
    if (pieces === undefined) throw new Error(`truth.json says nothing about the upload ${externalId}`);
    return {
      externalId,
      path: path.join(bundleDirectory, 'uploads', getCell(row, 'path')),
      pieces: pieces.map(toPiece),
    };
  });
}

/** The same 15 s in two codecs. They are in the catalog's `externalId` from `referenceStartMs` on. */
export function twins(): { vorbis: string; opus: string; externalId: string; referenceStartMs: number } {
  return {
    vorbis: path.join(bundleDirectory, 'twins/ufo-mission-2-44100.ogg'),
    opus: path.join(bundleDirectory, 'twins/ufo-mission-2-48000.opus'),
    externalId: 'ufo-mission-2',
    referenceStartMs: 10_000,
  };
}

/** 12 s of a recording that is not in the catalog. */
export function stranger(): { path: string; title: string; artist: string } {
  return {
    path: path.join(bundleDirectory, 'stranger/geoscape-theme-1.ogg'),
    title: 'Geoscape theme #1',
    artist: 'Karl Macklin',
  };
}

function toPiece(piece: TruthPiece): BundledPiece {
  const when = { queryStartMs: piece.query_start_ms, queryEndMs: piece.query_end_ms };
  if (piece.external_id === null || piece.reference_start_ms === null) {
    return { ...when, externalId: null, referenceStartMs: null };
  }
  return { ...when, externalId: piece.external_id, referenceStartMs: piece.reference_start_ms };
}

function readManifest(file: string): Record<string, string>[] {
  return parse(readFileSync(file), { columns: true, bom: true }) as Record<string, string>[];
}

function getCell(row: Record<string, string>, column: string): string {
  const cell = row[column];
  if (cell === undefined) throw new Error(`the bundle's manifest has no column ${column}`);
  return cell;
}
