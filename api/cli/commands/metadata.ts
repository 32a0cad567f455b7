import { createReadStream, statSync } from 'node:fs';
import { Command, Option } from 'commander';
import { RegistryError } from '../../errors.ts';
import type { LoadAnswer, LoadCounts } from '../../registry/load-metadata.ts';
import { type MetadataFormat, metadataColumns, metadataFormats } from '../../registry/metadata-rows.ts';
import { CommandError, exitStatus, usageError } from '../exit-status.ts';
import { openMetadataLoader } from '../metadata-loader.ts';
import { counted, whole } from '../output/quantities.ts';
import { settingsOf } from '../settings.ts';
import { watchInterruption } from '../work/interruption.ts';
import { openProgress } from '../work/progress.ts';

type LoadOptions = {
  readonly as?: string;
  readonly format?: MetadataFormat;
  readonly delivery?: string;
  readonly onlyExisting?: true;
};

export function metadataCommand(): Command {
  const command = new Command('metadata').summary('load what is known of many recordings');
  command
    .command('load')
    .summary('make recordings and assert identifiers from CSV or NDJSON')
    .argument('<file>', 'rows of metadata')
    .addOption(
      new Option('--format <format>', "of the file (default: by the file's ending)").choices([
        ...metadataFormats,
      ]),
    )
    .option('--delivery <text>', 'the message or file that says so')
    .option('--only-existing', 'make no recording: rows of unknown ones are refused')
    .option('--as <party>', 'without --url: in the name of this party, by name or party_id')
    .addHelpText(
      'after',
      `
The first line of CSV names the columns, one of them external_id; used are
  ${metadataColumns.slice(0, 7).join(', ')}, ${metadataColumns.slice(7).join(', ')}.
NDJSON has an object with these names on each line. What is given replaces what was; identifiers are kept beside those
asserted before. A recording may come before its audio: register that under the same external_id.

Prints a line of JSON for each row that is refused, with its line and code, and for each that is at odds with other
assertions. Broken off, run it again: what was loaded is unchanged.

Examples:
  $ earmark metadata load catalog.csv --delivery "2026-01" > at-odds.ndjson
  $ earmark metadata load rows.ndjson --only-existing | jq -r 'select(.type == "refused") | .line'`,
    )
    .action(async (file: string, options: LoadOptions, given: Command) => {
      process.exitCode = await load(file, options, given);
    });
  return command;
}

async function load(file: string, options: LoadOptions, command: Command): Promise<number> {
  const config = settingsOf(command);
  const format = options.format ?? formatOf(file);
  const size = sizeOf(file);
  using interruption = watchInterruption();
  await using loader = await openMetadataLoader(config, options.as);
  const progress = openProgress({ doing: 'loading', itemCount: size, isBytes: true });
  let readBytes = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const piece of createReadStream(file, { highWaterMark: 2 ** 18 })) {
      if (interruption.signal.aborted) throw interrupted();
      readBytes += piece.length;
      yield piece;
    }
  }
  let last: LoadCounts | undefined;
  const { delivery, onlyExisting } = options;
  const onIgnored = (columns: readonly string[]) => {
    if (columns.length > 0) progress.note(`columns that are not used: ${columns.join(', ')}`);
  };
  try {
    for await (const answer of loader.load({ format, delivery, onlyExisting, onIgnored }, bytes())) {
      if (answer.type === 'refused' || answer.type === 'conflict') await print(answer, progress.stepAside);
      else last = answer;
      progress.advanceTo(readBytes, 0);
    }
  } catch (error) {
    if (last) progress.note(`Before that: ${summary(last)}`);
    throw error instanceof RegistryError && error.code === 'METADATA_INVALID'
      ? usageError(error.message, { cause: error })
      : error;
  } finally {
    progress.stop();
  }
  if (last) console.error(summary(last, progress.elapsedMs));
  return last && last.refused > 0 ? exitStatus.someFailed : exitStatus.fine;
}

/** A reader that is slower than the registry keeps it waiting. */
async function print(answer: LoadAnswer, stepAside: () => void): Promise<void> {
  if (process.stdout.isTTY) stepAside();
  if (process.stdout.destroyed || process.stdout.write(`${JSON.stringify(answer)}\n`)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  process.stdout.once('drain', resolve).once('close', resolve);
  await promise;
  process.stdout.off('drain', resolve).off('close', resolve);
}

function summary(counts: LoadCounts, elapsedMs?: number): string {
  const rate =
    elapsedMs === undefined ? '' : `, ${whole(Math.round(counts.rows / (elapsedMs / 1000)))} a second`;
  return [
    `${counted(counts.rows, 'row')}${rate}`,
    `${counted(counts.new_recordings, 'recording')} new, ${whole(counts.changed_recordings)} changed, ${whole(counts.unchanged_recordings)} unchanged`,
    `${counted(counts.new_identifiers, 'identifier')} new, ${whole(counts.unchanged_identifiers)} unchanged`,
    `${whole(counts.conflicts)} at odds, ${whole(counts.refused)} refused`,
  ].join('; ');
}

function formatOf(file: string): MetadataFormat {
  if (/\.(ndjson|jsonl)$/i.test(file)) return 'ndjson';
  if (/\.csv$/i.test(file)) return 'csv';
  throw usageError(`${file} ends with neither .csv nor .ndjson: say --format.`);
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw usageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

const interrupted = () =>
  new CommandError(
    exitStatus.interrupted,
    'Interrupted; run it again to go on: what was loaded is unchanged.',
  );
