import { Command, Option } from 'commander';
import { validate as isUuid } from 'uuid';
import type { Context, Scoped } from '../../context.ts';
import type { RecordingView } from '../../registry/recording-view.ts';
import type { RetroscanView } from '../../registry/retroscan-view.ts';
import { couldNotStart, usageError } from '../exit-status.ts';
import { refuseMissingRegistry } from '../missing-registry.ts';
import { printList, printRows } from '../output/answers.ts';
import { counted } from '../output/quantities.ts';
import { instantText } from '../output/registry-text.ts';
import type { Column } from '../output/table.ts';
import { recordingIdOf, type Speaker, speak, speaking } from '../registry-api.ts';
import { localSettingsOf } from '../settings.ts';
import { openProgress } from '../work/progress.ts';

const thoroughly = [
  '--thorough',
  'scan every past upload for it: finds what is buried in one, and takes long',
] as const;
const states = ['waiting', 'running', 'done', 'failed'] as const;

export function retroscanCommand(): Command {
  const retroscan = new Command('retroscan')
    .alias('retroscans')
    .summary('look for recordings in what was submitted before they were registered');
  addList(retroscan);
  addRequest(retroscan);
  addRun(retroscan);
  return retroscan;
}

function addList(retroscan: Command): void {
  speaking(retroscan.command('list'))
    .summary('list what is looked for, how far that is and what came of it; one runs at a time')
    .addOption(new Option('--state <state>', 'only these').choices(states))
    .option('--recording <recording>', 'only for this recording')
    .action((options: { state?: string; recording?: string }, command: Command) =>
      speak(command, async (speaker) => {
        const { state, recording } = options;
        const referenceId = recording === undefined ? undefined : await referenceIdOf(speaker, recording);
        const list = { path: '/v1/retroscans', name: 'retroscans', columns };
        await printList(speaker, list, { state, reference_id: referenceId });
        const first = speaker.at('/v1/retroscans', { limit: 1 });
        const { counts } = await speaker.api.ask<{ counts: Record<string, number> }>('GET', first);
        const all = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
        console.error(`Of all: ${all.join(', ')}.`);
      }),
    );
}

function addRequest(retroscan: Command): void {
  speaking(retroscan.command('request'))
    .summary('have a recording looked for again, before what was only registered')
    .argument('<recording>', 'its recording_id, or external_id of your own')
    .option(...thoroughly)
    .action((name: string, { thorough }: { thorough?: boolean }, command: Command) =>
      speak(command, async (speaker) => {
        const recordingId = await recordingIdOf(speaker, name);
        const asked = await speaker.api.ask<{ retroscans: RetroscanView[] }>('POST', '/v1/retroscans', {
          recording_id: recordingId,
          ...(thorough ? { thorough } : {}),
        });
        printRows(speaker, columns, asked.retroscans);
      }),
    );
}

async function referenceIdOf(speaker: Speaker, name: string): Promise<string> {
  const path = `/v1/recordings/${encodeURIComponent(await recordingIdOf(speaker, name))}`;
  const [reference] = (await speaker.api.ask<RecordingView>('GET', path)).references;
  if (reference) return reference.reference_id;
  throw usageError(`"${name}" has no reference, so that nothing is looked for.`);
}

function addRun(retroscan: Command): void {
  retroscan
    .command('run')
    .summary('do now what waits, with a progress bar; a server does it by itself')
    .option('--recording <recording>', 'look for this recording again, before the others')
    .option(...thoroughly)
    .addHelpText(
      'after',
      '\nIt may be broken off: the next run, or a server, goes on where it was.\n' +
        '\nExample:\n  $ earmark retroscan run --recording catalog-000123',
    )
    .action(
      async (
        { recording, thorough = false }: { recording?: string; thorough?: boolean },
        command: Command,
      ) => {
        if (thorough && recording === undefined) throw usageError('--thorough is said of a --recording.');
        const config = localSettingsOf(command, 'a server works on its retroscans itself.');
        refuseMissingRegistry(config);
        const { openContext } = await import('../../context.ts');
        await using context = await openContext(config).catch((error: unknown) => {
          throw couldNotStart(`The registry in ${config.dataDir} could not be opened`, error);
        });
        if (recording !== undefined) await request(context, recording, thorough);
        await run(context);
      },
    );
}

async function request(context: Context, name: string, isThorough: boolean): Promise<void> {
  const [{ under }, { requestRetroscan }] = await Promise.all([
    import('../../context.ts'),
    import('../../registry/retroscans.ts'),
  ]);
  const records = under(context, { role: 'operator' });
  const recordingId = isUuid(name) ? name : await recordingIdIn(records, name);
  await requestRetroscan(records, { partyId: undefined, recordingId, isThorough });
}

async function recordingIdIn(records: Scoped, externalId: string): Promise<string> {
  const { listRecordings } = await import('../../registry/list-recordings.ts');
  const { recordings } = await listRecordings(records, { partyId: undefined, externalId, limit: 2 });
  const [found, other] = recordings;
  if (found !== undefined && other === undefined) return found.recording_id;
  const problem = found === undefined ? 'There is no recording' : 'There are several recordings';
  throw usageError(`${problem} "${externalId}": give a recording_id. "earmark list" shows them.`);
}

async function run(context: Context): Promise<void> {
  const [{ runRetroscans }, { openSubmissionBank }] = await Promise.all([
    import('../../registry/run-retroscans.ts'),
    import('../../registry/submission-bank.ts'),
  ]);
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop);
  await using closing = new AsyncDisposableStack();
  const bank = closing.adopt(await openSubmissionBank(context), (it) => it.close());
  let shown: { readonly retroscanId: string; readonly progress: ReturnType<typeof openProgress> } | undefined;
  const done = new Set<string>();
  try {
    await runRetroscans(context, {
      bank: () => Promise.resolve(bank),
      isOver: () => stopping.signal.aborted,
      stopping: stopping.signal,
      onProgress: ({ retroscan_id: retroscanId, submissions: { checked, total } }) => {
        if (shown?.retroscanId !== retroscanId) {
          shown?.progress.stop();
          shown = { retroscanId, progress: openProgress({ doing: 'looking through', itemCount: total }) };
        }
        shown.progress.advanceTo(checked, 0);
        if (checked === total) done.add(retroscanId);
      },
    });
  } finally {
    shown?.progress.stop();
    process.off('SIGINT', stop);
  }
  console.log(`Looked through what was submitted for ${counted(done.size, 'reference')}.`);
}

const columns: readonly Column<RetroscanView>[] = [
  ['retroscan_id', (one) => one.retroscan_id],
  ['state', (one) => one.state],
  ['because of', (one) => one.cause],
  ['how', ({ thorough }) => (thorough ? 'thorough' : 'quick')],
  // How much it will be is known when it begins.
  [
    'looked through',
    ({ state, submissions: { checked, total } }) => (state === 'waiting' ? '' : `${checked} of ${total}`),
  ],
  ['matches', (one) => String(one.matches)],
  ['claims', (one) => String(one.claims)],
  ['asked for', (one) => instantText(one.requested_at)],
  ['reference_id', (one) => one.reference_id],
  ['failure', (one) => one.failure],
];
