import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import type { Config } from '../../config.ts';
import { openContext } from '../../context.ts';
import { differences, readPlanted } from '../demo/planted.ts';
import { tellWhatFollows } from '../demo/what-follows.ts';
import { CommandError, type ExitStatus, exitStatus } from '../exit-status.ts';
import { openWorkList, type WorkItem } from '../input/items.ts';
import { duration } from '../output/quantities.ts';
import { columnsOf, type Paint, paintFor } from '../output/terminal-text.ts';
import { drawTimeline } from '../output/timeline.ts';
import type { Registry } from '../registry.ts';
import { registryOn } from '../registry-local.ts';
import { localSettingsOf } from '../settings.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { type Interruption, watchInterruption } from '../work/interruption.ts';
import { type ItemRunOutcome, runItems, speedLine, statusOf } from '../work/run-items.ts';
import { registerItem } from './register.ts';
import { scanItem } from './scan.ts';

const bundle = fileURLToPath(new URL('../../../tests/audio-bundle', import.meta.url));

/** What was done to the bundled uploads, by their external_id. */
const stories: Readonly<Record<string, string>> = {
  excerpt: 'twelve seconds cut out of a recording',
  'low-rate': 'an excerpt re-encoded as Opus at a rate meant for speech',
  'under-noise': 'an excerpt under noise',
  compilation: 'three recordings one after the other, with a stranger among them',
};

export function demoCommand(): Command {
  return new Command('demo')
    .summary('see it work, with music that comes along')
    .description(
      'Registers ten bundled recordings in a registry of its own, scans four altered uploads against them, and shows\n' +
        'what it found beside what was planted. Then it says whose they are and what follows: claims, an ownership\n' +
        'conflict, a review, a dispute, a retroscan. Everything it makes is in a temporary folder and goes away again.',
    )
    .action(async (_options: object, command: Command) => {
      process.exitCode = await demo(localSettingsOf(command, 'it brings its own registry.'));
    });
}

async function demo(settings: Config): Promise<ExitStatus> {
  const startedMs = performance.now();
  const paint = paintFor(process.stdout);
  using interruption = watchInterruption();
  await using folder = await makeTemporaryFolder('demo');
  const { databaseUrl: _, ...config } = { ...settings, dataDir: folder.path };
  console.log(`${paint('bold', 'earmark')} says which seconds of an upload are whose recording.\n`);
  console.log(`Starting Postgres in a temporary folder, ${folder.path} …`);
  const context = await openContext(config).catch((error: unknown) => {
    // Ctrl-C reaches the tools that make a database too, and they fail of it.
    if (!interruption.signal.aborted) throw error;
    throw new CommandError(exitStatus.interrupted, 'Interrupted.', { cause: error });
  });
  await using registry = await registryOn(context, config, 'registration');
  const registered = await registerCatalog(registry, interruption);
  if (statusOf(registered) !== exitStatus.fine) return statusOf(registered);
  console.log(`Registered ten recordings: ${speedLine(registered)}.`);
  console.log('Now four uploads, none of them the file that was registered:\n');
  const scanned = await scanUploads(registry, interruption, paint);
  if (scanned.wasInterrupted) return exitStatus.interrupted;
  console.log(outcomeLine(scanned, paint));
  await tellWhatFollows(context, registry, { bundle, paint });
  console.log(
    `All of it took ${duration(performance.now() - startedMs)}. The temporary folder is removed now.\n`,
  );
  console.log(whatNext);
  return scanned.differing === 0 ? statusOf(scanned) : exitStatus.someFailed;
}

async function registerCatalog(registry: Registry, interruption: Interruption): Promise<ItemRunOutcome> {
  const outcome = await runItems({
    doing: 'registering',
    list: await openWorkList([], join(bundle, 'catalog', 'catalog.csv')),
    maxInFlight: registry.maxInFlight,
    interruption,
    work: (item) => registerItem(registry, item),
    onResult: () => {},
  });
  await registry.settle();
  return outcome;
}

type DemoOutcome = ItemRunOutcome & { readonly differing: number };

async function scanUploads(
  registry: Registry,
  interruption: Interruption,
  paint: Paint,
): Promise<DemoOutcome> {
  const planted = await readPlanted(join(bundle, 'uploads', 'truth.json'));
  const layout = { columns: columnsOf(process.stdout), paint };
  let differing = 0;
  const outcome = await runItems({
    doing: 'scanning',
    list: await openWorkList([], join(bundle, 'uploads', 'uploads.csv')),
    maxInFlight: registry.maxInFlight,
    interruption,
    work: (item) => scanItem(registry, undefined, item),
    onResult: ({ item, value }, progress) => {
      if (!value) return;
      const found = differences(planted.get(item.externalId) ?? [], value.answer);
      if (found.length > 0) differing += 1;
      progress.stepAside();
      console.log(`${drawTimeline(value.answer, captionOf(item), layout)}\n`);
      console.log(`  ${verdict(found, paint)}\n`);
    },
  });
  return { ...outcome, differing };
}

function captionOf({ externalId }: WorkItem): string {
  const story = stories[externalId];
  return story === undefined ? externalId : `${externalId}: ${story}`;
}

function verdict(found: readonly string[], paint: Paint): string {
  if (found.length === 0) return `${paint('green', '✓')} found as planted`;
  return `${paint('red', '✗')} not as planted: ${found.join('; ')}`;
}

function outcomeLine({ doneCount, differing, failedCount }: DemoOutcome, paint: Paint): string {
  const right = doneCount - differing - failedCount;
  const line = `${right} of ${doneCount} uploads were recognised as they were made.`;
  return right === doneCount ? paint('bold', line) : line;
}

const whatNext = `Try it with music of your own:
  npx earmark register ~/music          registers what is to be found, in ./earmark-data
  npx earmark scan some-upload.mp3      says what is in it, second by second
  npx earmark submit --platform Tube .  reports uploads, and says what is claimed in them
  npx earmark serve                     the same over HTTP, described at /docs
  npx earmark --help                    everything else`;
