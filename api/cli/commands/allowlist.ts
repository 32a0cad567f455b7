import { Command } from 'commander';
import type { AllowlistEntryView } from '../../registry/allowlist.ts';
import { printAnswer, printList } from '../output/answers.ts';
import type { Column } from '../output/table.ts';
import { speak, speaking } from '../registry-api.ts';

type AddOptions = { readonly platform: string; readonly label?: string; readonly note?: string };

const columns: readonly Column<AllowlistEntryView>[] = [
  ['allowlist_entry_id', (entry) => entry.allowlist_entry_id],
  ['platform', (entry) => entry.platform],
  ['account', (entry) => entry.account],
  ['label', (entry) => entry.label ?? '(whole catalog)'],
  ['note', (entry) => entry.note],
];

export function allowlistCommand(): Command {
  const command = new Command('allowlist').summary('say from which accounts uploads are not claimed for you');
  speaking(command.command('add'))
    .summary('allow an account; claims that there are stay')
    .argument('<account>', 'as the platform calls it')
    .requiredOption('--platform <name>', 'as submissions name it')
    .option('--label <label>', 'only recordings of this label (default: the whole catalog)')
    .option('--note <text>', 'why')
    .addHelpText(
      'after',
      '\nExample:\n  $ earmark allowlist add channel-12 --platform Tube --note "Our own channel"',
    )
    .action((account: string, { platform, label, note }: AddOptions, given: Command) =>
      speak(given, async (speaker) => {
        const body = { platform, account, label, note };
        const entry = await speaker.api.ask<AllowlistEntryView>('POST', '/v1/allowlist', body);
        printAnswer(speaker, entry, (one) => [one.allowlist_entry_id]);
      }),
    );
  speaking(command.command('list'))
    .summary('list the accounts that are allowed')
    .action((_options: object, given: Command) =>
      speak(given, (speaker) => printList(speaker, { path: '/v1/allowlist', name: 'entries', columns })),
    );
  speaking(command.command('remove'))
    .summary('claim from an account again')
    .argument('<allowlist_entry_id>', 'as "earmark allowlist list" shows it')
    .action((id: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        await speaker.api.ask('DELETE', `/v1/allowlist/${encodeURIComponent(id)}`);
        printAnswer(speaker, { allowlist_entry_id: id }, () => [`Removed ${id}.`]);
      }),
    );
  return command;
}
