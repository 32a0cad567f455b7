import { Command, Option } from 'commander';
import type { DisputeView, DisputeWithHistory } from '../../registry/disputes.ts';
import { disputeStates } from '../../rules/dispute-machine.ts';
import { disputeReasons } from '../../rules/state-machine.ts';
import { printAnswer, printList } from '../output/answers.ts';
import { eventLines, instantText } from '../output/registry-text.ts';
import { type Column, fieldLines } from '../output/table.ts';
import { speak, speaking } from '../registry-api.ts';

type OpenOptions = {
  readonly reason: string;
  readonly statement: string;
  readonly account?: string;
  readonly escalate?: true;
};
type GoOnOptions = { readonly statement?: string; readonly account?: string; readonly reason?: string };

const byMandate = { byMandate: true };
const disputeArgument = ['<dispute_id>', 'as "earmark dispute list" shows it'] as const;
const statement = ['--statement <text>', 'what is said to the other side'] as const;
const account = ['--account <account>', 'the account that speaks (default: the platform itself)'] as const;

export function disputeCommand(): Command {
  const command = new Command('dispute')
    .alias('disputes')
    .summary('dispute claims for the uploader, and answer disputes');
  addReading(command);
  addOpen(command);
  addGoOn(command);
  speaking(command.command('counter-state'), byMandate)
    .summary('say something for the claimant')
    .argument(...disputeArgument)
    .requiredOption(...statement)
    .action((id: string, options: { statement: string }, given: Command) =>
      speak(given, async (speaker) => {
        const path = speaker.at(`/v1/disputes/${encodeURIComponent(id)}/counter-statements`);
        const body = { statement: options.statement };
        printAnswer(speaker, await speaker.api.ask<DisputeWithHistory>('POST', path, body), disputeLines);
      }),
    );
  return command;
}

function addReading(command: Command): void {
  speaking(command.command('list'), byMandate)
    .summary('list disputes of claims that you make, or on uploads that you reported')
    .addOption(new Option('--state <state>', 'only in this state').choices([...disputeStates]))
    .option('--claim <claim_id>', 'only of this claim')
    .action(({ state, claim }: { state?: string; claim?: string }, given: Command) =>
      speak(given, (speaker) =>
        printList(speaker, { path: '/v1/disputes', name: 'disputes', columns }, { state, claim_id: claim }),
      ),
    );
  speaking(command.command('show'), byMandate)
    .summary('show a dispute, with what both sides did and said')
    .argument(...disputeArgument)
    .action((id: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const path = speaker.at(`/v1/disputes/${encodeURIComponent(id)}`);
        printAnswer(speaker, await speaker.api.ask<DisputeWithHistory>('GET', path), disputeLines);
      }),
    );
}

function addOpen(command: Command): void {
  speaking(command.command('open'))
    .summary('dispute a claim on an upload that you reported')
    .argument('<claim_id>', 'as "earmark claim list" shows it')
    .addOption(new Option('--reason <reason>', 'why').choices([...disputeReasons]).makeOptionMandatory())
    .requiredOption(...statement)
    .option(...account)
    .option('--escalate', 'appeal at once, where the claim blocks: the claimant has less time to answer')
    .addHelpText(
      'after',
      '\nExample:\n  $ earmark dispute open 019c… --reason authorised --statement "Licence 4711" --account channel-12',
    )
    .action((claimId: string, options: OpenOptions, given: Command) =>
      speak(given, async (speaker) => {
        const body = { ...options, dispute_reason: options.reason };
        const { dispute_reason, statement, account, escalate } = body;
        const path = `/v1/claims/${encodeURIComponent(claimId)}/disputes`;
        const asked = { dispute_reason, statement, account, escalate };
        printAnswer(speaker, await speaker.api.ask<DisputeWithHistory>('POST', path, asked), disputeLines);
      }),
    );
}

function addGoOn(command: Command): void {
  for (const [name, summary, reason] of [
    ['state', 'say something more for the uploader', 'A further statement.'],
    ['appeal', 'appeal, after the claimant has reinstated its claim', 'An appeal.'],
    ['withdraw', 'give a dispute or an appeal up', 'Withdrawn.'],
  ] as const) {
    const one = speaking(command.command(name))
      .summary(summary)
      .argument(...disputeArgument)
      .option('--reason <text>', `for the history (default: "${reason}")`)
      .option(...account);
    if (name !== 'withdraw') one.requiredOption(...statement);
    one.action((id: string, options: GoOnOptions, given: Command) =>
      speak(given, async (speaker) => {
        const { api } = speaker;
        const path = `/v1/disputes/${encodeURIComponent(id)}`;
        const body = { type: name as string, reason, ...options };
        if (name === 'withdraw') {
          const { state } = await api.ask<DisputeWithHistory>('GET', path);
          body.type = state === 'appealed' ? 'withdraw_appeal' : 'withdraw_dispute';
        }
        const { type, reason: why, statement, account } = body;
        const asked = { type, reason: why, statement, account };
        printAnswer(
          speaker,
          await api.ask<DisputeWithHistory>('POST', `${path}/events`, asked),
          disputeLines,
        );
      }),
    );
  }
}

const columns: readonly Column<DisputeView>[] = [
  ['dispute_id', (dispute) => dispute.dispute_id],
  ['state', (dispute) => dispute.state],
  ['until', (dispute) => instantText(dispute.deadline_at)],
  ['reason', (dispute) => dispute.dispute_reason],
  ['claim_id', (dispute) => dispute.claim_id],
];

function disputeLines(dispute: DisputeWithHistory): string[] {
  return [
    ...fieldLines([
      ['dispute_id', dispute.dispute_id],
      ['claim_id', dispute.claim_id],
      ['reason', dispute.dispute_reason],
      ['state', dispute.state],
      ['until', instantText(dispute.deadline_at)],
    ]),
    ...eventLines(dispute.history),
  ];
}
