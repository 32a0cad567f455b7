import { join } from 'node:path';
import { Command } from 'commander';
import type { Config } from '../../config.ts';
import type { Context } from '../../context.ts';
import { couldNotStart } from '../exit-status.ts';
import { refuseMissingRegistry } from '../missing-registry.ts';
import { byteSize, counted, duration } from '../output/quantities.ts';
import { localSettingsOf } from '../settings.ts';
import { openProgress, type Progress } from '../work/progress.ts';

const lookEveryMs = 250;

export function reindexCommand(): Command {
  return new Command('reindex')
    .summary('build the index anew from Postgres')
    .description(
      'Throws the index files away and builds the index anew. Nothing is lost by it: Postgres holds everything, and the\n' +
        'index is made from it. Worth a try when "earmark doctor" complains of the index.',
    )
    .action(async (_options: object, command: Command) => {
      await reindex(localSettingsOf(command, 'a server keeps its index itself.'));
    });
}

async function reindex(config: Config): Promise<void> {
  refuseMissingRegistry(config);
  const { openContext } = await import('../../context.ts');
  const { deleteIndexFiles } = await import('../../registry/index-files.ts');
  await deleteIndexFiles(join(config.dataDir, 'index'));
  await using context = await openContext(config).catch((error: unknown) => {
    throw couldNotStart(`The registry in ${config.dataDir} could not be opened`, error);
  });
  const progress = openProgress({ doing: 'indexing', itemCount: await context.store.feedHead() });
  const looking = setInterval(() => show(progress, context), lookEveryMs);
  try {
    await context.index.catchUp();
  } finally {
    clearInterval(looking);
    progress.stop();
  }
  const { recordings, seconds, bytes } = context.index.status();
  const what = `${counted(recordings, 'reference')} with ${duration(seconds * 1000)} of audio`;
  console.log(`Indexed ${what} in ${duration(progress.elapsedMs)}: ${byteSize(bytes)}`);
}

function show(progress: Progress, { index }: Context): void {
  const { position, seconds } = index.status();
  progress.advanceTo(position, seconds * 1000);
}
