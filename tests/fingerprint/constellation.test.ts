import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rankPeaks } from '../../workers/fingerprint/constellation.ts';
import { rankReachFrames } from '../../workers/fingerprint/parameters.ts';

type Peak = { readonly frame: number; readonly step: number; readonly level: number };

const anyPeaks = fc
  .uniqueArray(
    fc.record({ frame: fc.nat(200), step: fc.nat(639), level: fc.integer({ min: -20, max: 20 }) }),
    {
      selector: ({ frame, step }) => frame * 1000 + step,
      maxLength: 150,
    },
  )
  .map((peaks) => peaks.sort((a, b) => a.frame - b.frame || a.step - b.step));

/** By definition: how many of the peaks within reach are stronger, or as strong and earlier. */
function naiveRank(peaks: readonly Peak[], i: number): number {
  const own = peaks[i] as Peak;
  return peaks.filter(
    ({ frame, level }, j) =>
      Math.abs(frame - own.frame) <= rankReachFrames && (level > own.level || (level === own.level && j < i)),
  ).length;
}

const rank = (peaks: readonly Peak[], ranks: number) =>
  rankPeaks(
    peaks.map(({ frame }) => frame),
    peaks.map(({ step }) => step),
    peaks.map(({ level }) => level),
    ranks,
  );

describe("a peak's rank", () => {
  test('is the number of stronger peaks within half a second, and those from the limit on are left out', () => {
    fc.assert(
      fc.property(anyPeaks, fc.integer({ min: 1, max: 30 }), (peaks, ranks) => {
        const kept = peaks
          .map((peak, i) => ({ ...peak, rank: naiveRank(peaks, i) }))
          .filter((peak) => peak.rank < ranks);
        const found = rank(peaks, ranks);
        expect([...found.frames]).toEqual(kept.map(({ frame }) => frame));
        expect([...found.steps]).toEqual(kept.map(({ step }) => step));
        expect([...found.ranks]).toEqual(kept.map((peak) => peak.rank));
      }),
    );
  });

  test('does not change when everything is louder', () => {
    fc.assert(
      fc.property(anyPeaks, (peaks) => {
        const louder = peaks.map((peak) => ({ ...peak, level: peak.level + 512 }));
        expect(rank(louder, 15)).toEqual(rank(peaks, 15));
      }),
    );
  });

  test('of equals is lower for the earlier', () => {
    const equal = [0, 1, 2].map((frame) => ({ frame, step: 5, level: 7 }));
    expect([...rank(equal, 15).ranks]).toEqual([0, 1, 2]);
  });
});
