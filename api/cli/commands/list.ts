import { Command, InvalidArgumentError } from 'commander';
import type { RecordingView } from '../../registry/recording-view.ts';
import { clock } from '../output/quantities.ts';
import { columnCount, printable, toWidth } from '../output/terminal-text.ts';
import { openRegistry, type RecordingQuery } from '../registry.ts';
import { settingsOf } from '../settings.ts';

type ListOptions = {
  readonly limit: number;
  readonly all?: true;
  readonly json?: true;
  readonly isrc?: string;
  readonly externalId?: string;
  readonly title?: string;
};

const pageSize = 200;
const defaultLimit = 50;

export function listCommand(): Command {
  return new Command('list')
    .summary('list what is registered')
    .option('--external-id <id>', 'only the recording with this id')
    .option('--isrc <isrc>', 'only recordings said to have this ISRC, with or without hyphens')
    .option('--title <text>', 'only recordings with this in their title, in any case')
    .option('--limit <count>', 'at most so many', parseCount, defaultLimit)
    .option('--all', 'all of them')
    .option('--json', 'one JSON object a line')
    .action(async (options: ListOptions, command: Command) => {
      await list(options, command);
    });
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('Expected a whole number from 1 up.');
}

async function list(options: ListOptions, command: Command): Promise<void> {
  await using registry = await openRegistry(settingsOf(command), 'records');
  const { isrc, externalId, title } = options;
  const filter = Object.entries({ isrc, externalId, title }).filter(([, value]) => value !== undefined);
  const print = options.json === true ? printJson : printTable;
  let left = options.all === true ? Number.POSITIVE_INFINITY : options.limit;
  let cursor: string | undefined;
  let shownCount = 0;
  do {
    const query: RecordingQuery = {
      limit: Math.min(pageSize, left),
      ...Object.fromEntries(filter),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const page = await registry.list(query);
    print(page.recordings, shownCount === 0);
    shownCount += page.recordings.length;
    left -= page.recordings.length;
    cursor = page.nextCursor;
  } while (cursor !== undefined && left > 0);
  if (cursor !== undefined) console.error(`The first ${shownCount}; --all shows the rest.`);
  if (shownCount === 0)
    console.error(`No recording in ${registry.place}${filter.length > 0 ? ' is like that' : ' yet'}.`);
}

function printJson(recordings: readonly RecordingView[]): void {
  for (const recording of recordings) console.log(JSON.stringify(recording));
}

const columns: readonly { head: string; width: number; text: (recording: RecordingView) => string }[] = [
  { head: 'recording_id', width: 36, text: (recording) => recording.recording_id },
  { head: 'length', width: 9, text: (recording) => clock(recording.references[0]?.duration_ms ?? 0) },
  { head: 'isrc', width: 12, text: (recording) => recording.isrcs[0]?.isrc ?? '' },
  { head: 'external_id', width: 32, text: (recording) => recording.external_id },
  {
    head: 'title · artist',
    width: 0,
    text: ({ title, artist }) => [title, artist].filter(Boolean).join(' · '),
  },
];

/** Pages are aligned by fixed widths; what is wider than its column pushes the rest, rather than being cut. */
function printTable(recordings: readonly RecordingView[], isFirst: boolean): void {
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => toWidth(cell, Math.max(columnCount(cell), columns[at]?.width ?? 0)))
      .join('  ')
      .trimEnd();
  if (isFirst && recordings.length > 0) console.log(line(columns.map(({ head }) => head)));
  for (const recording of recordings)
    console.log(line(columns.map(({ text }) => printable(text(recording)))));
}
