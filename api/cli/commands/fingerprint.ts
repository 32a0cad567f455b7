import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { decodeFingerprint } from '../../../workers/fingerprint/fingerprint-file.ts';
import type { Workers } from '../../../workers/pool.ts';
import type { Config } from '../../config.ts';
import { openWorkList, type WorkItem } from '../input/items.ts';
import { fingerprintExtension } from '../input/paths.ts';
import { byteSize, counted } from '../output/quantities.ts';
import { bulkInFlight, settingsOf } from '../settings.ts';
import { watchInterruption } from '../work/interruption.ts';
import { audioSha256, findStoredFingerprint } from '../work/item-fingerprint.ts';
import { runItems, speedLine, statusOf, unfinishedLines } from '../work/run-items.ts';

export function fingerprintCommand(): Command {
  return new Command('fingerprint')
    .summary('make fingerprint files, so that audio can stay where it is')
    .description(
      'Makes a fingerprint file for each file of audio: song.ogg gives song.ogg.earmark. "register" and "scan" take them\n' +
        'instead of the audio. Needs no registry. Files made before from the same audio are left as they are.',
    )
    .argument('<path...>', 'audio files and folders of them')
    .option('--output-dir <dir>', 'put them here instead of beside the audio; folders are kept')
    .option('--catalog', 'a third of the size, made faster: to be registered, not to be looked for')
    .addHelpText(
      'after',
      `
Examples:
  $ earmark fingerprint ~/music/catalog --catalog --output-dir fingerprints
  $ earmark register fingerprints
  $ earmark fingerprint reported --output-dir uploads
  $ earmark scan uploads`,
    )
    .action(async (paths: string[], options: Options, command: Command) => {
      process.exitCode = await fingerprint(paths, options, command);
    });
}

type Options = { readonly outputDir?: string; readonly catalog?: boolean };

type FingerprintedItem = { readonly audioMs: number; readonly bytes: number; readonly truncated: boolean };

async function fingerprint(
  paths: readonly string[],
  { outputDir, catalog = false }: Options,
  command: Command,
): Promise<number> {
  const config = settingsOf(command);
  const list = await openWorkList(paths, undefined);
  using interruption = watchInterruption();
  const { openWorkers } = await import('../../../workers/pool.ts');
  const workers = await openWorkers({ threadCount: config.threadCount, maxQueued: config.maxQueuedTasks });
  let [madeCount, unchangedCount, bytes] = [0, 0, 0];
  try {
    const outcome = await runItems({
      doing: 'fingerprinting',
      list,
      maxInFlight: bulkInFlight(config),
      interruption,
      work: (item) => fingerprintFile(workers, config, item, targetOf(item, outputDir), !catalog),
      onResult: ({ item, value }, progress) => {
        if (!value) return;
        if (value.bytes === 0) unchangedCount += 1;
        else madeCount += 1;
        bytes += value.bytes;
        if (value.truncated)
          progress.note(`! ${item.externalId}: the file breaks off; took what it holds (${item.path})`);
      },
    });
    const parts = [
      `${counted(madeCount, 'fingerprint file')} made (${byteSize(bytes)})`,
      unchangedCount > 0 ? `${unchangedCount} there already` : '',
      outcome.failedCount > 0 ? `${outcome.failedCount} failed` : '',
    ];
    console.log(`${parts.filter(Boolean).join(', ')}: ${speedLine(outcome)}`);
    for (const line of unfinishedLines(outcome, list)) console.error(line);
    return statusOf(outcome);
  } finally {
    await workers.close();
  }
}

function targetOf({ externalId, path }: WorkItem, outputDir: string | undefined): string {
  return outputDir === undefined
    ? path + fingerprintExtension
    : join(outputDir, externalId + fingerprintExtension);
}

async function fingerprintFile(
  workers: Workers,
  config: Config,
  { path }: WorkItem,
  target: string,
  otherWindows: boolean,
): Promise<FingerprintedItem> {
  const isOneAlready = (await findStoredFingerprint(path)) !== undefined;
  if (isOneAlready || (await isMadeFrom(path, target, otherWindows)))
    return { audioMs: 0, bytes: 0, truncated: false };
  const { decoder, audioLimits: limits } = config;
  const made = await workers.fingerprintInBulk({ path, decoder, limits, otherWindows });
  await mkdir(dirname(target), { recursive: true });
  // Under another name until it is whole, so that a kill leaves no half of a fingerprint.
  const unfinished = `${target}.${process.pid}.part`;
  const file = await open(unfinished, 'w');
  try {
    await file.writeFile(made.fingerprint);
    await file.sync();
    await rename(unfinished, target);
  } finally {
    await file.close();
    await rm(unfinished, { force: true });
  }
  return { audioMs: made.durationMs, bytes: made.fingerprint.length, truncated: made.truncated };
}

/** A fingerprint that this build cannot read is made again, and one that lacks what is wanted. */
async function isMadeFrom(path: string, target: string, otherWindows: boolean): Promise<boolean> {
  try {
    const made = decodeFingerprint(await readFile(target));
    if (otherWindows && made.otherWindows === undefined) return false;
    return Buffer.compare(made.audioSha256, await audioSha256(path)) === 0;
  } catch {
    return false;
  }
}
