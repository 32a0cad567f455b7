import { Command, Option } from 'commander';
import type { RightsView } from '../../registry/rights-view.ts';
import { bases, rights } from '../../rules/rights-record.ts';
import { collected } from '../local-records.ts';
import { printAnswer } from '../output/answers.ts';
import { territoriesText } from '../output/registry-text.ts';
import { type Column, tableLines } from '../output/table.ts';
import { recordingIdOf, speak, speaking } from '../registry-api.ts';

type AssertOptions = {
  readonly share: string;
  readonly basis: string;
  readonly right: string;
  readonly territory?: readonly string[];
  readonly except?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly evidence?: string;
  readonly scan?: string;
};

const byMandate = { byMandate: true };
const recordingArgument = ['<recording>', 'its recording_id, or external_id of your own'] as const;

export function rightsCommand(): Command {
  const command = new Command('rights').summary('say whose a recording is, and show what is said');
  addAssert(command);
  speaking(command.command('withdraw'), byMandate)
    .summary('withdraw a rights assertion; what was believed before stays to be read')
    .argument(...recordingArgument)
    .argument('<rights_assertion_id>', 'as "earmark rights show RECORDING --view mine" shows it')
    .action((name: string, assertionId: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const { api, at } = speaker;
        const id = await recordingIdOf(speaker, name);
        const path = at(
          `/v1/recordings/${encodeURIComponent(id)}/rights/${encodeURIComponent(assertionId)}/withdraw`,
        );
        printAnswer(speaker, await api.ask<RightsView>('POST', path), rightsLines);
      }),
    );
  speaking(command.command('show'), byMandate)
    .summary('show the rights in a recording: what follows from all that is asserted, or the assertions')
    .argument(...recordingArgument)
    .addOption(
      new Option('--view <view>', 'effective where it is not said').choices([
        'effective',
        'mine',
        'asserted',
      ]),
    )
    .option('--on <day>', 'of this day, such as 2026-01-31 (default: today)')
    .option('--believed-at <instant>', 'as it was believed then, such as 2026-01-31T12:00:00Z (default: now)')
    .action((name: string, options: { view?: string; on?: string; believedAt?: string }, given: Command) =>
      speak(given, async (speaker) => {
        const { api, at } = speaker;
        const id = await recordingIdOf(speaker, name);
        const asked = { view: options.view, valid_on: options.on, believed_at: options.believedAt };
        const path = at(`/v1/recordings/${encodeURIComponent(id)}/rights`, asked);
        printAnswer(speaker, await api.ask<RightsView>('GET', path), rightsLines);
      }),
    );
  return command;
}

function addAssert(command: Command): void {
  const several = (flags: string, description: string) =>
    new Option(flags, `${description}; several times for several`).argParser(collected);
  speaking(command.command('assert'), byMandate)
    .summary('assert a right in a recording')
    .argument(...recordingArgument)
    .requiredOption('--share <percent>', 'such as 100 or 33.3333')
    .addOption(new Option('--basis <basis>', 'why it is yours').choices([...bases]).default('OriginalOwner'))
    .addOption(
      new Option('--right <right>', 'which right').choices(['AllRights', ...rights]).default('AllRights'),
    )
    .addOption(several('--territory <code>', 'a country of ISO 3166-1 (default: Worldwide)'))
    .addOption(several('--except <code>', 'but not in this country'))
    .option('--from <day>', 'the first day it holds (default: since always)')
    .option('--to <day>', 'the first day it holds no longer (default: for ever)')
    .option('--evidence <text>', 'where the proof is to be found')
    .option('--scan <scan_id>', 'where another party registered the recording: a scan of yours that named it')
    .addHelpText(
      'after',
      `
Examples:
  $ earmark rights assert catalog-000123 --share 100 --as "Harbour Records"
  $ earmark rights assert catalog-000123 --share 50 --territory DE --territory AT --evidence "Contract 2026-014"`,
    )
    .action((name: string, options: AssertOptions, given: Command) =>
      speak(given, async (speaker) => {
        const { territory, except, scan, share, basis, right, from, to, evidence } = options;
        const id = await recordingIdOf(speaker, name);
        const territories = { include: territory ?? ['Worldwide'], exclude: except };
        const body = { right, share, basis, territories, from, to, evidence, scan_id: scan };
        const path = speaker.at(`/v1/recordings/${encodeURIComponent(id)}/rights`);
        printAnswer(speaker, await speaker.api.ask<RightsView>('POST', path, body), rightsLines);
      }),
    );
}

type Assertion = NonNullable<RightsView['assertions']>[number];
type Ownership = NonNullable<RightsView['effective']>[number];

const assertionColumns: readonly Column<Assertion>[] = [
  ['rights_assertion_id', (one) => one.rights_assertion_id],
  ['share', (one) => `${one.share} %`],
  ['right', (one) => one.right],
  ['territories', (one) => territoriesText(one.territories)],
  ['from', (one) => one.from],
  ['to', (one) => one.to],
  ['state', (one) => (one.withdrawn_at === null ? 'asserted' : 'withdrawn')],
  ['party', (one) => one.party],
];

const ownershipColumns: readonly Column<Ownership>[] = [
  ['right', (one) => one.right],
  ['status', (one) => one.status],
  ['share', (one) => `${one.share} %`],
  ['owners', (one) => one.owners.map(({ party, share }) => `${party} ${share} %`).join(', ')],
  ['territories', (one) => territoriesText(one.territories)],
];

function rightsLines({
  recording_id,
  view,
  valid_on,
  assertions = [],
  effective = [],
}: RightsView): string[] {
  const head = `${view} on ${valid_on}, recording ${recording_id}`;
  const table =
    assertions.length > 0
      ? tableLines(assertionColumns, assertions)
      : tableLines(ownershipColumns, effective);
  return [head, ...(assertions.length + effective.length > 0 ? table : ['nothing is asserted'])];
}
