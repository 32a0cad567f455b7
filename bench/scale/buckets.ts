/**
 * How postings spread over buckets, of real recordings and of synthetic ones. What a search costs follows from one number
 * of it: how many postings of a catalog a landmark meets, on average over landmarks.
 */
import type { Constellation } from '../../workers/fingerprint/constellation.ts';
import { thinToReference } from '../../workers/fingerprint/fingerprint-file.ts';
import { anchorBits, referenceLandmarks } from '../../workers/index/landmark.ts';
import type { Named } from '../in-process/catalog.ts';
import { syntheticFingerprint, syntheticSeed } from '../synthetic/fingerprint-files.ts';

export type Spread = {
  readonly landmarksPerSecond: number;
  /** Of a million postings, how many a landmark of one kind meets among those of another, itself left out. */
  readonly metInBucket: Meetings;
  readonly metAtPitch: Meetings;
  /** Share of the postings that lie in the fullest so many of the buckets. */
  readonly fullest: readonly {
    readonly buckets: number;
    readonly real: number;
    readonly synthetic: number;
  }[];
};
export type Meetings = {
  readonly realInReal: number;
  readonly realInSynthetic: number;
  readonly syntheticInSynthetic: number;
};

const fullestBuckets = [100, 1_000, 10_000, 100_000];

/** As many synthetic recordings as there are real ones. */
export function compareBuckets(
  real: readonly Named[],
  seed: number,
): { readonly real: number; readonly spread: Spread } {
  const thinned = real.map(({ fingerprint }) => thinToReference(fingerprint).constellation);
  const made = thinned.map((_, i) => syntheticFingerprint(thinned, syntheticSeed(seed, i)).constellation);
  const [realKeys, madeKeys] = [keysOf(thinned), keysOf(made)];
  const seconds = thinned.reduce((sum, { frames }) => sum + (frames.at(-1) ?? 0) / 50, 0);
  const meetings = (shift: number): Meetings => {
    const [a, b] = [countBy(realKeys, shift), countBy(madeKeys, shift)];
    return {
      realInReal: met(a, a, realKeys.length, realKeys.length - 1, 1),
      realInSynthetic: met(a, b, realKeys.length, madeKeys.length, 0),
      syntheticInSynthetic: met(b, b, madeKeys.length, madeKeys.length - 1, 1),
    };
  };
  const [a, b] = [countBy(realKeys, anchorBits), countBy(madeKeys, anchorBits)];
  return {
    real: real.length,
    spread: {
      landmarksPerSecond: realKeys.length / seconds,
      metInBucket: meetings(anchorBits),
      metAtPitch: meetings(0),
      fullest: fullestBuckets.map((buckets) => ({
        buckets,
        real: shareOfFullest(a, buckets, realKeys.length),
        synthetic: shareOfFullest(b, buckets, madeKeys.length),
      })),
    },
  };
}

function keysOf(constellations: readonly Constellation[]): number[] {
  return constellations.flatMap((one) => Array.from(referenceLandmarks(one).keys));
}

function countBy(keys: readonly number[], shift: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const key of keys) counts.set(key >>> shift, (counts.get(key >>> shift) ?? 0) + 1);
  return counts;
}

/** A landmark is not met by itself: unbiased, however few they are. */
function met(
  of: ReadonlyMap<number, number>,
  among: ReadonlyMap<number, number>,
  count: number,
  others: number,
  itself: number,
): number {
  let pairs = 0;
  for (const [key, own] of of) pairs += own * Math.max(0, (among.get(key) ?? 0) - itself);
  return (pairs / count / others) * 1e6;
}

function shareOfFullest(counts: ReadonlyMap<number, number>, buckets: number, total: number): number {
  const fullest = [...counts.values()].sort((a, b) => b - a).slice(0, buckets);
  return fullest.reduce((sum, count) => sum + count, 0) / total;
}
