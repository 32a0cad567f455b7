import { Command, Option } from 'commander';
import type { Context } from '../../context.ts';
import type { RetroscanView } from '../../registry/retroscan-view.ts';
import { couldNotStart } from '../exit-status.ts';
import { everyItem, withLocalRecords } from '../local-records.ts';
import { refuseMissingRegistry } from '../missing-registry.ts';
import { counted } from '../output/quantities.ts';
import { localSettingsOf } from '../settings.ts';
import { openProgress } from '../work/progress.ts';

const states = ['waiting', 'running', 'done', 'failed'] as const;

export function retroscanCommand(): Command {
  const retroscan = new Command('retroscan')
    .alias('retroscans')
    .summary('look for recordings in what was submitted before they were registered');
  addList(retroscan);
  addRun(retroscan);
  return retroscan;
}

function addList(retroscan: Command): void {
  retroscan
    .command('list')
    .summary('list what is looked for, how far that is and what came of it')
    .addOption(new Option('--state <state>', 'only these').choices(states))
    .option('--json', 'one JSON object a line')
    .action((options: { state?: (typeof states)[number]; json?: true }, command: Command) =>
      withLocalRecords(command, async (context) => {
        const { countRetroscans, listRetroscans } = await import('../../registry/retroscans.ts');
        const ask = (page: { limit: number; cursor?: string }) =>
          listRetroscans(context, { partyId: undefined, state: options.state, ...page });
        for await (const one of everyItem(ask)) {
          console.log(options.json === true ? JSON.stringify(one) : describe(one));
        }
        const counts = Object.entries(await countRetroscans(context, undefined));
        console.error(counts.map(([state, count]) => `${count} ${state}`).join(', '));
      }),
    );
}

function addRun(retroscan: Command): void {
  retroscan
    .command('run')
    .summary('do now what waits, with a progress bar; a server does it by itself')
    .option('--recording <recording_id>', 'look for this recording again, besides')
    .addHelpText(
      'after',
      '\nIt may be broken off: the next run, or a server, goes on where it was.\n' +
        '\nExample:\n  $ earmark retroscan run --recording 0199e4a0-3c7e-7cc2-9d3f-5b1a2c3d4e5f',
    )
    .action(async ({ recording }: { recording?: string }, command: Command) => {
      const config = localSettingsOf(command, 'a server works on its retroscans itself.');
      refuseMissingRegistry(config);
      const { openContext } = await import('../../context.ts');
      await using context = await openContext(config).catch((error: unknown) => {
        throw couldNotStart(`The registry in ${config.dataDir} could not be opened`, error);
      });
      if (recording !== undefined) await request(context, recording);
      await run(context);
    });
}

async function request(context: Context, recordingId: string): Promise<void> {
  const [{ under }, { requestRetroscan }] = await Promise.all([
    import('../../context.ts'),
    import('../../registry/retroscans.ts'),
  ]);
  await requestRetroscan(under(context, { role: 'operator' }), { partyId: undefined, recordingId });
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

function describe(one: RetroscanView): string {
  const { checked, total } = one.submissions;
  const came = `${counted(one.matches, 'match', 'matches')}, ${counted(one.claims, 'claim')}`;
  const why = one.failure === null ? '' : `  ${one.failure}`;
  return `${one.retroscan_id}  ${one.state}  reference ${one.reference_id}  ${checked} of ${total}  ${came}${why}`;
}
