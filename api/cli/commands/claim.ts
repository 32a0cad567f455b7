import { Command, InvalidArgumentError, Option } from 'commander';
import type { ClaimView } from '../../registry/claim-view.ts';
import type { EventView } from '../../registry/event-history.ts';
import { claimStates } from '../../rules/claim-machine.ts';
import { actions } from '../../rules/policy-document.ts';
import { usageError } from '../exit-status.ts';
import { printAnswer, printList } from '../output/answers.ts';
import { clock, odds } from '../output/quantities.ts';
import { eventLines, instantText, percentText, territoriesText } from '../output/registry-text.ts';
import { type Column, fieldLines } from '../output/table.ts';
import { recordingIdOf, speak, speaking } from '../registry-api.ts';

type ActOptions = {
  readonly reason: string;
  readonly notice?: string;
  readonly start?: number;
  readonly end?: number;
};
type ListOptions = {
  readonly state?: string;
  readonly action?: string;
  readonly recording?: string;
  readonly submission?: string;
};

const byMandate = { byMandate: true };
const claimArgument = ['<claim_id>', 'as "earmark claim list" shows it'] as const;

const acts = [
  ['confirm', 'confirm', 'confirm a potential claim: its action is enforced'],
  ['release', 'release', 'give a claim up'],
  [
    'release-and-exclude',
    'release_and_exclude',
    'give it up, and have the span of the reference match no more',
  ],
  ['reinstate', 'reinstate', 'stand by a disputed claim'],
  ['take-down', 'take_down', 'replace a claim by a notice'],
  ['review', 'route', 'send an active claim back to review; for operators'],
] as const;

export function claimCommand(): Command {
  const command = new Command('claim')
    .alias('claims')
    .summary('list claims, show what happened to them, and act on yours');
  addList(command);
  addShow(command);
  for (const [name, type, summary] of acts) addAct(command, name, type, summary);
  return command;
}

function addList(command: Command): void {
  speaking(command.command('list'), byMandate)
    .summary('list claims: those that you make and those on uploads that you reported')
    .addOption(new Option('--state <state>', 'only in this state').choices([...claimStates]))
    .addOption(new Option('--action <action>', 'only with this action').choices([...actions]))
    .option('--recording <recording>', 'only on this recording')
    .option('--submission <submission_id>', 'only in this upload')
    .addHelpText('after', '\nExample:\n  $ earmark claim list --state disputed --as "Harbour Records"')
    .action(({ state, action, recording, submission }: ListOptions, given: Command) =>
      speak(given, async (speaker) => {
        const recordingId = recording === undefined ? undefined : await recordingIdOf(speaker, recording);
        const asked = { state, action, recording_id: recordingId, submission_id: submission };
        await printList(speaker, { path: '/v1/claims', name: 'claims', columns: claimColumns }, asked);
      }),
    );
}

function addShow(command: Command): void {
  speaking(command.command('show'), byMandate)
    .summary('show a claim as it is now')
    .argument(...claimArgument)
    .action((id: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const path = speaker.at(`/v1/claims/${encodeURIComponent(id)}`);
        printAnswer(speaker, await speaker.api.ask<ClaimView>('GET', path), claimLines);
      }),
    );
  speaking(command.command('history'), byMandate)
    .summary('show every change of a claim, with who made it and why')
    .argument(...claimArgument)
    .action((id: string, _options: object, given: Command) =>
      speak(given, async (speaker) => {
        const path = speaker.at(`/v1/claims/${encodeURIComponent(id)}/events`);
        const { events } = await speaker.api.ask<{ events: EventView[] }>('GET', path);
        printAnswer(speaker, events, eventLines);
      }),
    );
}

