import { expect, it } from 'vitest';
import { columnCount, printable, toWidth } from '../../api/cli/output/terminal-text.ts';

it('counts a wide character as two columns and a combining one as none', () => {
  expect(['abc', '夜の歌', 'e\u0301', '🎵', ''].map(columnCount)).toEqual([3, 6, 1, 2, 0]);
});

it('pads or cuts to exactly the width asked for', () => {
  for (const text of ['', 'short', 'rather longer than that', '夜の歌を聴く', '夜a歌b聴']) {
    expect(columnCount(toWidth(text, 8))).toBe(8);
  }
  expect(toWidth('rather longer', 8)).toBe('rather …');
});

it('replaces what could move the cursor or turn the text round, and keeps joiners', () => {
  expect(printable('a\u001b[2Jb\u202ec\u2066d\r\ne')).toBe('a�[2Jb�c�d��e');
  expect(printable('क्\u200dष')).toBe('क्\u200dष');
});
