import { beforeAll, describe, expect, test } from 'vitest';
import { matchUpload } from '../../workers/match/match-upload.ts';
import { maxFalseMatchProbability } from '../../workers/match/parameters.ts';
import {
  type FingerprintedFile,
  fingerprintCatalog,
  fingerprintStranger,
  fingerprintUploads,
} from '../fingerprint/bundled-fingerprints.ts';
import { bundledUploads } from '../support/bundled-audio.ts';
import { type FoundSegment, SearchedCatalog } from './searched.ts';

const maxOffsetErrorMs = 100;
const maxBorderErrorMs = 1500;

let files: FingerprintedFile[];
let catalog: SearchedCatalog;
let uploads: ReadonlyMap<string, Uint8Array>;
beforeAll(async () => {
  files = await fingerprintCatalog();
  catalog = new SearchedCatalog(files);
  uploads = new Map((await fingerprintUploads()).map(({ externalId, bytes }) => [externalId, bytes]));
}, 60_000);
const upload = (externalId: string) => uploads.get(externalId) as Uint8Array;

describe.each(bundledUploads())('the upload $externalId', ({ externalId, pieces }) => {
  let found: FoundSegment[];
  beforeAll(() => {
    found = catalog.search(upload(externalId));
  }, 60_000);
  const known = pieces.filter((piece) => piece.externalId !== null);

  test('holds the recordings it was made of, in their order, and no others', () => {
    expect(found.map((one) => one.externalId)).toEqual(known.map((piece) => piece.externalId));
  });

  test(`has them at the right place of the reference, within ${maxOffsetErrorMs} ms`, () => {
    for (const [i, piece] of known.entries()) {
      const { queryStartMs, referenceStartMs, queryEndMs, referenceEndMs } = found[i] as FoundSegment;
      const offsetMs = piece.referenceStartMs - piece.queryStartMs;
      expect(Math.abs(referenceStartMs - queryStartMs - offsetMs)).toBeLessThanOrEqual(maxOffsetErrorMs);
      expect(Math.abs(referenceEndMs - queryEndMs - offsetMs)).toBeLessThanOrEqual(maxOffsetErrorMs);
    }
  });

  test(`has their borders within ${maxBorderErrorMs} ms`, () => {
    for (const [i, piece] of known.entries()) {
      const { queryStartMs, queryEndMs } = found[i] as FoundSegment;
      expect(Math.abs(queryStartMs - piece.queryStartMs)).toBeLessThanOrEqual(maxBorderErrorMs);
      expect(Math.abs(queryEndMs - piece.queryEndMs)).toBeLessThanOrEqual(maxBorderErrorMs);
    }
  });

  test('is unaltered, and surely so', () => {
    for (const { tempoRatio, pitchCents, transform, falseMatchProbability } of found) {
      expect(Math.abs(tempoRatio - 1)).toBeLessThan(0.003);
      expect(Math.abs(pitchCents)).toBeLessThanOrEqual(10);
      expect(transform).toBe('none');
      expect(falseMatchProbability).toBeLessThan(1e-20);
    }
  });

  test('has no second that it does not have', () => {
    const durationMs = Math.max(...pieces.map(({ queryEndMs }) => queryEndMs));
    for (const { queryStartMs, queryEndMs } of found) {
      expect(queryStartMs).toBeGreaterThanOrEqual(0);
      expect(queryEndMs).toBeLessThanOrEqual(durationMs);
    }
  });
});

test('a stranger matches nothing', async () => {
  expect(catalog.search((await fingerprintStranger()).bytes)).toEqual([]);
});

test('a registered recording matches itself from end to end, and nothing else', () => {
  for (const { externalId, bytes, fingerprint } of files) {
    const found = catalog.search(bytes);
    expect(found.map((one) => one.externalId)).toEqual([externalId]);
    const [{ queryStartMs, queryEndMs, referenceStartMs, referenceEndMs }] = found as [FoundSegment];
    expect(Math.abs(queryStartMs - referenceStartMs)).toBeLessThanOrEqual(1);
    expect(Math.abs(queryEndMs - referenceEndMs)).toBeLessThanOrEqual(1);
    expect(queryStartMs).toBeLessThan(maxBorderErrorMs);
    expect(fingerprint.durationMs - queryEndMs).toBeLessThan(maxBorderErrorMs);
  }
});

describe('the answer', () => {
  const anyUpload = 'compilation';
  const removed = 'ufo-mission-2';

  test('is the same bytes when it is asked for again', () => {
    const ask = () => JSON.stringify(catalog.search(upload(anyUpload)));
    expect(ask()).toBe(ask());
  });

  test.each([[[1, 1, 1, 1, 1, 1, 1, 1, 1, 1]], [[5, 5]], [[9, 1]], [[1, 2, 3, 4]]])(
    'is the same with references in segments of %j',
    (sizes) => {
      for (const externalId of uploads.keys()) {
        const expected = catalog.search(upload(externalId));
        expect(catalog.search(upload(externalId), catalog.segments(sizes)), externalId).toEqual(expected);
      }
    },
  );

  test('with the threshold opened is what it was, and what is too doubtful besides', () => {
    const options = { transforms: 'all', maxFalseMatchProbability: 1 } as const;
    const opened = catalog.describe(matchUpload(upload(anyUpload), catalog.segments(), options));
    const isCertain = (segment: FoundSegment) => segment.falseMatchProbability <= maxFalseMatchProbability;
    expect(opened.filter(isCertain)).toEqual(catalog.search(upload(anyUpload), undefined, 'all'));
    expect(opened.every(isCertain)).toBe(false);
  });

  test('does not name a removed recording', () => {
    const found = catalog.search(upload(anyUpload), catalog.segments(undefined, [removed]));
    expect(found.map(({ externalId }) => externalId)).toEqual(['reeves-david03', 'whallon-intro']);
  });

  test('is the same whether what is removed lies under a tombstone or is not there', () => {
    const without = new SearchedCatalog(files.filter(({ externalId }) => externalId !== removed));
    for (const externalId of uploads.keys()) {
      const expected = without.search(upload(externalId));
      const found = catalog.search(upload(externalId), catalog.segments(undefined, [removed]));
      expect(found, externalId).toEqual(expected);
    }
  });

  test('in an empty registry is nothing', () => {
    expect(catalog.search(upload(anyUpload), [])).toEqual([]);
    expect(new SearchedCatalog([]).search(upload(anyUpload))).toEqual([]);
  });

  test('changes with a tombstone that is set between two searches', () => {
    const segments = catalog.segments();
    expect(catalog.search(upload('excerpt'), segments)).toHaveLength(1);
    for (const { tombstones } of segments) tombstones.fill(1);
    expect(catalog.search(upload('excerpt'), segments)).toEqual([]);
  });
});
