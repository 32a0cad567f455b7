import { Command, Option } from 'commander';
import { maxAlternatives, type TransformSet, transformSets } from '../../../workers/protocol.ts';
import type { ScanAnswer } from '../../registry/scan-answer.ts';
import { openWorkList, type WorkItem } from '../input/items.ts';
import { type AnswerFile, openAnswerFile } from '../output/answer-file.ts';
import { counted } from '../output/quantities.ts';
import { columnsOf, paintFor } from '../output/terminal-text.ts';
import { drawTimeline } from '../output/timeline.ts';
import { openRegistry, type Registry } from '../registry.ts';
import { settingsOf } from '../settings.ts';
import { watchInterruption } from '../work/interruption.ts';
import { fingerprintItem } from '../work/item-fingerprint.ts';
import {
  againGoesOn,
  type ItemResult,
  type ItemRunOutcome,
  runItems,
  speedLine,
  statusOf,
  unfinishedLines,
} from '../work/run-items.ts';

type ScanOptions = {
  readonly manifest?: string;
  readonly output?: string;
  readonly format?: 'table' | 'ndjson';
  readonly fresh?: true;
  readonly transforms: TransformSet;
  readonly alternatives?: boolean;
};

export function scanCommand(): Command {
  return new Command('scan')
    .summary('say which seconds of an upload are which recording')
    .description('Scans uploads against everything registered and says, second by second, what is in them.')
    .argument('[path...]', 'audio files, fingerprint files (.earmark) and folders of them')
    .option('--manifest <file.csv>', 'what to scan: CSV with the columns external_id,path')
    .option(
      '--output <file.ndjson>',
      'write the answers here, one JSON object a line, in the order of the list',
    )
    .addOption(
      new Option('--format <format>', 'what is printed (default: table, or nothing with --output)').choices([
        'table',
        'ndjson',
      ]),
    )
    .addOption(
      new Option('--transforms <set>', 'alterations of tempo and pitch to look for; fewer cost less time')
        .choices([...transformSets])
        .default('all'),
    )
    .option(
      '--alternatives',
      'say of each segment where else in the same recording it agrees: other choruses, say',
    )
    .option('--fresh', 'with --output: scan everything again, also what the file answers already')
    .addHelpText(
      'after',
      `
With --output, running it again keeps the answers that still hold (same index position, file unchanged, same build of
earmark, same --transforms and --alternatives) and scans the rest. While it works the answers are in FILE.ndjson.part; FILE.ndjson appears when it is whole.

A line is {"external_id","duration_ms","index_position","matches":[…],"scan_id"}, or {"external_id","error":{"code",
"message"}} for a file that could not be scanned. Silence is an answer without matches.

Transforms: none finds recordings within 2 % of their tempo, at their pitch. common adds tempo ×0.77…1.4 and pitch
±5 semitones, all ×0.5…1.5 and ±12. Only seconds that the unaltered search leaves open are searched again.

Alternatives: a segment says one place in the recording, the one that agrees best. Where the recording repeats itself, up
to ${maxAlternatives} others are listed too: below the segment in the table, as its "alternatives" in NDJSON.

Examples:
  $ earmark scan upload.mp3
  $ earmark scan uploads/ --format ndjson | jq 'select(.matches != [])'
  $ earmark scan --manifest uploads.csv --output answers.ndjson`,
    )
    .action(async (paths: string[], options: ScanOptions, command: Command) => {
      process.exitCode = await scan(paths, options, command);
    });
}

type ScannedItem = {
  readonly audioMs: number;
  readonly truncated: boolean;
  readonly wasKept: boolean;
  readonly answer: ScanAnswer;
};

