import { expect, test } from 'vitest';
import { countHits } from '../../workers/match/count-hits.ts';
import { firstPitchWindow, Hits, windowCount } from '../../workers/match/hits.ts';
import { voteBinShift } from '../../workers/match/parameters.ts';
import { seededRandom } from '../support/synthetic-fingerprint.ts';

const extra = new Uint8Array(windowCount);
const lineVotes = 8;

/** Hits alone, spread over a timeline, and one line of some more. */
function hitsWithLine(strangers: number, diagonal: number, end: number) {
  const random = seededRandom(strangers);
  const hits = new Hits();
  const count = strangers + lineVotes;
  hits.makeRoom(count, 0);
  for (let i = 0; i < count; i++) {
    hits.diagonals[i] = i < strangers ? Math.floor(random() * end) : diagonal;
    hits.positions[i] = i < strangers ? Math.floor(random() * end) : diagonal + 10 * (i - strangers);
  }
  return { hits, count };
}

const timelines = [2 ** 19, 2 ** 22, 2 ** 31, 2 ** 31 + 2 ** 20];

test.each(timelines)('a line keeps its votes wherever it lies on a timeline of %d frames', (end) => {
  for (const strangers of [0, 10, 1_000, 20_000]) {
    for (const diagonal of [0, 1, Math.floor(end / 3), end - 1]) {
      const { hits, count } = hitsWithLine(strangers, diagonal, end);
      const { table } = countHits(hits, count, extra, 3, 60);
      const found = table.find(diagonal >>> voteBinShift, 0);
      expect(found, `${strangers} strangers, diagonal ${diagonal}`).toBeGreaterThanOrEqual(0);
      expect(table.votes[found]).toBeGreaterThanOrEqual(lineVotes);
    }
  }
});

test('most of what is alone is left out, and more where more is found than is wanted', () => {
  const { hits, count } = hitsWithLine(200_000, 12_345, 2 ** 30);
  const { table, isComplete } = countHits(hits, count, extra, 3, 60);
  expect(table.count).toBeLessThan(2_000);
  expect(isComplete).toBe(true);
  const few = countHits(hits, count, extra, 1, 1);
  expect(few.isComplete).toBe(false);
  const all = countHits(hits, count, extra, 1, Number.POSITIVE_INFINITY);
  expect(all.isComplete).toBe(true);
  expect(all.table.count).toBeGreaterThan(100_000);
});

/** Votes of one line among strangers; of each its distance in bins and in pitch windows. */
function crowd(places: readonly (readonly [bins: number, windows: number])[], window: number) {
  const strangers = 5_000;
  const bin = 1_000_000;
  const { hits } = hitsWithLine(strangers, 0, 2 ** 30);
  const count = strangers + places.length;
  hits.makeRoom(count, strangers);
  for (let i = 0; i < strangers; i++) hits.windows[i] = firstPitchWindow + (i % 50);
  for (const [i, [bins, windows]] of places.entries()) {
    hits.diagonals[strangers + i] = (bin + bins) << voteBinShift;
    hits.positions[strangers + i] = 10 * i;
    hits.windows[strangers + i] = window + windows;
  }
  const { table } = countHits(hits, count, extra, 4, Number.POSITIVE_INFINITY);
  return table.find(bin, window) >= 0;
}

// Four windows share a word: whichever comes first in it.
test.each([60, 61, 62, 63])('the windows beside pitch window %d vote with it, and no others', (window) => {
  const own = [0, 0] as const;
  for (const [bins, windows] of [
    [0, 1],
    [0, -1],
    [1, 0],
    [-1, 0],
  ] as const)
    expect(crowd([own, own, [bins, windows], [bins, windows]], window), `${bins}, ${windows}`).toBe(true);
  expect(crowd([own, own, [1, 0], [0, 1]], window)).toBe(true);
  for (const [bins, windows] of [
    [0, 2],
    [0, -2],
    [2, 0],
    [-2, 0],
  ] as const)
    expect(crowd([own, own, [bins, windows], [bins, windows]], window), `${bins}, ${windows}`).toBe(false);
  // Of the two beside it the better one votes.
  expect(crowd([own, own, [1, 0], [-1, 0]], window)).toBe(false);
  expect(crowd([own, own, [0, 1], [0, -1]], window)).toBe(false);
});
