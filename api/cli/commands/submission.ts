import { Command } from 'commander';
import type { SubmissionView } from '../../registry/submission-view.ts';
import { printAnswer, printList } from '../output/answers.ts';
import { instantText, territoriesText } from '../output/registry-text.ts';
import { type Column, fieldLines } from '../output/table.ts';
import { speak, speaking } from '../registry-api.ts';

const columns: readonly Column<SubmissionView>[] = [
  ['submission_id', (one) => one.submission_id],
  ['reported', (one) => instantText(one.created_at)],
  ['matches', (one) => one.matches.length],
  ['claims', (one) => one.matches.flatMap(({ claims }) => claims).length],
  ['platform', (one) => one.platform],
  ['account', (one) => one.account],
  ['external_id', (one) => one.external_id],
];

export function submissionCommand(): Command {
  const command = new Command('submission')
    .alias('submissions')
    .summary('list the uploads that were reported, and show what follows from one');
  speaking(command.command('list'))
    .summary('list uploads that you reported')
    .option('--platform <name>', 'only of this platform')
    .option('--account <account>', 'only of this account')
    .action((options: { platform?: string; account?: string }, given: Command) =>
      speak(given, (speaker) => {
        const { platform, account } = options;
        return printList(
          speaker,
          { path: '/v1/submissions', name: 'submissions', columns },
          { platform, account },
        );
      }),
    );
  speaking(command.command('show'))
    .summary('show what was found in an upload, what is claimed in it and what holds now')
    .argument('<submission_id>', 'as "earmark submission list" shows it')
    .action((id: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const one = await speaker.api.ask<SubmissionView>('GET', `/v1/submissions/${encodeURIComponent(id)}`);
        printAnswer(speaker, one, submissionLines);
      }),
    );
  return command;
}

function submissionLines(one: SubmissionView): string[] {
  return [
    ...fieldLines([
      ['submission_id', one.submission_id],
      ['upload', `${one.platform} ${one.external_id}`],
      ['url', one.url],
      ['account', one.account],
      ['reported', instantText(one.created_at)],
    ]),
    ...one.matches.flatMap(({ recording, facts, claims, enforced, unclaimed }) => [
      ...fieldLines([['match', `${recording.title ?? recording.external_id}, ${facts.match_seconds} s`]]),
      ...fieldLines(
        claims.map((claim) => [
          '  claim',
          `${claim.claim_id}  ${claim.state}  ${claim.action}  ${claim.party}`,
        ]),
      ),
      ...enforced.map(({ action, territories }) => `  holds  ${action} in ${territoriesText(territories)}`),
      ...unclaimed.map(({ because }) => `  unclaimed  ${because}`),
    ]),
  ];
}
