/** A song that returns to its chorus, and each time a little otherwise: uploads of one chorus belong to that one. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type FingerprintedFile, fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import {
  type Alteration,
  altered,
  atSpeed,
  cut,
  disturbed,
  fingerprintOfPeaks,
  jittered,
  later,
  type Peak,
  peaksOf,
  uploadOfPeaks,
} from './alterations.ts';
import { SearchedCatalog } from './searched.ts';

const choruses = [0, 1, 2, 3];
const chorusSeconds = 15;
/** From one chorus to the next. */
const turnSeconds = 25;
/** Peaks of the chorus that are other ones each time. */
const otherShare = 0.05;
const excerptBegin = 2;
const excerptSeconds = 10;

let file: FingerprintedFile;
let song: Peak[];
let catalog: SearchedCatalog;
beforeAll(async () => {
  const files = await fingerprintCatalog();
  file = files[3] as FingerprintedFile;
  const verse = cut(peaksOf((files[5] as FingerprintedFile).fingerprint), 0, turnSeconds - chorusSeconds);
  const chorus = cut(peaksOf(file.fingerprint), 0, chorusSeconds);
  song = choruses.flatMap((nth) => [
    ...later(disturbed(chorus, otherShare, nth + 1), nth * turnSeconds),
    ...later(verse, nth * turnSeconds + chorusSeconds),
  ]);
  const fingerprint = fingerprintOfPeaks(song, file.fingerprint);
  catalog = new SearchedCatalog([{ externalId: 'song', fingerprint }, ...files.slice(6)]);
}, 60_000);

const alterations: readonly (readonly [string, Alteration])[] = [
  ['as it is', { tempo: 1, semitones: 0 }],
  ['at 1.1 of the speed', atSpeed(1.1)],
  ['in 0.9 of the tempo', { tempo: 0.9, semitones: 0 }],
  ['two semitones lower', { tempo: 1, semitones: -2 }],
];

describe.each(choruses)('chorus %d of a song', (nth) => {
  test.each(alterations)('%s is found where it is, not at another chorus', (_, alteration) => {
    const begin = nth * turnSeconds + excerptBegin;
    const excerpt = altered(cut(song, begin, begin + excerptSeconds), alteration);
    const upload = uploadOfPeaks(jittered(excerpt, 1 + nth), file.fingerprint);
    const found = catalog.search(upload, catalog.segments(), 'common');
    const segment = found.find(({ externalId }) => externalId === 'song');
    const { queryStartMs, referenceStartMs, tempoRatio } = segment as NonNullable<typeof segment>;
    const foundBegin = referenceStartMs - queryStartMs * tempoRatio;
    expect(Math.abs(foundBegin - 1000 * begin)).toBeLessThan(1000);
  });
});
