import { Command, Option } from 'commander';
import type { SubmissionView } from '../../registry/submission-view.ts';
import { contentTypes } from '../../rules/match-facts.ts';
import { asOption } from '../as-option.ts';
import { openWorkList } from '../input/items.ts';
import { counted } from '../output/quantities.ts';
import { openRegistry } from '../registry.ts';
import { settingsOf } from '../settings.ts';
import { watchInterruption } from '../work/interruption.ts';
import { fingerprintItem } from '../work/item-fingerprint.ts';
import { runItems, speedLine, statusOf, unfinishedLines } from '../work/run-items.ts';

type SubmitOptions = {
  readonly manifest?: string;
  readonly platform: string;
  readonly account?: string;
  readonly as?: string;
  readonly contentType?: (typeof contentTypes)[number];
};

type SubmittedItem = { readonly audioMs: number; readonly view: SubmissionView };

export function submitCommand(): Command {
  return new Command('submit')
    .summary('report uploads, and say what is claimed in them')
    .description(
      'Reports uploads of a platform: they are scanned, and what is found in them is claimed for its owners.',
    )
    .argument('[path...]', 'audio files, fingerprint files (.earmark) and folders of them')
    .requiredOption('--platform <name>', 'where they were uploaded')
    .option('--manifest <file.csv>', 'what to submit: CSV with the columns external_id,path')
    .option('--account <account>', 'who uploaded them, as the platform calls them')
    .option(...asOption)
    .addOption(
      new Option('--content-type <type>', 'what kind of uploads they are').choices([...contentTypes]),
    )
    .addHelpText(
      'after',
      `
Prints a line of JSON for each upload, in the order of the list: the submission with its matches, claims and outcome by
territory, or {"external_id","error":{"code","message"}}. An upload that was reported before is answered as it is now;
running the same command again goes on where it stopped.

Examples:
  $ earmark submit --platform Tube --account channel-12 uploads/
  $ earmark submit --platform Tube --manifest uploads.csv | jq '.matches[].claims[]'`,
    )
    .action(async (paths: string[], options: SubmitOptions, command: Command) => {
      process.exitCode = await submit(paths, options, command);
    });
}

async function submit(paths: readonly string[], options: SubmitOptions, command: Command): Promise<number> {
  const config = settingsOf(command);
  const list = await openWorkList(paths, options.manifest);
  using interruption = watchInterruption();
  await using registry = await openRegistry(config, 'search', options.as);
  await registry.settle();
  let claimCount = 0;
  const outcome = await runItems<SubmittedItem>({
    doing: 'submitting',
    list,
    maxInFlight: registry.maxInFlight,
    interruption,
    work: async ({ externalId, path }) => {
      const { fingerprint, durationMs } = await fingerprintItem(registry, path, 'search');
      const upload = {
        platform: options.platform,
        external_id: externalId,
        ...(options.account === undefined ? {} : { account: options.account }),
        ...(options.contentType === undefined ? {} : { content_type: options.contentType }),
      };
      return { audioMs: durationMs, view: await registry.submit({ upload, fingerprint }) };
    },
    onResult: ({ item, value, failure }, progress) => {
      progress.stepAside();
      const line = value?.view ?? { external_id: item.externalId, error: failure };
      process.stdout.write(`${JSON.stringify(line)}\n`);
      claimCount += value?.view.matches.flatMap(({ claims }) => claims).length ?? 0;
    },
  });
  const done = counted(outcome.doneCount - outcome.failedCount, 'upload');
  const failed = outcome.failedCount > 0 ? `, ${outcome.failedCount} failed` : '';
  console.error(`${done} submitted, ${counted(claimCount, 'claim')}${failed}: ${speedLine(outcome)}`);
  for (const line of unfinishedLines(outcome, list)) console.error(line);
  return statusOf(outcome);
}
