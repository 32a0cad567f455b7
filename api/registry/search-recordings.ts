/**
 * Recordings by words of their title, artist and version: all of the words, in any order, in any case, with or without
 * accents; a word that ends with `*` is the beginning of one. Where nothing has them all, words that look like them are
 * tried. Of a great many the ones nearest to what was asked for are not known: a bounded number is looked at.
 */
import { type Static, Type } from 'typebox';
import type { Scoped } from '../context.ts';
import { RegistryError } from '../errors.ts';
import type { SearchedRecording } from '../store/recording-search.ts';
import { describeRecording, RecordingView } from './recording-view.ts';

export const maxSearchCharacters = 200;
const maxWords = 12;
/** More are not ranked: an index scan, and so many rows read. */
const maxCandidates = 200;
/** Of each word that may be misspelt. */
const maxAlikeWords = 4;
/** Shorter ones look like too many others. */
const minMisspeltCharacters = 4;

export const SearchAnswer = Type.Object({
  recordings: Type.Array(RecordingView, { description: 'What is nearest to what was asked for first.' }),
  is_approximate: Type.Boolean({
    description: 'Nothing has these words; words that look like them were tried.',
  }),
  is_complete: Type.Boolean({
    description: `False where more have these words than the ${maxCandidates} that were looked at: ask for more words.`,
  }),
});
export type SearchAnswer = Static<typeof SearchAnswer>;

type AskedWord = { readonly word: string; readonly isPrefix: boolean };

/** `partyId` undefined: of everybody's, for operators. Throws REQUEST_INVALID where there is no word in it. */
export async function searchRecordings(
  context: Scoped,
  {
    text,
    partyId,
    limit,
  }: { readonly text: string; readonly partyId: string | undefined; readonly limit: number },
): Promise<SearchAnswer> {
  const words = await readWords(context, text);
  const isOfEveryParty = partyId === undefined;
  const search = (terms: string) =>
    context.store.searchRecordings({ terms, atMost: maxCandidates + 1, isOfEveryParty });
  let found = await search(words.map(termOf).join(' & '));
  const isApproximate = found.length === 0;
  if (isApproximate) {
    const terms = await alikeTerms(context, words);
    found = terms === undefined ? [] : await search(terms);
  }
  const ranked = rankRecordings(
    words.map(({ word }) => word),
    found,
  );
  const rows = await context.store.describeFoundRecordings(ranked.slice(0, limit));
  return {
    recordings: rows.map(describeRecording),
    is_approximate: isApproximate && rows.length > 0,
    is_complete: found.length <= maxCandidates,
  };
}

async function readWords(context: Scoped, text: string): Promise<AskedWord[]> {
  const given = text.slice(0, maxSearchCharacters);
  const words = await context.store.searchWordsOf(given);
  if (words.length === 0) {
    throw new RegistryError(
      'REQUEST_INVALID',
      `q: expected at least one word; received ${JSON.stringify(text.slice(0, 60))}.`,
    );
  }
  const beginnings = given.match(/\S+(?=\*(\s|$))/g) ?? [];
  const prefixes = beginnings.length === 0 ? [] : await context.store.searchWordsOf(beginnings.join(' '));
  return words.slice(0, maxWords).map((word) => ({ word, isPrefix: prefixes.includes(word) }));
}

/** Of a tsquery. No word has a quote or a backslash in it. */
const termOf = ({ word, isPrefix }: AskedWord): string => `'${word}'${isPrefix ? ':*' : ''}`;

/** The words and those that look like them; undefined where there are none of these. */
async function alikeTerms(context: Scoped, words: readonly AskedWord[]): Promise<string | undefined> {
  const doubtful = words.filter(({ word, isPrefix }) => !isPrefix && word.length >= minMisspeltCharacters);
  if (doubtful.length === 0) return undefined;
  const asked = doubtful.map(({ word }) => word);
  const alike = await context.store.listAlikeWords({ asked, atMost: maxAlikeWords + 1 });
  let isWidened = false;
  const terms = words.map((one) => {
    const others = alike
      .filter(({ asked, word }) => asked === one.word && word !== one.word)
      .slice(0, maxAlikeWords);
    isWidened ||= others.length > 0;
    const any = [one, ...others.map(({ word }) => ({ word, isPrefix: false }))];
    return `(${any.map(termOf).join(' | ')})`;
  });
  return isWidened ? terms.join(' & ') : undefined;
}

const folded = (text: string | undefined): string =>
  (text ?? '')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’`´]/g, '')
    .toLowerCase();

/**
 * By what share of the title is what was asked for, then of title and artist together; ties by age. A title that is
 * asked for whole so comes before one in which it is among others.
 */
function rankRecordings<Row extends Pick<SearchedRecording, 'recordingId' | 'title' | 'artist' | 'version'>>(
  words: readonly string[],
  rows: readonly Row[],
): Row[] {
  const shareOf = (text: string): number => {
    const letters = text.replace(/[^\p{L}\p{N}]/gu, '').length;
    const asked = words.filter((word) => text.includes(word)).reduce((sum, word) => sum + word.length, 0);
    return letters === 0 ? 0 : Math.min(1, asked / letters);
  };
  const scored = rows.map((row) => {
    const title = shareOf(folded(row.title));
    const all = shareOf(folded(`${row.title ?? ''} ${row.artist ?? ''} ${row.version ?? ''}`));
    return { row, score: title + 2 * all };
  });
  return scored
    .sort((a, b) => b.score - a.score || (a.row.recordingId < b.row.recordingId ? -1 : 1))
    .map(({ row }) => row);
}