function addAct(command: Command, name: string, type: string, summary: string): void {
  const one = speaking(command.command(name), byMandate)
    .summary(summary)
    .argument(...claimArgument)
    .requiredOption('--reason <text>', 'why; it stays in the history');
  // As histories and refusals call it.
  if (type === 'route') one.alias('route');
  if (type === 'take_down') one.requiredOption('--notice <notice_id>', 'the notice it rests on');
  if (type === 'release_and_exclude') addSpan(one);
  one
    .addHelpText('after', `\nExample:\n  $ earmark claim ${name} 019c… ${exampleOf(type)}`)
    .action((id: string, options: ActOptions, given: Command) =>
      speak(given, async (speaker) => {
        const path = speaker.at(`/v1/claims/${encodeURIComponent(id)}/events`);
        const body = { type, ...saidOf(options) };
        printAnswer(speaker, await speaker.api.ask<ClaimView>('POST', path, body), changedLines);
      }),
    );
}

function exampleOf(type: string): string {
  if (type === 'take_down') return '--notice N-2026-014 --reason "Sent to Tube today"';
  if (type === 'release_and_exclude') return '--start 12 --end 24.5 --reason "A loop that anybody may use"';
  return '--reason "Looked at the licence"';
}

/** The span is that of the match, where it is not said and the match has one segment. */
export function addSpan(command: Command): void {
  command
    .option(
      '--start <seconds>',
      'where in the reference the span begins (default: that of the match)',
      parseSeconds,
    )
    .option('--end <seconds>', 'where it ends', parseSeconds);
}

export function saidOf({ reason, notice, start, end }: ActOptions) {
  if ((start === undefined) !== (end === undefined)) {
    throw usageError('--start and --end go together; without both it is the span of the match.');
  }
  const isSpan = start !== undefined && end !== undefined;
  const span = isSpan ? { start_ms: Math.round(start * 1000), end_ms: Math.round(end * 1000) } : undefined;
  return { reason, notice_id: notice, excluded_interval: span };
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && Number.isFinite(seconds)) return seconds;
  throw new InvalidArgumentError('Expected seconds from 0 up, such as 12.5.');
}

export const claimColumns: readonly Column<ClaimView>[] = [
  ['claim_id', (claim) => claim.claim_id],
  ['state', (claim) => claim.state],
  ['until', (claim) => instantText(claim.deadline_at)],
  ['action', (claim) => claim.action],
  ['recording', ({ recording }) => recording.title ?? recording.external_id],
  ['upload', ({ upload }) => `${upload.platform} ${upload.external_id}`],
  ['party', (claim) => claim.party],
];

export function changedLines(claim: ClaimView): string[] {
  const until = claim.deadline_at === null ? '' : ` until ${instantText(claim.deadline_at)}`;
  return [`${claim.claim_id}  ${claim.state}${until}`];
}

function claimLines(claim: ClaimView): string[] {
  const { recording, upload, facts } = claim;
  return [
    ...fieldLines([
      ['claim_id', claim.claim_id],
      ['state', claim.state],
      ['since', instantText(claim.entered_at)],
      ['until', instantText(claim.deadline_at)],
      ['action', `${claim.action} in ${territoriesText(claim.territories)}`],
      ['review', claim.review.join(', ')],
      ['claimant', claim.party],
      ['recording', [recording.title, recording.artist, recording.external_id].filter(Boolean).join(' · ')],
      ['upload', [upload.platform, upload.external_id, upload.url, upload.title].filter(Boolean).join(' · ')],
      ['account', upload.account],
      ['reported by', claim.reporter],
      ['match', `${facts.match_seconds} s, ${percentText(facts.percent_of_upload)} of the upload`],
      ['by chance', odds(facts.false_match_probability)],
    ]),
    ...claim.segments.map(
      (segment) =>
        `segment  upload ${clock(segment.query_start_ms)}–${clock(segment.query_end_ms)}  recording ${clock(segment.reference_start_ms)}–${clock(segment.reference_end_ms)}  ${segment.transform === 'none' ? 'unaltered' : segment.transform}`,
    ),
  ];
}
