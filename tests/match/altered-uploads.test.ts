/** Recordings of the bundle at other tempos and pitches, with peaks displaced, lost and added. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type FingerprintedFile, fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import {
  type Alteration,
  altered,
  atSpeed,
  disturbed,
  jittered,
  offsetErrorsMs,
  peaksOf,
  shuffledInTime,
  uploadOfPeaks,
} from './alterations.ts';
import { type FoundSegment, SearchedCatalog } from './searched.ts';

const maxOffsetErrorMs = 100;
const maxTempoError = 0.005;
const maxPitchErrorCents = 20;
const lostShare = 0.3;

let files: FingerprintedFile[];
let catalog: SearchedCatalog;
beforeAll(async () => {
  files = await fingerprintCatalog();
  catalog = new SearchedCatalog(files);
}, 60_000);

function uploadOf(i: number, alteration: Alteration): Uint8Array {
  const { fingerprint } = files[i] as FingerprintedFile;
  const displaced = jittered(altered(peaksOf(fingerprint), alteration), 1 + i);
  return uploadOfPeaks(disturbed(displaced, lostShare, 101 + i), fingerprint);
}

type Point = readonly [FoundSegment['transform'], Alteration];
const withinCommon: readonly Point[] = [
  ['speed', atSpeed(0.8)],
  ['speed', atSpeed(1.25)],
  ['tempo', { tempo: 0.8, semitones: 0 }],
  ['tempo', { tempo: 1.35, semitones: 0 }],
  ['pitch', { tempo: 1, semitones: -5 }],
  ['pitch', { tempo: 1, semitones: 1 }],
  ['tempo_and_pitch', { tempo: 1.2, semitones: -3 }],
];
const beyondCommon: readonly Point[] = [
  ['speed', atSpeed(0.5)],
  ['speed', atSpeed(1.5)],
  ['tempo', { tempo: 0.5, semitones: 0 }],
  ['tempo', { tempo: 1.5, semitones: 0 }],
  ['pitch', { tempo: 1, semitones: -9 }],
  ['pitch', { tempo: 1, semitones: 12 }],
  ['tempo_and_pitch', { tempo: 1.3, semitones: 7 }],
];
const unaltered: Point = ['none', { tempo: 1, semitones: 0 }];

function expectTruth(found: readonly FoundSegment[], i: number, [transform, alteration]: Point): void {
  expect(found.map(({ externalId }) => externalId)).toEqual([files[i]?.externalId]);
  const [segment] = found as [FoundSegment];
  expect(Math.abs(segment.tempoRatio / alteration.tempo - 1)).toBeLessThan(maxTempoError);
  expect(Math.abs(segment.pitchCents - 100 * alteration.semitones)).toBeLessThan(maxPitchErrorCents);
  expect(segment.transform).toBe(transform);
  for (const errorMs of offsetErrorsMs(segment, alteration.tempo, 0)) {
    expect(Math.abs(errorMs)).toBeLessThanOrEqual(maxOffsetErrorMs);
  }
}

describe.each([unaltered, ...withinCommon, ...beyondCommon])('%s: %j', (...point) => {
  test.each([1, 4, 7])('of recording %d is found among all transforms, and named', (i) => {
    expectTruth(catalog.search(uploadOf(i, point[1]), undefined, 'all'), i, point);
  });
});

describe('of what is altered', () => {
  test.each(withinCommon)('%s %j is common', (...point) => {
    expectTruth(catalog.search(uploadOf(2, point[1]), undefined, 'common'), 2, point);
  });

  test.each(beyondCommon)('%s %j is not common', (_, alteration) => {
    expect(catalog.search(uploadOf(3, alteration), undefined, 'common')).toEqual([]);
  });

  test.each([...withinCommon, ...beyondCommon])(
    '%s %j is not found by a scan for no transform',
    (_, alteration) => {
      expect(catalog.search(uploadOf(2, alteration), undefined, 'none')).toEqual([]);
    },
  );
});

test('recordings with their moments in another order match nothing', () => {
  for (const [i, { externalId, fingerprint }] of files.entries()) {
    const upload = uploadOfPeaks(shuffledInTime(peaksOf(fingerprint), 201 + i), fingerprint);
    expect(catalog.search(upload, undefined, 'all'), externalId).toEqual([]);
  }
}, 60_000);
