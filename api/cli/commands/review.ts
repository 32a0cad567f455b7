import { Command, Option } from 'commander';
import type { ClaimView } from '../../registry/claim-view.ts';
import { actions } from '../../rules/policy-document.ts';
import { reviewReasons } from '../../rules/review-thresholds.ts';
import { printAnswer, printList, printRows } from '../output/answers.ts';
import { instantText } from '../output/registry-text.ts';
import type { Column } from '../output/table.ts';
import { speak, speaking } from '../registry-api.ts';
import { addSpan, changedLines, claimColumns, saidOf } from './claim.ts';

type Filter = { readonly because?: string; readonly action?: string; readonly platform?: string };
type TakeOptions = Filter & { readonly count?: string; readonly lease?: string };

const byMandate = { byMandate: true };
const claimArgument = ['<claim_id>', 'as "earmark review list" shows it'] as const;
const decisions = { confirm: 'confirm', release: 'release', 'release-and-exclude': 'release_and_exclude' };

const columns: readonly Column<ClaimView>[] = [
  ...claimColumns,
  ['review', (claim) => claim.review.join(', ')],
  ['taken until', (claim) => instantText(claim.taken_until)],
];

export function reviewCommand(): Command {
  const command = new Command('review')
    .alias('reviews')
    .summary('work through the claims that wait for a person');
  filtering(speaking(command.command('list'), byMandate))
    .summary('list what waits, what is most at stake first')
    .option('--free', 'only what no reviewer has taken')
    .action((options: Filter & { free?: true }, given: Command) =>
      speak(given, async (speaker) => {
        const asked = { ...filterOf(options), free: options.free };
        await printList(speaker, { path: '/v1/reviews', name: 'claims', columns }, asked);
      }),
    );
  addTake(command);
  speaking(command.command('return'), byMandate)
    .summary('give a claim back, for another reviewer to take')
    .argument(...claimArgument)
    .action((id: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const path = speaker.at(`/v1/reviews/${encodeURIComponent(id)}/return`);
        printAnswer(speaker, await speaker.api.ask<ClaimView>('POST', path), changedLines);
      }),
    );
  const decide = speaking(command.command('decide'), byMandate)
    .summary('decide a claim under review')
    .argument(...claimArgument)
    .addOption(
      new Option('--decision <decision>', 'what becomes of it')
        .choices(Object.keys(decisions))
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <text>', 'why; it stays in the history');
  addSpan(decide);
  decide
    .addHelpText(
      'after',
      '\nExample:\n  $ earmark review decide 019c… --decision confirm --reason "It is the chorus"',
    )
    .action((id: string, options: { decision: keyof typeof decisions; reason: string }, given: Command) =>
      speak(given, async (speaker) => {
        const path = speaker.at(`/v1/reviews/${encodeURIComponent(id)}/decide`);
        const body = { type: decisions[options.decision], ...saidOf(options) };
        printAnswer(speaker, await speaker.api.ask<ClaimView>('POST', path, body), changedLines);
      }),
    );
  return command;
}

function addTake(command: Command): void {
  filtering(speaking(command.command('take'), byMandate))
    .summary('take claims to review, so that nobody else decides them meanwhile')
    .argument('[claim_id]', 'this one; without it those with most at stake')
    .option('--count <count>', 'how many (default: 1)')
    .option('--lease <seconds>', 'for how long')
    .action((id: string | undefined, options: TakeOptions, given: Command) =>
      speak(given, async (speaker) => {
        const { api, at } = speaker;
        const lease = options.lease === undefined ? undefined : Number(options.lease);
        if (id !== undefined) {
          const one = await api.ask<ClaimView>('POST', at(`/v1/reviews/${encodeURIComponent(id)}/take`), {
            lease_seconds: lease,
          });
          printRows(speaker, columns, [one]);
          return;
        }
        const count = options.count === undefined ? undefined : Number(options.count);
        const body = { ...filterOf(options), count, lease_seconds: lease };
        const { claims } = await api.ask<{ claims: ClaimView[] }>('POST', at('/v1/reviews/take'), body);
        printRows(speaker, columns, claims);
        if (claims.length === 0) console.error('Nothing waits that nobody has taken.');
      }),
    );
}

function filtering(command: Command): Command {
  return command
    .addOption(new Option('--because <reason>', 'only because of this').choices([...reviewReasons]))
    .addOption(new Option('--action <action>', 'only with this action').choices([...actions]))
    .option('--platform <name>', 'only uploads of this platform');
}

function filterOf({ because, action, platform }: Filter) {
  return { review: because, action, platform };
}
