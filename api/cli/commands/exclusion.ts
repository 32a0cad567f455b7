import { Command } from 'commander';
import type { ExclusionView } from '../../registry/exclusions.ts';
import { printAnswer, printList } from '../output/answers.ts';
import { clock } from '../output/quantities.ts';
import { instantText } from '../output/registry-text.ts';
import type { Column } from '../output/table.ts';
import { recordingIdOf, speak, speaking } from '../registry-api.ts';

const byMandate = { byMandate: true };
const recordingArgument = ['<recording>', 'its recording_id, or external_id of your own'] as const;

const columns: readonly Column<ExclusionView>[] = [
  ['excluded_interval_id', (one) => one.excluded_interval_id],
  ['span', (one) => `${clock(one.start_ms)}–${clock(one.end_ms)}`],
  ['state', (one) => (one.lifted_at === null ? 'excluded' : `lifted ${instantText(one.lifted_at)}`)],
  ['by', (one) => one.lifted_by ?? one.excluded_by],
  ['reason', (one) => one.lift_reason ?? one.reason],
];

export function exclusionCommand(): Command {
  const command = new Command('exclusion')
    .alias('exclusions')
    .summary('list the spans of a recording that must not match, and put one back');
  speaking(command.command('list'), byMandate)
    .summary('list what was excluded by "earmark claim release-and-exclude", and what was put back')
    .argument(...recordingArgument)
    .action((name: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const id = await recordingIdOf(speaker, name);
        const path = `/v1/recordings/${encodeURIComponent(id)}/excluded-intervals`;
        await printList(speaker, { path, name: 'excluded_intervals', columns });
      }),
    );
  speaking(command.command('lift'), byMandate)
    .summary('have a span match again, in past uploads too')
    .argument(...recordingArgument)
    .argument('<excluded_interval_id>', 'as "earmark exclusion list RECORDING" shows it')
    .requiredOption('--reason <text>', 'why; it stays to be read')
    .addHelpText(
      'after',
      '\nExample:\n  $ earmark exclusion lift catalog-000123 019c… --reason "The sample pack was cleared"',
    )
    .action((name: string, spanId: string, { reason }: { reason: string }, given: Command) =>
      speak(given, async (speaker) => {
        const { api, at } = speaker;
        const id = await recordingIdOf(speaker, name);
        const spans = `/v1/recordings/${encodeURIComponent(id)}/excluded-intervals`;
        const path = at(`${spans}/${encodeURIComponent(spanId)}/lift`);
        printAnswer(speaker, await api.ask<ExclusionView>('POST', path, { reason }), liftedLines);
      }),
    );
  return command;
}

function liftedLines(one: ExclusionView): string[] {
  const span = `${clock(one.start_ms)}–${clock(one.end_ms)}`;
  return [
    `${span} matches again since ${instantText(one.lifted_at)}. "earmark retroscan list" shows how far past uploads are looked through for it.`,
  ];
}
