import { expect, test } from 'vitest';
import { type FoundStretch, reportMatches } from '../../workers/match/report-matches.ts';
import { maxAlternatives } from '../../workers/protocol.ts';

/** The same ten seconds of an upload, at another place of one recording each time. */
function loopOf(count: number): FoundStretch[] {
  return Array.from({ length: count }, (_, i) => ({
    referenceId: 'loop',
    logProbability: -10 - i,
    stretch: {
      alignment: { queryFrame: 0, referenceFrame: i * 1000, tempo: 1, steps: 0 },
      queryBegin: 0,
      queryEnd: 500,
      alignedPeaks: 100,
      expectedPeaks: 120,
    } as FoundStretch['stretch'],
  }));
}

const logsOf = (found: readonly FoundStretch[]) => {
  const [match] = reportMatches(found, 10_000, true);
  const [segment, ...further] = match?.segments ?? [];
  expect(further).toEqual([]);
  const log = (probability = 1) => Math.round(Math.log10(probability));
  return [
    log(segment?.falseMatchProbability),
    ...(segment?.alternatives ?? []).map((one) => log(one.falseMatchProbability)),
  ];
};

test('a segment has its alternatives most certain first', () => {
  expect(logsOf(loopOf(4))).toEqual([-13, -12, -11, -10]);
});

test('a loop that agrees everywhere lists the most certain alternatives, and no more than the limit', () => {
  const logs = logsOf(loopOf(60));
  expect(logs).toEqual(Array.from({ length: 1 + maxAlternatives }, (_, i) => -69 + i));
});
