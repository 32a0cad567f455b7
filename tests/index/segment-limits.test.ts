import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxFingerprintBytes, maxFingerprintDurationMs } from '../../workers/fingerprint/fingerprint-file.ts';
import { packConstellation } from '../../workers/fingerprint/packed-constellation.ts';
import { frameMs, referenceRankCount } from '../../workers/fingerprint/parameters.ts';
import { keyBits } from '../../workers/index/landmark.ts';
import { layoutSegment, slotBitsOf, timelineGapFrames } from '../../workers/index/segment.ts';
import {
  findExcess,
  maxFirstRunBytes,
  type SegmentContents,
  segmentLimits,
  shareOfFull,
} from '../../workers/index/segment-limits.ts';
import { bias } from '../../workers/match/hits.ts';

const { timelineFrames, references } = segmentLimits;
const anyContents = fc.record({
  timelineFrames: fc.integer({ min: 0, max: 2 ** 32 }),
  references: fc.integer({ min: 0, max: 2 ** 22 }),
  constellationBytes: fc.integer({ min: 0, max: 2 ** 33 }),
});

describe('the limits of a segment', () => {
  test('are kept by what comes to one full segment together, and by that only', () => {
    fc.assert(
      fc.property(fc.array(anyContents, { minLength: 1, maxLength: 20 }), fc.nat(30), (some, scale) => {
        const parts = some.map((one) => mapped(one, (value) => Math.floor(value / 2 ** scale)));
        const whole = parts.reduce(
          (sum, one) => mapped(sum, (value, name) => value + one[name]),
          mapped(segmentLimits, () => 0),
        );
        const shares = parts.reduce((sum, one) => sum + shareOfFull(one), 0);
        if (shares <= 1) expect(findExcess(whole)).toBeUndefined();
        expect(findExcess(whole) === undefined).toBe(shareOfFull(whole) <= 1);
      }),
      { numRuns: 500 },
    );
  });

  test('say what is too much', () => {
    expect(findExcess(segmentLimits)).toBeUndefined();
    expect(shareOfFull(segmentLimits)).toBe(1);
    for (const name of Object.keys(segmentLimits) as (keyof SegmentContents)[]) {
      const more = { ...segmentLimits, [name]: segmentLimits[name] + 1 };
      expect(findExcess(more)).toMatch(name);
      expect(shareOfFull(more)).toBeGreaterThan(1);
    }
  });

  test('leave the first run room for the most landmarks that a full timeline can have', () => {
    const postings = Math.ceil((timelineFrames * 8) / 28);
    const slotBits = slotBitsOf(postings, timelineFrames);
    expect(slotBits).toBe(keyBits);
    // A bit of the slots, and a posting and a slot together, are numbers below 2^31.
    expect(postings + 2 ** slotBits).toBeLessThan(2 ** 31);
    expect(layoutSegment(references, postings, slotBits).bytes).toBeLessThan(maxFirstRunBytes);
  });

  test('leave a vote room for an upload that begins before its reference', () => {
    expect(timelineFrames + bias).toBeLessThan(2 ** 32);
  });

  test('have room for the longest fingerprint', () => {
    expect(maxFingerprintDurationMs / frameMs + 2 * timelineGapFrames).toBeLessThan(timelineFrames);
  });

  test('have room for a batch of the feed: a packed constellation has no more than 16 frames a byte', () => {
    const mostBytes = 32 * 2 ** 20 + maxFingerprintBytes;
    expect(16 * mostBytes + 4096 * (1 + timelineGapFrames)).toBeLessThan(timelineFrames);
    for (const frame of [1000, 100_000, maxFingerprintDurationMs / frameMs - 1]) {
      const late = { frames: Uint32Array.of(frame), steps: Uint16Array.of(3), ranks: Uint8Array.of(0) };
      expect(16 * packConstellation(late, referenceRankCount).length).toBeGreaterThan(frame);
    }
  });
});

function mapped(
  contents: SegmentContents,
  change: (value: number, name: keyof SegmentContents) => number,
): SegmentContents {
  return {
    timelineFrames: change(contents.timelineFrames, 'timelineFrames'),
    references: change(contents.references, 'references'),
    constellationBytes: change(contents.constellationBytes, 'constellationBytes'),
  };
}
