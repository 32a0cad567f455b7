/** What is asked of a catalog: words as people type them, taken from rows that are in it. */
import { seededRandom } from '../report/statistics.ts';
import { type CatalogRow, wordAt } from './catalog-rows.ts';

export const questionKinds = [
  'one rare word',
  'one common word',
  'two words of a title',
  'title and artist',
  'beginning of a word',
  'misspelt',
] as const;
export type QuestionKind = (typeof questionKinds)[number];

/** Of the commonest so many, each in one of 12 to 200 titles; `the` alone is asked apart. */
const commonWords = 60;

/** One letter left out, doubled, exchanged or swapped, not the first: as typing does it. */
function misspell(word: string, random: () => number): string {
  const at = 1 + Math.floor(random() * (word.length - 2));
  const letter = String.fromCharCode(97 + Math.floor(random() * 26));
  const [before, here, next, after] = [
    word.slice(0, at),
    word.charAt(at),
    word.charAt(at + 1),
    word.slice(at + 2),
  ];
  switch (Math.floor(random() * 4)) {
    case 0:
      return `${before}${next}${after}`;
    case 1:
      return `${before}${here}${here}${next}${after}`;
    case 2:
      return `${before}${letter}${next}${after}`;
    default:
      return `${before}${next}${here}${after}`;
  }
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(' ');
const longest = (words: readonly string[]): string =>
  words.reduce((a, b) => (b.length > a.length ? b : a), '');

/** The same for the same seed. */
export function questions(
  kind: QuestionKind,
  rows: readonly CatalogRow[],
  count: number,
  seed: number,
): string[] {
  const random = seededRandom(seed);
  const pick = (isFit: (row: CatalogRow) => boolean): CatalogRow => {
    for (;;) {
      const row = rows[Math.floor(random() * rows.length)] as CatalogRow;
      if (isFit(row)) return row;
    }
  };
  const isLongTitle = ({ title }: CatalogRow) => wordsOf(title).length >= 2;
  const makers: Record<QuestionKind, () => string> = {
    'one rare word': () => longest(wordsOf(pick(({ artist }) => longest(wordsOf(artist)).length > 6).artist)),
    'one common word': () => wordAt(1 + Math.floor(random() * commonWords)),
    'two words of a title': () => wordsOf(pick(isLongTitle).title).slice(0, 2).join(' '),
    'title and artist': () => {
      const { title, artist } = pick(() => true);
      return `${title} ${artist}`;
    },
    'beginning of a word': () => {
      const word = longest(wordsOf(pick(({ title }) => longest(wordsOf(title)).length >= 6).title));
      return `${word.slice(0, 5)}*`;
    },
    misspelt: () => {
      const { title, artist } = pick((row) => longest(wordsOf(row.title)).length >= 6);
      const wrong = longest(wordsOf(title));
      return `${misspell(wrong, random)} ${longest(wordsOf(artist))}`;
    },
  };
  return Array.from({ length: count }, () => makers[kind]());
}
