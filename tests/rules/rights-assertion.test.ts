import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describePeriod, isCalendarDay } from '../../api/rules/calendar-day.ts';
import { readRightsAssertion } from '../../api/rules/rights-assertion.ts';
import { formatShare, parseShare, wholePpm } from '../../api/rules/share.ts';
import { describeTerritories } from '../../api/rules/territory.ts';

describe('a share', () => {
  it.each([
    ['100', 1_000_000],
    [100, 1_000_000],
    ['33.3333', 333_333],
    [12.5, 125_000],
    ['12.500000', 125_000],
    ['0.0001', 1],
    [' 7 ', 70_000],
  ])('%j is %i millionths', (percent, sharePpm) => {
    expect(parseShare(percent)).toBe(sharePpm);
  });

  it.each([
    '0',
    '0.00001',
    '100.0001',
    '101',
    '-5',
    '5e1',
    '1/2',
    '',
    'NaN',
    '50,5',
    '.5',
    '5.',
    Number.NaN,
    1e-7,
  ])('%j is refused', (percent) => {
    expect(() => parseShare(percent)).toThrow(expect.objectContaining({ code: 'SHARE_INVALID' }));
  });

  it('is read again as it is written, each of a million', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: wholePpm }), (sharePpm) => {
        expect(parseShare(formatShare(sharePpm))).toBe(sharePpm);
      }),
    );
  });
});

describe('a day', () => {
  it('is one of the calendar, and the calendar is the one Date has', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 9999 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const date = new Date(Date.UTC(year, month - 1, day));
          const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && day > 0;
          const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
          expect([text, isCalendarDay(text)]).toEqual([text, real]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each(['2023-02-29', '1900-02-29', '0000-01-01', '2024-1-1', '20240101', ''])('%j is none', (text) => {
    expect(isCalendarDay(text)).toBe(false);
  });
});

const written = {
  right: 'AllRights',
  share: '50',
  territories: { include: ['Worldwide'], exclude: ['US'] },
  from: '2024-02-29',
  basis: 'SuccessorInTitle',
};

describe('a rights assertion', () => {
  it('is read with its territories resolved and its share counted', () => {
    const read = readRightsAssertion(written);
    expect(read).toMatchObject({ right: 'AllRights', sharePpm: 500_000, evidence: null });
    expect(describeTerritories(read.territories)).toBe('Worldwide except US');
    expect(describePeriod(read.period)).toBe('from 2024-02-29');
  });

  it.each([
    [{ ...written, from: '2023-02-29' }, 'RIGHTS_ASSERTION_INVALID'],
    [{ ...written, to: '2024-02-29' }, 'RIGHTS_ASSERTION_INVALID'],
    [{ ...written, right: 'PrintRight' }, 'RIGHTS_ASSERTION_INVALID'],
    [{ ...written, basis: 'Owner' }, 'RIGHTS_ASSERTION_INVALID'],
    [{ ...written, evidence: 'x'.repeat(501) }, 'RIGHTS_ASSERTION_INVALID'],
    [{ ...written, owner: 'me' }, 'RIGHTS_ASSERTION_INVALID'],
    [null, 'RIGHTS_ASSERTION_INVALID'],
    [{ ...written, share: '120' }, 'SHARE_INVALID'],
    [{ ...written, territories: { include: ['XX'] } }, 'TERRITORY_INVALID'],
  ])('%j is refused as %s', (given, code) => {
    expect(() => readRightsAssertion(given)).toThrow(expect.objectContaining({ code }));
  });
});
