import { Command, Option } from 'commander';
import type { OwnershipConflictView } from '../../registry/ownership-conflict-view.ts';
import { rights } from '../../rules/rights-record.ts';
import { collected } from '../local-records.ts';
import { printAnswer, printList } from '../output/answers.ts';
import { instantText, territoriesText } from '../output/registry-text.ts';
import { type Column, fieldLines } from '../output/table.ts';
import { partyIdOf, recordingIdOf, speak, speaking } from '../registry-api.ts';

type DecideOptions = {
  readonly setAside: readonly string[];
  readonly uphold?: readonly string[];
  readonly reason: string;
  readonly right?: string;
  readonly territory?: readonly string[];
  readonly except?: readonly string[];
  readonly from?: string;
  readonly to?: string;
};

const byMandate = { byMandate: true };
const conflictArgument = ['<ownership_conflict_id>', 'as "earmark conflict list" shows it'] as const;

export function conflictCommand(): Command {
  const command = new Command('conflict')
    .alias('conflicts')
    .summary('list and decide ownership conflicts: where more than 100 % is asserted');
  speaking(command.command('list'), byMandate)
    .summary('list conflicts that you are a side of, or are to decide')
    .addOption(new Option('--state <state>', 'both, where it is not said').choices(['open', 'resolved']))
    .option('--recording <recording>', 'only of this recording')
    .action((options: { state?: string; recording?: string }, given: Command) =>
      speak(given, async (speaker) => {
        const { state, recording } = options;
        const id = recording === undefined ? undefined : await recordingIdOf(speaker, recording);
        const list = { path: '/v1/ownership-conflicts', name: 'ownership_conflicts', columns };
        await printList(speaker, list, { state, recording_id: id });
      }),
    );
  speaking(command.command('show'), byMandate)
    .summary('show a conflict with its sides and decisions')
    .argument(...conflictArgument)
    .action((id: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const path = speaker.at(`/v1/ownership-conflicts/${encodeURIComponent(id)}`);
        printAnswer(speaker, await speaker.api.ask<OwnershipConflictView>('GET', path), conflictLines);
      }),
    );
  addDecide(command);
  speaking(command.command('reviewer'))
    .summary('ask a reviewer to decide a conflict; for operators')
    .argument(...conflictArgument)
    .argument('<party>', 'by name or party_id: a party with the role reviewer')
    .action((id: string, name: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const path = `/v1/ownership-conflicts/${encodeURIComponent(id)}/reviewer`;
        const body = { party_id: await partyIdOf(speaker, name) };
        printAnswer(speaker, await speaker.api.ask<OwnershipConflictView>('PUT', path, body), conflictLines);
      }),
    );
  return command;
}

function addDecide(command: Command): void {
  const several = (flags: string, description: string) =>
    new Option(flags, `${description}; several times for several`).argParser(collected);
  speaking(command.command('decide'))
    .summary('say which assertions do not stand')
    .argument(...conflictArgument)
    .addOption(
      several('--set-aside <rights_assertion_id>', 'does not stand, there and then').makeOptionMandatory(),
    )
    .addOption(several('--uphold <rights_assertion_id>', 'stands, also where it was set aside before'))
    .requiredOption('--reason <text>', 'why; all sides read it')
    .addOption(
      new Option('--right <right>', 'where the conflict is about several').choices(['AllRights', ...rights]),
    )
    .addOption(several('--territory <code>', 'only there'))
    .addOption(several('--except <code>', 'but not there'))
    .option('--from <day>', 'the first day it holds (default: since always)')
    .option('--to <day>', 'the first day it holds no longer (default: for ever)')
    .addHelpText(
      'after',
      '\nExample:\n  $ earmark conflict decide 019c… --set-aside 019d… --reason "The contract ended in 2024"',
    )
    .action((id: string, options: DecideOptions, given: Command) =>
      speak(given, async (speaker) => {
        const { setAside, uphold, territory, except, reason, right, from, to } = options;
        const somewhere = territory !== undefined || except !== undefined;
        const territories = { include: territory ?? ['Worldwide'], exclude: except };
        const body = {
          set_aside: setAside,
          upheld: uphold,
          reason,
          right,
          from,
          to,
          territories: somewhere ? territories : undefined,
        };
        const path = `/v1/ownership-conflicts/${encodeURIComponent(id)}/decisions`;
        printAnswer(speaker, await speaker.api.ask<OwnershipConflictView>('POST', path, body), conflictLines);
      }),
    );
}

const sidesText = ({ owners }: OwnershipConflictView) =>
  owners.map(({ party, share }) => `${party} ${share} %`).join(', ');

const columns: readonly Column<OwnershipConflictView>[] = [
  ['ownership_conflict_id', (one) => one.ownership_conflict_id],
  ['state', (one) => one.resolution ?? one.state],
  ['opened', (one) => instantText(one.opened_at)],
  ['share', (one) => `${one.share} %`],
  ['recording_id', (one) => one.recording_id],
  ['sides', sidesText],
];

function conflictLines(one: OwnershipConflictView): string[] {
  return [
    ...fieldLines([
      ['conflict', one.ownership_conflict_id],
      ['state', one.resolution === null ? one.state : `${one.state}: ${one.resolution}`],
      ['recording', one.recording_id],
      ['registered by', one.registrant],
      ['rights', one.rights.join(', ')],
      ['asserted', `${one.share} %`],
      ['reviewer', one.reviewer],
    ]),
    ...one.extents.map(({ territories }) => `where   ${territoriesText(territories)}`),
    ...one.owners.map(
      ({ party, share, rights_assertion_ids: ids }) => `side    ${party} ${share} %: ${ids.join(', ')}`,
    ),
    ...one.decisions.map(
      (decision) =>
        `decided ${instantText(decision.decided_at)} by ${decision.decided_by}: set aside ${decision.set_aside.join(', ')}: ${decision.reason}`,
    ),
  ];
}
