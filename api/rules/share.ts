/**
 * Shares of a right. Counted in whole millionths, which is 1/10,000 of a percent, because percentages as floating
 * point do not add up: 33.3333 % three times and 0.0001 % are exactly the whole, and a conflict begins one millionth
 * above it. DDEX sends shares as decimals (RightSharePercentage).
 */
import { RuleError, shown } from './rule-error.ts';

export const wholePpm = 1_000_000;
const ppmOfPercent = 10_000;
const maxDigits = 20;

/** 12.5, "12.5" or "12.5000" to 125,000 millionths. Above 0 and up to 100 percent, four decimals. Throws `SHARE_INVALID`. */
export function parseShare(percent: string | number): number {
  const text = String(percent).trim();
  const parts = text.length <= maxDigits ? /^(\d{1,3})(?:\.(\d{1,4})0*)?$/.exec(text) : null;
  const whole = Number(parts?.[1]) * ppmOfPercent;
  const sharePpm = whole + Number((parts?.[2] ?? '').padEnd(4, '0'));
  if (sharePpm > 0 && sharePpm <= wholePpm) return sharePpm;
  throw new RuleError(
    'SHARE_INVALID',
    `share: expected a percentage above 0 and up to 100 with at most four decimals, such as 33.3333; received ${shown(percent)}`,
  );
}

/** The percentage as decimal text without trailing zeroes: 125,000 is "12.5". */
export function formatShare(sharePpm: number): string {
  const decimals = String(sharePpm % ppmOfPercent)
    .padStart(4, '0')
    .replace(/0+$/, '');
  const whole = String(Math.floor(sharePpm / ppmOfPercent));
  return decimals === '' ? whole : `${whole}.${decimals}`;
}
