import { Command, InvalidArgumentError } from 'commander';
import type { SearchAnswer } from '../../registry/search-recordings.ts';
import { printAnswer } from '../output/answers.ts';
import { type Column, tableLines } from '../output/table.ts';
import { speak, speaking } from '../registry-api.ts';

const defaultLimit = 20;
const maxLimit = 100;

export function searchCommand(): Command {
  return speaking(new Command('search'), { byMandate: true })
    .summary('search recordings by words of title and artist')
    .description(
      'All of the words, in any order and case, with or without accents. "lov*" is the beginning of a word. Where nothing has\n' +
        'them all, words that look like them are tried.',
    )
    .argument('<word...>', 'of title, artist and version')
    .option('--limit <count>', 'at most so many', parseLimit, defaultLimit)
    .addHelpText('after', '\nExample:\n  $ earmark search great gig sky')
    .action((words: string[], { limit }: { limit: number }, given: Command) =>
      speak(given, async (speaker) => {
        const path = speaker.at('/v1/recordings/search', { q: words.join(' '), limit });
        printAnswer(speaker, await speaker.api.ask<SearchAnswer>('GET', path), searchLines);
      }),
    );
}

function parseLimit(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0 && count <= maxLimit) return count;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${maxLimit}.`);
}

const columns: readonly Column<SearchAnswer['recordings'][number]>[] = [
  ['recording_id', (one) => one.recording_id],
  ['isrc', (one) => one.isrcs[0]?.isrc ?? ''],
  ['external_id', (one) => one.external_id],
  [
    'title · artist',
    ({ title, version, artist }) =>
      [version === null ? title : `${title} (${version})`, artist].filter(Boolean).join(' · '),
  ],
];

function searchLines({ recordings, is_approximate, is_complete }: SearchAnswer): string[] {
  if (recordings.length === 0) return ['nothing has these words'];
  return [
    ...(is_approximate ? ['nothing has these words; what has words that look like them:'] : []),
    ...tableLines(columns, recordings),
    ...(is_complete ? [] : ['there are more than were looked at: give more words']),
  ];
}
