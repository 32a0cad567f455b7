import { Command, Option } from 'commander';
import type { ChallengedPrecision } from '../../registry/report-rows.ts';
import { csvLine, reportFormats } from '../../registry/report-text.ts';
import { printAnswer } from '../output/answers.ts';
import { type Column, tableLines } from '../output/table.ts';
import { type Speaker, speak, speaking } from '../registry-api.ts';

type PeriodOptions = { readonly from?: string; readonly to?: string; readonly party?: string };

export function reportCommand(): Command {
  const command = new Command('report')
    .alias('reports')
    .summary('report what happened in a period, as CSV or NDJSON')
    .addHelpText(
      'after',
      `
Examples:
  $ earmark report claims --from 2026-01-01 --to 2026-02-01 --format csv > claims.csv
  $ earmark report disputes --from 2026-01-01 --to 2027-01-01 | jq -r .state | sort | uniq -c
  $ earmark report challenged-precision --from 2026-01-01 --to 2027-01-01`,
    );
  for (const [name, summary] of [
    ['claims', 'the claims that were raised in a period, as they are now'],
    ['matches', 'what was found in a period in uploads that you reported'],
    ['disputes', 'the disputes that were opened in a period, as they are now'],
  ] as const) {
    ofPeriod(speakingOf(command.command(name), reportFormats, 'a row a line (default: ndjson)'))
      .summary(summary)
      .action((options: PeriodOptions & { format?: string }, given: Command) =>
        speak(given, async ({ api, at }) => {
          const asked = { ...queryOf(options), format: options.format ?? 'ndjson' };
          await write(api.stream(at(`/v1/reports/${name}`, asked)));
        }),
      );
  }
  const formats = ['text', 'json', 'csv'];
  ofPeriod(speakingOf(command.command('challenged-precision'), formats, 'a table (text), JSON or CSV'))
    .summary('how many disputed claims fell, for each claimant')
    .description(
      'Of the claims of each claimant that were raised in the period: how many were disputed, how many of these fell (released\n' +
        'or expired), stood (reinstated, backed by a notice, or the dispute was withdrawn) or wait for an answer.',
    )
    .action((options: PeriodOptions & { format?: string }, given: Command) =>
      speak(given, async (speaker) => {
        const path = speaker.at('/v1/reports/challenged-precision', queryOf(options));
        const answer = await speaker.api.ask<{ claimants: ChallengedPrecision[] }>('GET', path);
        if (options.format === 'csv') process.stdout.write(precisionCsv(answer.claimants));
        else printAnswer(speaker, answer, ({ claimants }) => precisionLines(speaker, claimants));
      }),
    );
  return command;
}

/** A report is for programs in each of its formats, so these stand in the place of the usual ones. */
function speakingOf(command: Command, formats: readonly string[], description: string): Command {
  return speaking(command, {
    byMandate: true,
    format: new Option('--format <format>', description).choices([...formats]),
  });
}

function ofPeriod(command: Command): Command {
  return command
    .option('--from <day>', 'the first day or instant, UTC (default: 30 days before --to)')
    .option('--to <day>', 'the first one after it, at most 366 days later (default: now)')
    .option('--party <party_id>', 'for operators: of this party and not of all');
}

function queryOf({ from, to, party }: PeriodOptions) {
  return { from, to, party_id: party };
}

async function write(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) {
    if (process.stdout.destroyed) return;
    // A reader that is slower than the registry keeps it waiting, and not the rows in memory.
    if (!process.stdout.write(piece)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      process.stdout.once('drain', resolve).once('close', resolve);
      await promise;
    }
  }
}

const shareText = (share: number | null) => (share === null ? '' : `${(share * 100).toFixed(2)} %`);

const columns: readonly Column<ChallengedPrecision>[] = [
  ['claims', (one) => one.claim_count],
  ['disputed', (one) => one.disputed_count],
  ['fallen', (one) => one.fallen_count],
  ['stood', (one) => one.stood_count],
  ['pending', (one) => one.pending_count],
  ['fallen share', (one) => shareText(one.fallen_share)],
  ['party', (one) => one.party],
];

function precisionLines({ api }: Speaker, claimants: readonly ChallengedPrecision[]): string[] {
  if (claimants.length > 0) return tableLines(columns, claimants);
  return [`No claim was raised in this period in ${api.place}.`];
}

function precisionCsv(claimants: readonly ChallengedPrecision[]): string {
  const names = [
    'party_id',
    'party',
    'claim_count',
    'disputed_count',
    'fallen_count',
    'stood_count',
    'pending_count',
    'fallen_share',
  ] as const;
  return [csvLine(names), ...claimants.map((one) => csvLine(names.map((name) => one[name])))].join('');
}
