/** What is said of a stretch by three windows is a bound: chance does not give more than it says. */
import { describe, expect, test } from 'vitest';
import { grantedPart, logProbabilityOfPoints } from '../../workers/match/points.ts';
import { seededRandom } from '../support/synthetic-fingerprint.ts';

const scores = [0, 0.4, 0.54, 0.65, 0.78, 0.9, 1];
/** As in noise at −5 dB. */
const byChance = [0.891, 0.026, 0.042, 0.0103, 0.018, 0.0037, 0.009];
const inNoise = [0.337, 0.041, 0.135, 0.057, 0.162, 0.062, 0.206];
const peaks = 130;
const observations = peaks / 1.3;

function drawn(random: () => number, shares: readonly number[], count: number): number[] {
  const counts = scores.map(() => 0);
  for (let i = 0; i < count; i++) {
    let left = random();
    let points = 0;
    while (points < shares.length - 1 && left >= (shares[points] as number))
      left -= shares[points++] as number;
    counts[points] = (counts[points] as number) + 1;
  }
  return counts.map((n) => n / count);
}

describe('the probability of points', () => {
  test('bounds how often chance gives as many', () => {
    const random = seededRandom(7);
    const stated = Array.from({ length: 20_000 }, () =>
      logProbabilityOfPoints({ held: drawn(random, byChance, observations), byChance }, peaks, 0, 1),
    );
    for (const log of [-0.5, -1, -2, -3]) {
      const share = stated.filter((one) => one <= log).length / stated.length;
      expect(share, `${log}`).toBeLessThanOrEqual(10 ** log);
      // A bound that says nothing would hold as well.
      if (log >= -2) expect(share, `${log}`).toBeGreaterThan(10 ** log / 30);
    }
  });

  test('says more than the one window does', () => {
    const log = logProbabilityOfPoints({ held: inNoise, byChance }, peaks, 0, 1);
    // By the one window .55 of the peaks agree and .06 by chance: .385 digits each.
    expect(log).toBeLessThan(-0.385 * observations * 1.15);
  });

  test('is nothing where no more is held than chance gives', () => {
    expect(logProbabilityOfPoints({ held: byChance, byChance }, peaks, 0, 1)).toBe(0);
    expect(logProbabilityOfPoints({ held: inNoise, byChance: inNoise }, peaks, 0, 1)).toBe(0);
    expect(logProbabilityOfPoints({ held: inNoise, byChance }, peaks, 1, 1)).toBe(0);
  });

  test('grows by what was tried, and by what is granted', () => {
    const of = (alike: number, tried: number) =>
      logProbabilityOfPoints({ held: inNoise, byChance }, peaks, alike, tried);
    expect(of(0, 1000)).toBeCloseTo(of(0, 1) + 3, 9);
    expect(of(0.1, 1)).toBeGreaterThan(of(0, 1) + 5);
  });

  test('counts no more than 8 s of peaks', () => {
    const of = (count: number) => logProbabilityOfPoints({ held: inNoise, byChance }, count, 0, 1);
    expect(of(160)).toBeLessThan(of(100));
    expect(of(400)).toBe(of(160));
  });
});

test.each([
  { agreement: 0.5, chance: 0.1, granted: 0.1, part: 0.04 },
  { agreement: 0.5, chance: 0.1, granted: 0.284, part: 0.5 },
  { agreement: 0.5, chance: 0.1, granted: 0.6, part: 1 },
  { agreement: 0.1, chance: 0.1, granted: 0.1, part: 1 },
])('of $agreement that agree, $granted granted over $chance are the part $part', (it) => {
  expect(grantedPart(it.agreement, it.chance, it.granted)).toBeCloseTo(it.part, 9);
});
