/** What is read of a bucket that is too full to be read whole. */
import { beforeAll, expect, test } from 'vitest';
import { stepsPerOctave } from '../../workers/fingerprint/parameters.ts';
import { type Look, pitchLook } from '../../workers/match/parameters.ts';
import { indexPeaks } from '../../workers/match/peak-lookup.ts';
import { type Hypothesis, probeWindow } from '../../workers/match/probes.ts';
import { referenceIdOf } from '../../workers/match/same-line.ts';
import { framesOfAll } from '../../workers/match/searched-segment.ts';
import { vote } from '../../workers/match/vote.ts';
import { type FingerprintedFile, fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import { referenceIdOf as referenceIdOfFile } from '../index/references.ts';
import { type Alteration, altered, cut, fingerprintOfPeaks, peaksOf } from './alterations.ts';
import { SearchedCatalog } from './searched.ts';

let files: FingerprintedFile[];
let catalog: SearchedCatalog;
beforeAll(async () => {
  files = await fingerprintCatalog();
  catalog = new SearchedCatalog(files);
}, 60_000);

const whole: Look = { ...pitchLook, maxHits: 2 ** 30, maxSliceHits: 0 };
const sliced: Look = { ...pitchLook, maxHits: 0, maxSliceHits: 2 ** 30 };
const octave = { lowestPitch: -stepsPerOctave, highestPitch: stepsPerOctave };

function isNamed(alteration: Alteration, look: Look): boolean {
  const file = files[0] as FingerprintedFile;
  const upload = fingerprintOfPeaks(
    altered(cut(peaksOf(file.fingerprint), 6, 16), alteration),
    file.fingerprint,
  );
  const { constellation } = indexPeaks(upload.constellation);
  const hypothesis: Hypothesis = { tempo: alteration.tempo, ...octave };
  const probes = probeWindow(constellation, 0, constellation.frames.length, look, hypothesis);
  return vote(catalog.segments(), probes, look).some(
    (candidate) => referenceIdOf(candidate) === referenceIdOfFile(file.externalId),
  );
}

test.each([
  { tempo: 1, semitones: 0, isInSlice: true },
  { tempo: 1, semitones: 3, isInSlice: true },
  { tempo: 1, semitones: -3, isInSlice: true },
  { tempo: 1, semitones: 7, isInSlice: false },
  { tempo: 1, semitones: -7, isInSlice: false },
  { tempo: 1.12, semitones: 0, isInSlice: true },
  { tempo: 1.12, semitones: 12 * Math.log2(1.12), isInSlice: true },
  { tempo: 0.9, semitones: 12 * Math.log2(0.9), isInSlice: true },
  { tempo: 1.12, semitones: -5, isInSlice: false },
])('at tempo $tempo and $semitones semitones: in a slice $isInSlice', ({ isInSlice, ...alteration }) => {
  expect(isNamed(alteration, whole)).toBe(true);
  expect(isNamed(alteration, sliced)).toBe(isInSlice);
});

test('frames that can match are those of what was not removed, however it is spread', () => {
  const sizes = [files.length - 3, 3];
  const framesOf = (removed: number[], spread = sizes) =>
    framesOfAll(
      catalog.segments(
        spread,
        removed.map((i) => (files[i] as FingerprintedFile).externalId),
      ),
    );
  const all = files.map((_, i) => i);
  const own = all.map((i) => framesOf(all.filter((one) => one !== i)));
  expect(Math.min(...own)).toBeGreaterThan(500);
  const sum = (some: readonly number[]) => some.reduce((total, i) => total + (own[i] as number), 0);
  expect(framesOf([])).toBe(sum(all));
  expect(framesOf([], [files.length])).toBe(sum(all));
  expect(framesOf([0, 5, files.length - 1])).toBe(sum(all.slice(1, -1).filter((i) => i !== 5)));
  expect(framesOf(all)).toBe(0);
});
