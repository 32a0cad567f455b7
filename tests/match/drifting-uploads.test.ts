/** Recordings of the bundle on clocks that are off or wander, cut, interrupted, crossfaded, and with a chorus. */
import { beforeAll, describe, expect, test } from 'vitest';
import { matchUpload } from '../../workers/match/match-upload.ts';
import { maxGapFrames } from '../../workers/match/parameters.ts';
import { type FingerprintedFile, fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import { seededRandom } from '../support/synthetic-fingerprint.ts';
import {
  altered,
  atSpeed,
  cut,
  disturbed,
  fingerprintOfPeaks,
  jittered,
  later,
  type Peak,
  peaksOf,
  played,
  secondFrames,
  uploadOfPeaks,
} from './alterations.ts';
import { type FoundSegment, SearchedCatalog } from './searched.ts';

const edgeMs = 1500;
const recordings = [1, 4, 7];

let files: FingerprintedFile[];
let catalog: SearchedCatalog;
beforeAll(async () => {
  files = await fingerprintCatalog();
  catalog = new SearchedCatalog(files);
}, 60_000);

const fileOf = (i: number) => files[i % files.length] as FingerprintedFile;
const idOf = (i: number) => fileOf(i).externalId;
const peaks = (i: number) => peaksOf(fileOf(i).fingerprint);
const search = (upload: readonly Peak[]) =>
  catalog.search(uploadOfPeaks(upload, fileOf(0).fingerprint), undefined, 'all');

function expectSpan(
  segment: FoundSegment | undefined,
  fromSeconds: number,
  toSeconds: number,
  within = edgeMs,
) {
  expect(Math.abs((segment?.queryStartMs ?? Number.NaN) - 1000 * fromSeconds)).toBeLessThanOrEqual(within);
  expect(Math.abs((segment?.queryEndMs ?? Number.NaN) - 1000 * toSeconds)).toBeLessThanOrEqual(within);
}

describe.each([0.98, 0.99, 0.997, 1.003, 1.01, 1.02])('a clock at %d of its speed', (speed) => {
  test.each(recordings)('gives recording %d in one segment', (i) => {
    const found = search(altered(cut(peaks(i), 0, 30), atSpeed(speed)));
    expect(found.map(({ externalId }) => externalId)).toEqual([idOf(i)]);
    expectSpan(found[0], 0, 30 / speed);
    expect(Math.abs((found[0]?.tempoRatio ?? 0) / speed - 1)).toBeLessThan(0.005);
  });
});

describe.each([1, 2, 4])('tape that wows by 0.5 %% every %d s', (periodSeconds) => {
  test.each(recordings)('gives recording %d in one segment', (i) => {
    const wow = (seconds: number) => 1 + 0.005 * Math.sin((2 * Math.PI * seconds) / periodSeconds);
    const found = search(played(cut(peaks(i), 0, 30), wow).peaks);
    expect(found.map(({ externalId }) => externalId)).toEqual([idOf(i)]);
    expectSpan(found[0], 0, 30);
  });
});

describe.each([0.03, -0.03])('a fader that moves the speed by %d within 30 s', (change) => {
  test.each(recordings)('leaves recording %d in one segment, or few that follow each other', (i) => {
    const speedAt = (seconds: number) => 1 + (change * Math.min(30, seconds)) / 30;
    const { peaks: moved } = played(cut(peaks(i), 0, 31), speedAt);
    const found = search(moved);
    expect(new Set(found.map(({ externalId }) => externalId))).toEqual(new Set([idOf(i)]));
    expect(found.length).toBeLessThanOrEqual(4);
    for (const [k, { queryStartMs }] of found.entries()) {
      if (k > 0) expect(queryStartMs).toBeGreaterThanOrEqual(found[k - 1]?.queryEndMs as number);
    }
  });
});

describe('pieces of one recording', () => {
  test.each(recordings)('that follow each other in recording %d are one segment', (i) => {
    const first = cut(peaks(i), 4, 16);
    const second = jittered(cut(peaks(i), 16, 28), 7);
    const found = search([...first, ...later(second, 12)]);
    expect(found.map(({ externalId }) => externalId)).toEqual([idOf(i)]);
    expectSpan(found[0], 0, 24);
  });

  test.each([0, 4, 5])('with 14 s of recording %d cut out between them are two', (i) => {
    const found = search([...cut(peaks(i), 0, 10), ...later(cut(peaks(i), 24, 34), 10)]);
    expect(found.map(({ externalId }) => externalId)).toEqual([idOf(i), idOf(i)]);
    expectSpan(found[0], 0, 10);
    expectSpan(found[1], 10, 20);
    expect(Math.abs((found[1]?.referenceStartMs ?? 0) - (found[1]?.queryStartMs ?? 0) - 14_000)).toBeLessThan(
      100,
    );
  });
});

describe('in the middle of an alignment', () => {
  const limitSeconds = maxGapFrames / secondFrames;
  const interrupted = (i: number, seconds: number, voice: readonly Peak[]) => [
    ...cut(peaks(i), 0, 12),
    ...later(voice, 12),
    ...later(cut(peaks(i), 12 + seconds, 32), 12 + seconds),
  ];
  /** Peaks anywhere, as many as music has. */
  const voice = (seconds: number) => disturbed(cut(peaks(2), 5, 5 + seconds), 1, 11);

  test.each(recordings)('4 s of silence or of a voice do not split recording %d', (i) => {
    for (const found of [search(interrupted(i, 4, [])), search(interrupted(i, 4, voice(4)))]) {
      expect(found.map(({ externalId }) => externalId)).toEqual([idOf(i)]);
      expectSpan(found[0], 0, 32);
    }
  });

  test.each(recordings)('silence or a voice for longer than a gap may be split recording %d', (i) => {
    const seconds = limitSeconds + 1;
    for (const found of [
      search(interrupted(i, seconds, [])),
      search(interrupted(i, seconds, voice(seconds))),
    ]) {
      expect(found.map(({ externalId }) => externalId)).toEqual([idOf(i), idOf(i)]);
      expectSpan(found[0], 0, 12);
      expectSpan(found[1], 12 + seconds, 32);
    }
  });
});

test.each([
  [0, 3],
  [4, 7],
  [9, 1],
])('a crossfade of recordings %d and %d has the borders of both', (i, j) => {
  // Both at once for 3 s: each loses the peaks that the other one hides.
  const below = cut(peaks(i), 0, 15);
  const above = cut(peaks(j), 6, 21);
  const random = seededRandom(13);
  const found = search([
    ...below.filter(({ frame }) => frame < 12 * secondFrames || random() < 0.7),
    ...later(
      above.filter(({ frame }) => frame >= 3 * secondFrames || random() < 0.7),
      12,
    ),
  ]);
  expect(found.map(({ externalId }) => externalId)).toEqual([idOf(i), idOf(j)]);
  expectSpan(found[0], 0, 15, 500);
  expectSpan(found[1], 12, 27, 500);
});

describe('of a chorus that comes three times', () => {
  const chorusSeconds = [8, 26, 44];
  let song: SearchedCatalog;
  const chorus = () => cut(peaks(5), 4, 14);
  beforeAll(() => {
    const verses = [0, 3, 6].flatMap((i, k) => [
      ...later(cut(peaks(i), 5, 13), 18 * k),
      ...later(disturbed(chorus(), 0.1, 21 + k), 18 * k + 8),
    ]);
    const like = fileOf(0).fingerprint;
    song = new SearchedCatalog([{ externalId: 'song', fingerprint: fingerprintOfPeaks(verses, like) }]);
  });
  const ask = (alternatives: boolean) =>
    song.describe(
      matchUpload(uploadOfPeaks(chorus(), fileOf(0).fingerprint), song.segments(), {
        transforms: 'all',
        alternatives,
      }),
    );
  const startOf = ({
    referenceStartMs,
    queryStartMs,
  }: Pick<FoundSegment, 'referenceStartMs' | 'queryStartMs'>) =>
    Math.round((referenceStartMs - queryStartMs) / 1000);

  test('the upload of it is one segment', () => {
    const found = ask(false);
    expect(found).toHaveLength(1);
    expectSpan(found[0], 0, 10);
    expect(chorusSeconds).toContain(startOf(found[0] as FoundSegment));
  });

  test('the others are its alternatives', () => {
    const found = ask(true);
    expect(found).toHaveLength(1);
    const [{ alternatives = [], ...best }] = found as [FoundSegment];
    expect([best, ...alternatives].map(startOf).sort((a, b) => a - b)).toEqual(chorusSeconds);
  });
});