async function scan(paths: readonly string[], options: ScanOptions, command: Command): Promise<number> {
  const config = settingsOf(command);
  const list = await openWorkList(paths, options.manifest);
  using interruption = watchInterruption();
  await using registry = await openRegistry(config, 'search');
  const position = await registry.settle();
  const file =
    options.output === undefined
      ? undefined
      : await openAnswerFile(options.output, {
          list,
          position,
          transforms: options.transforms,
          alternatives: options.alternatives ?? false,
          startAfresh: options.fresh === true,
        });
  const print = printerFor(options);
  let [keptCount, matchedCount] = [0, 0];
  const outcome = await runItems<ScannedItem>({
    doing: 'scanning',
    list,
    maxInFlight: registry.maxInFlight,
    interruption,
    work: (item) => scanItem(registry, file, item, options),
    onResult: async (result, progress) => {
      const { item, value } = result;
      if (value?.wasKept) keptCount += 1;
      if (!value) await file?.append(item.externalId, lineOf(result));
      if (value && value.answer.matches.length > 0) matchedCount += 1;
      if (value?.truncated)
        progress.note(`! ${item.externalId}: the file breaks off; scanned what it holds (${item.path})`);
      if (!print) return;
      progress.stepAside();
      print(result);
    },
  });
  const isWhole = !outcome.ended && !outcome.wasInterrupted;
  if (isWhole) await file?.complete();
  else await file?.close();
  console.error(summary(outcome, { keptCount, matchedCount }, isWhole ? options.output : undefined));
  const howToGoOn = file ? againGoesOn : 'With --output it can go on where it stopped.';
  for (const line of unfinishedLines(outcome, list, howToGoOn)) console.error(line);
  return statusOf(outcome);
}

/** @throws what the registry or the decoder refuses it with */
export async function scanItem(
  registry: Registry,
  file: AnswerFile | undefined,
  item: WorkItem,
  { transforms, alternatives = false }: Pick<ScanOptions, 'transforms' | 'alternatives'> = {
    transforms: 'all',
  },
): Promise<ScannedItem> {
  const kept = await file?.findKept(item);
  if (kept !== undefined) return { answer: kept, audioMs: 0, truncated: false, wasKept: true };
  const { fingerprint, durationMs, truncated } = await fingerprintItem(registry, item.path, 'search');
  const answer = await registry.scan({ externalId: item.externalId, fingerprint, transforms, alternatives });
  // At once, and not in its turn: it is safe from a kill while an earlier, longer upload is still being scanned.
  await file?.append(item.externalId, answerLine(item, answer));
  return { answer, audioMs: durationMs, truncated, wasKept: false };
}

function lineOf({ item, value, failure }: ItemResult<ScannedItem>): string {
  if (failure) return JSON.stringify({ external_id: item.externalId, error: failure });
  return answerLine(item, value.answer);
}

function answerLine({ externalId }: WorkItem, { scan_id, ...answer }: ScanAnswer): string {
  return JSON.stringify({ ...answer, external_id: externalId, scan_id });
}

function printerFor({
  format,
  output,
}: ScanOptions): ((result: ItemResult<ScannedItem>) => void) | undefined {
  const printed = format ?? (output === undefined ? 'table' : 'nothing');
  if (printed === 'nothing') return undefined;
  if (printed === 'ndjson') return (result) => process.stdout.write(`${lineOf(result)}\n`);
  const layout = { columns: columnsOf(process.stdout), paint: paintFor(process.stdout) };
  return ({ item, value }) => {
    if (value) process.stdout.write(`${drawTimeline(value.answer, item.externalId, layout)}\n\n`);
  };
}

function summary(
  outcome: ItemRunOutcome,
  { keptCount, matchedCount }: { keptCount: number; matchedCount: number },
  written: string | undefined,
): string {
  const parts = [
    `${counted(outcome.doneCount - outcome.failedCount, 'upload')} scanned`,
    `${matchedCount} with matches`,
    keptCount > 0 ? `${keptCount} answered before` : '',
    outcome.failedCount > 0 ? `${outcome.failedCount} failed` : '',
  ];
  const where = written === undefined ? '' : ` → ${written}`;
  return `${parts.filter(Boolean).join(', ')}: ${speedLine(outcome)}${where}`;
}
