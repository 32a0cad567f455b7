/** What is read of a bucket that is too full to be read whole. */
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeFingerprint } from '../../workers/fingerprint/fingerprint-file.ts';
import { stepsPerOctave } from '../../workers/fingerprint/parameters.ts';
import type { Segment } from '../../workers/index/segment.ts';
import { affordableEffort, findRuns } from '../../workers/match/find-runs.ts';
import { matchUpload } from '../../workers/match/match-upload.ts';
import { type Look, pitchLook } from '../../workers/match/parameters.ts';
import { indexPeaks } from '../../workers/match/peak-lookup.ts';
import { type Hypothesis, type Probes, probeWindow } from '../../workers/match/probes.ts';
import { referenceIdOf } from '../../workers/match/same-line.ts';
import { framesOfAll } from '../../workers/match/searched-segment.ts';
import { type Candidate, vote } from '../../workers/match/vote.ts';
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

test('all transforms are looked for in more postings than the common ones', () => {
  const file = files[0] as FingerprintedFile;
  const most = (transforms: 'common' | 'all', semitones: number, tempo: number) => {
    const upload = altered(cut(peaksOf(file.fingerprint), 6, 16), { tempo, semitones });
    const read: number[] = [];
    matchUpload(encodeFingerprint(fingerprintOfPeaks(upload, file.fingerprint)), catalog.segments(), {
      transforms,
      onTrial: ({ look, candidate }) => {
        if (candidate.hypothesis.tempo !== 1 || semitones !== 0) read.push(look.maxSliceHits);
      },
    });
    return Math.max(...read);
  };
  for (const [semitones, tempo] of [
    [3, 1],
    [0, 1.12],
  ] as const)
    expect(most('all', semitones, tempo)).toBeGreaterThanOrEqual(2 * most('common', semitones, tempo));
});

describe('of a segment too large to mark its buckets', () => {
  const unmarked = () =>
    catalog.segments([3, files.length - 3]).map(({ segment, tombstones }) => ({
      segment: { ...segment, buckets: undefined },
      tombstones,
    }));

  function probesOf(look: Look) {
    const { constellation } = indexPeaks(cutOut().constellation);
    return probeWindow(constellation, 0, constellation.frames.length, look, { tempo: 1, ...octave });
  }
  const cutOut = () => {
    const { fingerprint } = files[0] as FingerprintedFile;
    return fingerprintOfPeaks(cut(peaksOf(fingerprint), 6, 16), fingerprint);
  };
  const inWords = (candidates: readonly Candidate[]) =>
    candidates.map((one) => [referenceIdOf(one), one.diagonal, one.pitch, one.votes]);

  test('as much is named as of one that marks them, where all can be afforded', () => {
    const named = inWords(vote(unmarked(), probesOf(whole), whole));
    expect(named).toEqual(inWords(vote(catalog.segments([3, files.length - 3]), probesOf(whole), whole)));
    expect(named[0]?.[0]).toBe(referenceIdOfFile((files[0] as FingerprintedFile).externalId));
  });

  test('little is looked for that cannot be afforded, and nothing left out that can', () => {
    // Every place is shared by many, as in a large index.
    const segments = Array.from({ length: 32 }, unmarked).flatMap((some) =>
      some.map(({ segment }) => segment),
    );
    const full = onlyMeeting(segments, probesOf(whole), 40);
    const read = (limit: number) => {
      const { efforts, ofSegments } = findRuns(segments, full, limit);
      const effort = affordableEffort(full, 20_000);
      let postings = 0;
      for (const { probes, begins, ends, count } of ofSegments)
        for (let i = 0; i < count; i++)
          if ((efforts[probes[i] as number] as number) <= effort)
            postings += (ends[i] as number) - (begins[i] as number);
      const looked = new Set(ofSegments.flatMap(({ probes, count }) => [...probes.subarray(0, count)]));
      return { looked: looked.size, postings };
    };
    const all = read(Number.POSITIVE_INFINITY);
    expect(all.looked).toBe(full.count);
    const some = read(20_000);
    expect(some.looked).toBeLessThan(0.5 * full.count);
    expect(some.postings).toBe(all.postings);
  });

  /** Those that meet anything, so many times over. */
  function onlyMeeting(segments: readonly Segment[], probes: Probes, times: number): Probes {
    const { ofSegments } = findRuns(segments, probes, Number.POSITIVE_INFINITY);
    const met = new Set(ofSegments.flatMap(({ probes: of, count }) => [...of.subarray(0, count)]));
    const some = Array.from({ length: times }, () => [...met]).flat();
    const { keys, anchors, efforts } = probes;
    return {
      ...probes,
      count: some.length,
      keys: Uint32Array.from(some, (i) => keys[i] as number),
      anchors: Uint32Array.from(some, (i) => anchors[i] as number),
      efforts: Uint8Array.from(some, (i) => efforts[i] as number),
    };
  }
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
