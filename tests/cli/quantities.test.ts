import { expect, it } from 'vitest';
import { byteSize, clock, duration, odds, timesRealTime } from '../../api/cli/output/quantities.ts';

it('writes a moment as a player shows it', () => {
  expect([0, 7_340, 59_960, 725_000, 3_753_449].map((ms) => clock(ms))).toEqual([
    '0:00.0',
    '0:07.3',
    '1:00.0',
    '12:05.0',
    '1:02:33.4',
  ]);
  expect(clock(90_000, 0)).toBe('1:30');
});

it('writes a length of time with no more precision than it is read with', () => {
  expect([420, 9_970, 61_000, 13_200_000, 864_000_000].map(duration)).toEqual([
    '0.4 s',
    '10 s',
    '1 min 1 s',
    '3 h 40 min',
    '10 days',
  ]);
});

it('writes a probability as odds', () => {
  expect([0.6, 0.025, 1e-3, 3e-12, 1e-45, 0].map(odds)).toEqual([
    'as good as chance',
    '1 in 40',
    '1 in 1,000',
    '1 in 10¹¹',
    '1 in 10⁴⁵',
    '< 1 in 10³⁰⁰',
  ]);
});

it('writes sizes and speeds', () => {
  expect([812, 999, 14_240_000, 800_000_000_000].map(byteSize)).toEqual([
    '812 B',
    '999 B',
    '14.2 MB',
    '800 GB',
  ]);
  expect(timesRealTime(412_000, 1000)).toBe('412 × real time');
  expect(timesRealTime(0, 0)).toBe('0.0 × real time');
});
