import { describe, expect, it } from 'vitest';
import { type FactSegment, matchFacts } from '../../api/rules/match-facts.ts';
import type { MatchSegment } from '../../workers/protocol.ts';

const segment = (queryStartMs: number, queryEndMs: number, over: Partial<FactSegment> = {}): FactSegment => ({
  queryStartMs,
  queryEndMs,
  referenceStartMs: queryStartMs,
  referenceEndMs: queryEndMs,
  transform: 'none',
  falseMatchProbability: 1e-8,
  ...over,
});
const match = (segments: readonly FactSegment[]) =>
  matchFacts({ segments, uploadMs: 100_000, referenceMs: 200_000, contentType: null });

describe('the facts of a match', () => {
  it('count a second once, however many segments cover it', () => {
    const facts = match([segment(40_000, 60_000), segment(10_000, 30_000), segment(20_000, 45_000)]);
    expect(facts).toMatchObject({ matchSeconds: 50, percentOfUpload: 50, percentOfReference: 25 });
  });

  it('stay within the upload and the recording', () => {
    expect(match([segment(-500, 100_400)])).toMatchObject({ matchSeconds: 100, percentOfUpload: 100 });
  });

  it('are as certain as the most certain segment', () => {
    const unsure = { falseMatchProbability: 1e-6 };
    expect(match([segment(0, 1, unsure), segment(2, 3)]).falseMatchProbability).toBe(1e-8);
  });

  it('name each transform once', () => {
    const speed = { transform: 'speed' } as const;
    expect(match([segment(0, 1, speed), segment(2, 3), segment(4, 5, speed)]).transforms).toEqual([
      'none',
      'speed',
    ]);
  });

  it('are made of what the matcher reports', () => {
    const reported: FactSegment = {} as MatchSegment;
    expect(reported).toEqual({});
  });
});
