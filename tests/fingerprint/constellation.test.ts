import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rankPeaks } from '../../workers/fingerprint/constellation.ts';
import { queryRanks, rankReachFrames, weakRank, weakRanks } from '../../workers/fingerprint/parameters.ts';

type Peak = {
  readonly frame: number;
  readonly step: number;
  readonly level: number;
  readonly isStrong: boolean;
};

const anyPeak = fc.record({
  frame: fc.nat(120),
  step: fc.nat(639),
  level: fc.integer({ min: -20, max: 20 }),
  isStrong: fc.boolean(),
});
const anyPeaks = fc
  .uniqueArray(anyPeak, {
    selector: ({ frame, step }) => frame * 1000 + step,
    minLength: 0,
    maxLength: 400,
    size: 'max',
  })
  .map((peaks) => peaks.toSorted((a, b) => a.frame - b.frame || a.step - b.step));

/** By definition: how many of the peaks within reach, of its kind or stronger, are louder, or as loud and earlier. */
function naiveRank(peaks: readonly Peak[], i: number): number {
  const own = peaks[i] as Peak;
  return peaks.filter(
    ({ frame, level, isStrong }, j) =>
      (isStrong || !own.isStrong) &&
      Math.abs(frame - own.frame) <= rankReachFrames &&
      (level > own.level || (level === own.level && j < i)),
  ).length;
}

const rank = (peaks: readonly Peak[]) =>
  rankPeaks({
    frames: Uint32Array.from(peaks, ({ frame }) => frame),
    steps: Uint16Array.from(peaks, ({ step }) => step),
    levels: Int16Array.from(peaks, ({ level }) => level),
    areStrong: Uint8Array.from(peaks, ({ isStrong }) => Number(isStrong)),
  });

describe("a peak's rank", () => {
  test('is the number of louder peaks within half a second; of the weak, which have none, the louder are kept', () => {
    fc.assert(
      fc.property(anyPeaks, (peaks) => {
        const kept = peaks.flatMap((peak, i) => {
          const own = naiveRank(peaks, i);
          if (own >= (peak.isStrong ? queryRanks : weakRanks)) return [];
          return [{ ...peak, rank: peak.isStrong ? own : weakRank }];
        });
        const found = rank(peaks);
        expect([...found.frames]).toEqual(kept.map(({ frame }) => frame));
        expect([...found.steps]).toEqual(kept.map(({ step }) => step));
        expect([...found.ranks]).toEqual(kept.map((peak) => peak.rank));
      }),
      { numRuns: 40 },
    );
  });

  test('does not change when everything is louder', () => {
    fc.assert(
      fc.property(anyPeaks, (peaks) => {
        expect(rank(peaks.map((peak) => ({ ...peak, level: peak.level + 512 })))).toEqual(rank(peaks));
      }),
      { numRuns: 20 },
    );
  });

  test('of equals is lower for the earlier', () => {
    const equal = [0, 1, 2].map((frame) => ({ frame, step: 5, level: 7, isStrong: true }));
    expect([...rank(equal).ranks]).toEqual([0, 1, 2]);
  });
});
