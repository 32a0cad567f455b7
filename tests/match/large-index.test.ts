/** Which looks an upload gets, by how many postings there are to be looked through. */
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { matchUpload } from '../../workers/match/match-upload.ts';
import {
  alteredLook,
  buriedLook,
  deepLook,
  type Look,
  manyPostings,
  pitchLook,
  quickLook,
  quickPitchLook,
  thoroughLook,
  thoroughPitchLook,
} from '../../workers/match/parameters.ts';
import type { SearchedSegment } from '../../workers/match/searched-segment.ts';
import type { TransformSet } from '../../workers/protocol.ts';
import { type FingerprintedFile, fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import { type Alteration, altered, cut, fingerprintOfPeaks, peaksOf } from './alterations.ts';
import { SearchedCatalog } from './searched.ts';

let registered: FingerprintedFile;
let stranger: FingerprintedFile;
let segments: SearchedSegment[];
beforeAll(async () => {
  const [first, ...others] = await fingerprintCatalog();
  stranger = first as FingerprintedFile;
  registered = others[0] as FingerprintedFile;
  segments = new SearchedCatalog(others).segments();
}, 60_000);

/** The same references, in a segment that says how many postings it has. */
const saying = (postingCount: number) =>
  segments.map(({ segment, tombstones }) => ({ segment: { ...segment, postingCount }, tombstones }));

function search(
  file: FingerprintedFile,
  alteration: Alteration,
  { transforms, postings, seconds = 10 }: { transforms: TransformSet; postings: number; seconds?: number },
) {
  const upload = altered(cut(peaksOf(file.fingerprint), 6, 6 + seconds), alteration);
  const tried = new Set<string>();
  const { matches } = matchUpload(
    encodeFingerprint(fingerprintOfPeaks(upload, file.fingerprint)),
    saying(postings),
    { transforms, onTrial: ({ look }) => tried.add(`${look.maxHits} ${look.maxSliceHits}`) },
  );
  const has = (...looks: Look[]) =>
    looks.some(({ maxHits, maxSliceHits }) => tried.has(`${maxHits} ${maxSliceHits}`));
  return { found: matches.length, has };
}

/** For chance to name somebody in every look at a stranger. */
const longEnough = 20;
const quick = [quickLook, quickPitchLook];
const deeper = [alteredLook, pitchLook];
const faster = { tempo: 1.12, semitones: 0 };
const unaltered = { tempo: 1, semitones: 0 };
const fewer = manyPostings - 1;

describe('quick looks', () => {
  test('find what is altered among many postings, and no deeper ones are taken', () => {
    const { found, has } = search(registered, faster, { transforms: 'common', postings: manyPostings });
    expect(found).toBe(1);
    expect(has(...quick)).toBe(true);
    expect(has(...deeper)).toBe(false);
  });

  test('are followed by deeper ones where they find nothing', () => {
    const { found, has } = search(stranger, faster, {
      transforms: 'common',
      postings: manyPostings,
      seconds: longEnough,
    });
    expect(found).toBe(0);
    expect(has(...quick) && has(...deeper)).toBe(true);
  });

  test('are not taken among few postings', () => {
    const { found, has } = search(registered, faster, { transforms: 'common', postings: fewer });
    expect(found).toBe(1);
    expect(has(...quick)).toBe(false);
    expect(has(...deeper)).toBe(true);
  });
});

describe('the deepest look', () => {
  test.each([
    { transforms: 'all', postings: manyPostings, isTaken: true },
    { transforms: 'all', postings: fewer, isTaken: false },
    { transforms: 'common', postings: manyPostings, isTaken: false },
  ] as const)('at a stranger, $transforms among $postings postings: $isTaken', ({ isTaken, ...options }) => {
    const { found, has } = search(stranger, faster, { ...options, seconds: longEnough });
    expect(found).toBe(0);
    expect(has(deepLook)).toBe(isTaken);
    expect(has(buriedLook)).toBe(options.transforms === 'all');
    expect(has(thoroughLook, thoroughPitchLook)).toBe(options.transforms === 'all');
  });

  test('is not taken at what is found', () => {
    const { found, has } = search(registered, unaltered, { transforms: 'all', postings: manyPostings });
    expect(found).toBe(1);
    expect(has(deepLook)).toBe(false);
  });
});
