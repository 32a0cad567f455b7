import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Constellation } from '../../workers/fingerprint/constellation.ts';
import { referenceRankCount } from '../../workers/fingerprint/parameters.ts';
import {
  anchorBits,
  bucketBits,
  frameCell,
  keyBits,
  landmarkKey,
  referenceLandmarks,
  stepCell,
  stepCellOf,
  zoneFrames,
  zoneSteps,
} from '../../workers/index/landmark.ts';
import { anyConstellation } from '../fingerprint/arbitrary.ts';
import { asReference, fingerprintCatalog } from '../fingerprint/bundled-fingerprints.ts';
import { seededRandom } from '../support/synthetic-fingerprint.ts';

const stepCells = stepCellOf(zoneSteps) + 1;
const frameCells = Math.floor(zoneFrames / frameCell) + 1;

describe('a landmark key', () => {
  test('is another for every triplet of cells', () => {
    const seen = new Uint8Array(2 ** bucketBits);
    let count = 0;
    for (let df12 = 0; df12 < stepCells; df12++) {
      for (let df13 = 0; df13 < stepCells; df13++) {
        for (let dt12 = 0; dt12 < frameCells; dt12++) {
          for (let dt13 = 0; dt13 < frameCells; dt13++) {
            const bucket = landmarkKey(df12, df13, dt12, dt13) >>> anchorBits;
            count += seen[bucket] ? 0 : 1;
            seen[bucket] = 1;
          }
        }
      }
    }
    expect(count).toBe(stepCells ** 2 * frameCells ** 2);
  });

  test('spreads: no sixteenth of the key space holds more than a tenth of the landmarks of music', async () => {
    const shares = new Float64Array(16);
    let total = 0;
    for (const { fingerprint } of await fingerprintCatalog()) {
      for (const key of referenceLandmarks(asReference(fingerprint).constellation).keys) {
        const sixteenth = Math.floor(key / 2 ** (keyBits - 4));
        shares[sixteenth] = (shares[sixteenth] as number) + 1;
        total++;
      }
    }
    expect(Math.max(...shares) / total).toBeLessThan(0.1);
  });

  test('has room for the anchor below the bucket', () => {
    expect(bucketBits + anchorBits).toBe(keyBits);
    expect(landmarkKey(5, 6, 7, 8) & (2 ** anchorBits - 1)).toBe(0);
  });
});

/** Key and frame of each: the two partners of the lowest ranks, and the eight cheapest of those within 27 frames. */
function plainLandmarks({ frames, steps, ranks }: Constellation): [key: number, frame: number][] {
  const peaks = Array.from(frames, (frame, i) => ({
    i,
    frame,
    step: steps[i] as number,
    rank: ranks[i] as number,
  }));
  const offers = peaks.flatMap((anchor) => {
    const [best, next] = peaks
      .filter(
        ({ frame, step }) =>
          frame > anchor.frame &&
          frame - anchor.frame <= zoneFrames &&
          Math.abs(step - anchor.step) <= zoneSteps,
      )
      .sort((a, b) => a.rank - b.rank || a.i - b.i);
    if (best === undefined || next === undefined) return [];
    const [second, third] = best.i < next.i ? [best, next] : [next, best];
    return [{ anchor, second, third, cost: anchor.rank + best.rank + next.rank }];
  });
  return offers
    .filter(({ anchor, cost }) => {
      const better = offers.filter(
        (one) =>
          Math.abs(one.anchor.frame - anchor.frame) <= 27 &&
          (one.cost < cost || (one.cost === cost && one.anchor.i < anchor.i)),
      );
      return better.length < 8;
    })
    .map(({ anchor, second, third }) => {
      const bucket = landmarkKey(
        stepCellOf(second.step - anchor.step),
        stepCellOf(third.step - anchor.step),
        Math.floor((second.frame - anchor.frame) / frameCell),
        Math.floor((third.frame - anchor.frame) / frameCell),
      );
      return [bucket | Math.floor(anchor.step / 10), anchor.frame];
    });
}

describe("a reference's landmarks", () => {
  let constellation: Constellation;
  beforeAll(async () => {
    const [first] = await fingerprintCatalog();
    if (first === undefined) throw new Error('the bundle is empty');
    constellation = asReference(first.fingerprint).constellation;
  }, 60_000);

  test('lie on anchors, in their order, at most one each', () => {
    const limits = { frameCount: 500, maxPeaks: 150, ranks: referenceRankCount };
    fc.assert(
      fc.property(anyConstellation(limits), (of) => {
        const { count, keys, frames } = referenceLandmarks(of);
        expect(keys).toHaveLength(count);
        expect(frames).toHaveLength(count);
        expect(count).toBeLessThanOrEqual(of.frames.length);
        for (let i = 0; i < count; i++) {
          expect(of.frames).toContain(frames[i]);
          if (i > 0) expect(frames[i]).toBeGreaterThanOrEqual(frames[i - 1] as number);
          expect(keys[i]).toBeLessThan(2 ** keyBits);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('are what a plain reading of the rule gives, equal ranks and costs included', () => {
    const limits = { frameCount: 300, maxPeaks: 400, ranks: 4 };
    const expectPlain = (of: Constellation) => {
      const { keys, frames } = referenceLandmarks(of);
      expect([...keys].map((key, i) => [key, frames[i]])).toEqual(plainLandmarks(of));
    };
    fc.assert(fc.property(anyConstellation(limits), expectPlain), { numRuns: 100 });
    expectPlain(constellation);
  });

  test('do not depend on when the recording begins', () => {
    const later = { ...constellation, frames: constellation.frames.map((frame) => frame + 1234) };
    const [a, b] = [referenceLandmarks(constellation), referenceLandmarks(later)];
    expect([...b.keys]).toEqual([...a.keys]);
    expect([...b.frames]).toEqual([...a.frames].map((frame) => frame + 1234));
  });

  test('have a bucket that does not depend on pitch', () => {
    const kept = constellation.steps.every((step) => step + stepCell < 640);
    const higher = {
      ...constellation,
      steps: constellation.steps.map((step) => step + (kept ? stepCell : 0)),
    };
    const buckets = (of: Constellation) => [...referenceLandmarks(of).keys].map((key) => key >>> anchorBits);
    expect(buckets(higher)).toEqual(buckets(constellation));
  });

  test('are about eight a second in music', () => {
    const seconds = (constellation.frames.at(-1) as number) / 50;
    const perSecond = referenceLandmarks(constellation).count / seconds;
    expect(perSecond).toBeGreaterThan(6);
    expect(perSecond).toBeLessThan(9);
  });

  test('are at most eight in 28 frames, however many peaks there are', () => {
    const random = seededRandom(1);
    const at = Array.from({ length: 4000 }, (_, i) => i);
    const dense = {
      frames: Uint32Array.from(at, (i) => Math.floor(i / 10)),
      steps: Uint16Array.from(at, (i) => 10 * (i % 10) + (Math.floor(i / 10) % 7)),
      ranks: Uint8Array.from(at, () => 256 * random()),
    };
    const { frames } = referenceLandmarks(dense);
    expect(frames.length).toBeGreaterThan(50);
    for (const first of frames)
      expect(frames.filter((frame) => frame >= first && frame < first + 28).length).toBeLessThanOrEqual(8);
  });

  test('of two peaks are none: a landmark has three', () => {
    const two = { frames: Uint32Array.of(0, 5), steps: Uint16Array.of(1, 2), ranks: Uint8Array.of(0, 1) };
    expect(referenceLandmarks(two).count).toBe(0);
  });
});
