/** Uploads that are known by three windows together, and not by one. */
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeFingerprint, type Fingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { type FingerprintedFile, fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import {
  type Alteration,
  altered,
  cut,
  disturbed,
  fingerprintOfPeaks,
  jittered,
  type Peak,
  peaksOf,
} from './alterations.ts';
import { SearchedCatalog } from './searched.ts';

let files: FingerprintedFile[];
let catalog: SearchedCatalog;
beforeAll(async () => {
  files = await fingerprintCatalog();
  catalog = new SearchedCatalog(files.slice(0, -1));
}, 60_000);

const excerpt = (i: number, seconds = 10): Peak[] =>
  cut(peaksOf((files[i] as FingerprintedFile).fingerprint), 6, 6 + seconds);
const externalIdOf = (i: number) => (files[i] as FingerprintedFile).externalId;

/** Each window loses this share of the peaks, independently of the others. */
function seenThrough(peaks: readonly Peak[], lost: number, windows: 1 | 3, seed = 1): Uint8Array {
  const like = (files[0] as FingerprintedFile).fingerprint;
  const view = (n: number): Fingerprint => fingerprintOfPeaks(disturbed(peaks, lost, 10 * seed + n), like);
  const [standard, short, long] = [view(0), view(1), view(2)];
  const { durationMs } = [standard, short, long].reduce((a, b) => (a.durationMs > b.durationMs ? a : b));
  const otherWindows = { short: short.constellation, long: long.constellation };
  return encodeFingerprint({ ...standard, durationMs, ...(windows === 3 && { otherWindows }) });
}

const found = (upload: Uint8Array) =>
  catalog.search(upload, catalog.segments(), 'all').map(({ externalId }) => externalId);

describe('3 s of which half the peaks are lost', () => {
  test.each([
    [4, 0.5],
    [7, 0.45],
    [7, 0.5],
  ])('(recording %d, %d) are found by three windows and not by one', (i, lost) => {
    const peaks = jittered(excerpt(i, 3), i);
    expect(found(seenThrough(peaks, lost, 1))).toEqual([]);
    expect(found(seenThrough(peaks, lost, 3))).toEqual([externalIdOf(i)]);
  });

  test('of a recording that is not registered are not found', () => {
    const stranger = files.length - 1;
    for (const seed of [1, 2, 3]) expect(found(seenThrough(excerpt(stranger, 3), 0.45, 3, seed))).toEqual([]);
  });
});

/** As a stretcher moves them: up to three frames of the slow upload. */
function smeared(peaks: readonly Peak[]): Peak[] {
  return peaks.map((peak, i) => ({ ...peak, frame: peak.frame + ((i * 5) % 7) }));
}

describe.each<Alteration>([
  { tempo: 0.5, semitones: 0 },
  { tempo: 0.5, semitones: 3 },
])('at half the tempo, %j', (alteration) => {
  test.each([1, 4, 7])('recording %d is found where its peaks lie up to three frames off', (i) => {
    const peaks = smeared(altered(excerpt(i), alteration));
    expect(found(seenThrough(peaks, 0.3, 1))).toEqual([externalIdOf(i)]);
  });
});

test.each([
  { tempo: 0.6, window: 'long' },
  { tempo: 1.4, window: 'short' },
] as const)('at the tempo of $tempo the landmarks of the $window window vote', ({ tempo, window }) => {
  const i = 4;
  const peaks = altered(excerpt(i), { tempo, semitones: 2 });
  const like = (files[0] as FingerprintedFile).fingerprint;
  // What is left in the one window is enough to agree, and no three peaks of it rank as a landmark does.
  const faint = peaks.map((peak) => ({ ...peak, rank: Math.min(59, peak.rank + 30) }));
  const standard = fingerprintOfPeaks(faint, like);
  const clear = fingerprintOfPeaks(peaks, like).constellation;
  const none = fingerprintOfPeaks([], like).constellation;
  const upload = (otherWindows: Fingerprint['otherWindows']) =>
    encodeFingerprint({ ...standard, ...(otherWindows && { otherWindows }) });
  expect(found(upload(undefined))).toEqual([]);
  const others = window === 'long' ? { short: none, long: clear } : { short: clear, long: none };
  expect(found(upload(others))).toEqual([externalIdOf(i)]);
  expect(found(upload({ short: others.long, long: others.short }))).toEqual([]);
});
